package utils

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// spectralNorm owns the hook that computes a weight before each Forward. Between
// these, u = normalize(W @ v).
type spectralNorm struct {
	name       string
	dim        int64
	iterations int
	eps        float64
}

// SpectralNorm divides a parameter of a module, as a matrix, by its largest
// singular value, which the power method approximates: a parameter weight_orig
// and buffers weight_u and weight_v take its place, of which a forward pre-hook
// computes it. It returns the module. Python's torch.nn.utils.spectral_norm; see
// also parametrizations.SpectralNorm.
func SpectralNorm[M nn.AnyModule](module M, opts ...SpectralNormOption) M {
	n := &spectralNorm{name: "weight", iterations: 1, eps: 1e-12}
	if _, ok := nn.AnyModule(module).(interface{ AsConvTranspose() *nn.ConvTransposeNd }); ok {
		n.dim = 1
	}
	for _, o := range opts {
		switch o := o.(type) {
		case Name:
			n.name = string(o)
		case NPowerIterations:
			n.iterations = int(o)
		case Eps:
			n.eps = float64(o)
		case Dim:
			n.dim = int64(o)
		}
	}
	n.apply(module.AsModule())
	return module
}

func (n *spectralNorm) apply(m *nn.Module) {
	if findHook(m, n.name, (*spectralNorm).parameterName) != nil {
		raise("RuntimeError", "Cannot register two spectral_norm hooks on the same parameter %s", n.name)
	}
	if n.iterations <= 0 {
		raise("ValueError", "Expected n_power_iterations to be positive, but got n_power_iterations=%d", n.iterations)
	}
	weight, ok := m.GetTensor(n.name)
	switch {
	case !ok:
		raise("ValueError", "`SpectralNorm` cannot be applied as parameter `%s` is None", n.name)
	case nn.IsLazy(weight):
		raise("ValueError", "The module passed to `SpectralNorm` can't have uninitialized parameters. "+
			"Make sure to run the dummy forward before applying spectral normalization")
	}
	var u, v *torch.Tensor
	torch.NoGrad(func() {
		matrix := n.matrix(weight)
		u, v = n.randomVector(weight, matrix.Size(0)), n.randomVector(weight, matrix.Size(1))
	})
	m.DeleteMember(n.name)
	m.RegisterParameter(n.name+"_orig", weight)
	m.SetTensor(n.name, weight.Detach())
	m.RegisterBuffer(n.name+"_u", u)
	m.RegisterBuffer(n.name+"_v", v)
	m.RegisterOwnedHooks(nn.OwnedHooks{Owner: n, ForwardPre: n.forwardPre, LoadStateDictPre: n.upgradeState}, option.Marker{})
}

// RemoveSpectralNorm makes what [SpectralNorm] computes a parameter of its own
// again. Python's torch.nn.utils.remove_spectral_norm.
func RemoveSpectralNorm[M nn.AnyModule](module M, opts ...Name) M {
	name, m := nameIn(opts), module.AsModule()
	n := findHook(m, name, (*spectralNorm).parameterName)
	if n == nil {
		raise("ValueError", "spectral_norm of '%s' not found in %s", name, module)
	}
	var weight *torch.Tensor
	torch.NoGrad(func() { weight = n.compute(m, false) })
	for _, suffix := range []string{"", "_u", "_v", "_orig"} {
		m.DeleteMember(name + suffix)
	}
	m.RegisterParameter(name, nn.NewParameter(weight))
	m.RemoveOwnedHooks(n, option.Marker{})
	return module
}

func (n *spectralNorm) parameterName() string { return n.name }

func (n *spectralNorm) randomVector(like *torch.Tensor, size int64) *torch.Tensor {
	return functional.Normalize(like.NewEmpty([]int64{size}).Normal_(0, 1), functional.Dim(0), functional.Eps(n.eps))
}

// matrix returns the weight as a matrix with a row for each output.
func (n *spectralNorm) matrix(weight *torch.Tensor) *torch.Tensor {
	if n.dim != 0 {
		order := []int64{n.dim}
		for d := range weight.Dim() {
			if d != n.dim {
				order = append(order, d)
			}
		}
		weight = weight.Permute(order...)
	}
	return weight.Reshape(weight.Size(0), -1)
}

// compute returns the weight divided by its largest singular value. A step of
// the power method changes the buffers in place; the result is computed from
// copies, for backward passes after further steps.
func (n *spectralNorm) compute(m *nn.Module, iterate bool) *torch.Tensor {
	weight := requireTensor(m, n.name+"_orig")
	u, v := requireTensor(m, n.name+"_u"), requireTensor(m, n.name+"_v")
	matrix := n.matrix(weight)
	if iterate {
		torch.NoGrad(func() {
			for range n.iterations {
				functional.Normalize(torch.Mv(matrix.T(), u), functional.Dim(0), functional.Eps(n.eps), functional.Out(v))
				functional.Normalize(torch.Mv(matrix, v), functional.Dim(0), functional.Eps(n.eps), functional.Out(u))
			}
			u, v = u.Clone(torch.ContiguousFormat), v.Clone(torch.ContiguousFormat)
		})
	}
	return weight.Div(torch.Dot(u, torch.Mv(matrix, v)))
}

func (n *spectralNorm) forwardPre(module nn.AnyModule, _ []*torch.Tensor) []*torch.Tensor {
	m := module.AsModule()
	m.SetTensor(n.name, n.compute(m, module.Training()))
	return nil
}

// upgradeState computes weight_v for a dictionary of PyTorch before 1.0, which
// has the weight instead. (Python's metadata say which version it is; a
// dictionary of later ones is told by its keys, as Python does without metadata.)
func (n *spectralNorm) upgradeState(_ nn.AnyModule, state *nn.StateDict, prefix string, report *nn.LoadReport) {
	key := prefix + n.name
	if !state.Has(key) {
		return
	}
	missing := false
	for _, suffix := range []string{"_orig", "_u"} {
		if !state.Has(key + suffix) {
			missing = true
			report.MissingKeys = append(report.MissingKeys, key+suffix)
		}
	}
	if missing {
		return
	}
	torch.NoGrad(func() {
		orig := state.Get(key + "_orig")
		sigma := orig.Div(state.Get(key)).Mean()
		state.Delete(key)
		state.Set(key+"_v", solveV(n.matrix(orig), state.Get(key+"_u"), sigma))
	})
}

// solveV returns v such that u = normalize(W @ v) and u @ W @ v = sigma.
func solveV(matrix, u, sigma *torch.Tensor) *torch.Tensor {
	t := matrix.T()
	v := torch.LinalgMultiDot([]*torch.Tensor{t.Mm(matrix).Pinverse(), t, u.Unsqueeze(1)}).Squeeze(torch.Dim(1))
	return v.Mul_(sigma.Div(torch.Dot(u, torch.Mv(matrix, v))))
}
