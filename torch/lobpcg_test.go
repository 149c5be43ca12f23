package torch_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

const lobpcgSetup = `
import json
def matrices(dtype=torch.float64):
    torch.manual_seed(4)
    a, b = torch.randn(12, 12, dtype=dtype), torch.randn(12, 12, dtype=dtype)
    eye = torch.eye(12, dtype=dtype)
    return a @ a.mT + eye, b @ b.mT + 12 * eye, torch.randn(12, 3, dtype=dtype)
`

func lobpcgMatrices(dtype torch.DType) (a, b, x *torch.Tensor) {
	torch.ManualSeed(4)
	normal := func(columns int64) *torch.Tensor { return torch.Randn([]int64{12, columns}, dtype) }
	a, b = normal(12), normal(12)
	eye := torch.Eye(12, dtype)
	return a.Matmul(a.MT()).Add(eye), b.Matmul(b.MT()).Add(eye.Mul(12)), normal(3)
}

func TestLobpcg(t *testing.T) {
	cases := []struct {
		python string
		dtype  torch.DType
		call   func(a, b, x *torch.Tensor) (*torch.Tensor, *torch.Tensor)
	}{
		{"lobpcg(a)", torch.Float32, func(a, _, _ *torch.Tensor) (e, v *torch.Tensor) { return torch.Lobpcg(a) }},
		{"lobpcg(a, k=2, largest=False)", torch.Float64, func(a, _, _ *torch.Tensor) (e, v *torch.Tensor) {
			return torch.Lobpcg(a, torch.K(2), torch.Largest(false))
		}},
		{"lobpcg(a, k=2, n=3, niter=4)", torch.Float64, func(a, _, _ *torch.Tensor) (e, v *torch.Tensor) {
			return torch.Lobpcg(a, torch.K(2), torch.N(3), torch.Niter(4))
		}},
		{"lobpcg(a, B=b, X=x)", torch.Float64, func(a, b, x *torch.Tensor) (e, v *torch.Tensor) {
			return torch.Lobpcg(a, torch.B(b), torch.X(x))
		}},
		{"lobpcg(a, 1, b, x, iK=a.inverse(), largest=False, tol=1e-3)", torch.Float64, func(a, b, x *torch.Tensor) (e, v *torch.Tensor) {
			return torch.Lobpcg(a, torch.K(1), torch.B(b), torch.X(x), torch.IK(a.Inverse()), torch.Largest(false), torch.Tol(1e-3))
		}},
		{"lobpcg(a, X=x, method='basic', niter=3) + (x,)", torch.Float64, func(a, _, x *torch.Tensor) (e, v *torch.Tensor) {
			return torch.Lobpcg(a, torch.X(x), torch.Method("basic"), torch.Niter(3))
		}},
		{"lobpcg(a.to_sparse(), 2, b.to_sparse())", torch.Float64, func(a, b, _ *torch.Tensor) (e, v *torch.Tensor) {
			return torch.Lobpcg(a.ToSparse(), torch.K(2), torch.B(b.ToSparse()))
		}},
		{"lobpcg(torch.stack([a, b, a]).reshape(3, 1, 12, 12), 2)", torch.Float64, func(a, b, _ *torch.Tensor) (e, v *torch.Tensor) {
			return torch.Lobpcg(torch.Stack([]*torch.Tensor{a, b, a}).Reshape(3, 1, 12, 12), torch.K(2))
		}},
		{"lobpcg(a, 2, ortho_bparams={'ortho_use_drop': True}, ortho_iparams={'ortho_i_max': 2}, ortho_fparams={'ortho_tol': 1e-4})", torch.Float32,
			func(a, _, _ *torch.Tensor) (e, v *torch.Tensor) {
				return torch.Lobpcg(a, torch.K(2), torch.OrthoBparams{"ortho_use_drop": true}, torch.OrthoIparams{"ortho_i_max": 2},
					torch.OrthoFparams{"ortho_tol": 1e-4})
			}},
	}
	for _, c := range cases {
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, fmt.Sprintf("%s\na, b, x = matrices(%s)\nout['ev'] = list(torch.%s)[:2]\nout['x'] = x\n", lobpcgSetup, c.dtype, c.python))
			a, b, x := lobpcgMatrices(c.dtype)
			e, v := c.call(a, b, x)
			py.EqualTensors("ev", []*torch.Tensor{e, v})
			py.EqualTensor("x", x)
		})
	}
}

func TestLobpcgTracker(t *testing.T) {
	py := parity.Run(t, lobpcgSetup+`
a, b, x = matrices()
out["steps"], out["E"] = [], []
def tracker(w):
    out["steps"].append(f"{w.ivars['istep']} {w.ivars['converged_count']} {w.ivars['ortho_i']}")
    out["E"] += [w.E.clone(), w.X.clone(), w.R.clone(), w.S.clone(), w.tvars["rerr"].clone()]
    w.bvars["force_stop"] = w.ivars["istep"] == 3
torch.lobpcg(a, 2, X=x, tracker=tracker)
`)
	a, _, x := lobpcgMatrices(torch.Float64)
	var steps []string
	var state []*torch.Tensor
	torch.Lobpcg(a, torch.K(2), torch.X(x), torch.LobpcgTracker(func(w *torch.LOBPCG) {
		steps = append(steps, fmt.Sprintf("%d %d %d", w.Ivars["istep"], w.Ivars["converged_count"], w.Ivars["ortho_i"]))
		state = append(state, w.E.Clone(), w.X.Clone(), w.R.Clone(), w.S.Clone(), w.Tvars["rerr"].Clone())
		w.Bvars["force_stop"] = w.Ivars["istep"] == 3
	}))
	assert.Equal(t, py.Strings("steps"), steps)
	py.EqualTensors("E", state)
}

func TestLobpcgGradient(t *testing.T) {
	for _, largest := range []bool{true, false} {
		for k := int64(1); k <= 3; k++ {
			py := parity.Run(t, lobpcgSetup+fmt.Sprintf(`
a, b, x = matrices()
a.requires_grad_()
e, v = torch.lobpcg(a, %d, largest=%s)
out["fn"] = e.grad_fn.name()
(e.sum() + v.abs().sum()).backward()
out["grad"] = a.grad
`, k, map[bool]string{true: "True", false: "False"}[largest]))
			a, _, _ := lobpcgMatrices(torch.Float64)
			a.RequiresGrad_()
			e, v := torch.Lobpcg(a, torch.K(k), torch.Largest(largest))
			assert.Equal(t, py.Text("fn"), e.GradFn().Name())
			e.Sum().Add(v.Abs().Sum()).Backward()
			py.EqualTensor("grad", a.Grad())
		}
	}
}

func TestLobpcgErrors(t *testing.T) {
	py := parity.Run(t, lobpcgSetup+`
a, b, x = matrices()
out["errors"] = []
def backward(a, B=None):
    torch.lobpcg(a, 1, B)[0].sum().backward()
for f in (lambda: torch.lobpcg(a, 5), lambda: torch.lobpcg(a[:3]), lambda: torch.lobpcg(a, B=b[:3]), lambda: torch.lobpcg(a, X=x[:4]),
          lambda: backward(a.clone().requires_grad_(), b)):
    try: f()
    except Exception as e: out["errors"].append(f"{type(e).__name__}: {e}")
`)
	a, b, x := lobpcgMatrices(torch.Float64)
	three := b.Narrow(0, 0, 3)
	for i, f := range []func(){
		func() { torch.Lobpcg(a, torch.K(5)) },
		func() { torch.Lobpcg(a.Narrow(0, 0, 3)) },
		func() { torch.Lobpcg(a, torch.B(three)) },
		func() { torch.Lobpcg(a, torch.X(x.Narrow(0, 0, 4))) },
		func() {
			e, _ := torch.Lobpcg(a.Clone().RequiresGrad_(), torch.K(1), torch.B(b))
			e.Sum().Backward()
		},
	} {
		var text string
		if err := torch.Try(f); assert.Error(t, err) {
			e := err.(*torch.Error)
			text = e.Kind + ": " + e.Message
		}
		assert.Equal(t, py.Strings("errors")[i], text)
	}
}
