package ninit_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn/ninit"
	"github.com/wangkuiyi/gotorch/torch"
)

// Every function gives Python's bits, also from a generator.
func TestFillsAsPythonDoes(t *testing.T) {
	g := func() *torch.Generator { return torch.NewGenerator(torch.GetDefaultDevice()).ManualSeed(3) }
	for _, c := range []struct {
		python string
		golang func(w *torch.Tensor) *torch.Tensor
	}{
		{"uniform_(w)", func(w *torch.Tensor) *torch.Tensor { return ninit.Uniform_(w, 0, 1) }},
		{"uniform_(w, -2, 3, generator=g)", func(w *torch.Tensor) *torch.Tensor { return ninit.Uniform_(w, -2, 3, g()) }},
		{"normal_(w)", func(w *torch.Tensor) *torch.Tensor { return ninit.Normal_(w, 0, 1) }},
		{"normal_(w, 1, 0.5, generator=g)", func(w *torch.Tensor) *torch.Tensor { return ninit.Normal_(w, 1, 0.5, g()) }},
		{"constant_(w, 0.3)", func(w *torch.Tensor) *torch.Tensor { return ninit.Constant_(w, 0.3) }},
		{"ones_(w)", ninit.Ones_},
		{"zeros_(w)", ninit.Zeros_},
		{"xavier_uniform_(w)", func(w *torch.Tensor) *torch.Tensor { return ninit.XavierUniform_(w) }},
		{"xavier_uniform_(w, gain=nn.init.calculate_gain('relu'), generator=g)", func(w *torch.Tensor) *torch.Tensor {
			return ninit.XavierUniform_(w, ninit.Gain(ninit.CalculateGain("relu")), g())
		}},
		{"xavier_normal_(w, 2.0)", func(w *torch.Tensor) *torch.Tensor { return ninit.XavierNormal_(w, ninit.Gain(2)) }},
		{"kaiming_uniform_(w)", func(w *torch.Tensor) *torch.Tensor { return ninit.KaimingUniform_(w) }},
		{"kaiming_uniform_(w, a=0.7, mode='FAN_OUT', generator=g)", func(w *torch.Tensor) *torch.Tensor {
			return ninit.KaimingUniform_(w, ninit.A(0.7), ninit.Mode("FAN_OUT"), g())
		}},
		{"kaiming_normal_(w, nonlinearity='relu')", func(w *torch.Tensor) *torch.Tensor {
			return ninit.KaimingNormal_(w, ninit.Nonlinearity("relu"))
		}},
		{"trunc_normal_(w)", func(w *torch.Tensor) *torch.Tensor { return ninit.TruncNormal_(w, 0, 1, -2, 2) }},
		{"trunc_normal_(w, 0.3, 0.4, 0.1, 0.9, generator=g)", func(w *torch.Tensor) *torch.Tensor {
			return ninit.TruncNormal_(w, 0.3, 0.4, 0.1, 0.9, g())
		}},
		{"trunc_normal_(w, 0, 1, 1.5, 2)", func(w *torch.Tensor) *torch.Tensor { return ninit.TruncNormal_(w, 0, 1, 1.5, 2) }},
		{"trunc_normal_(w, 0, 0.1, 1, 2)", func(w *torch.Tensor) *torch.Tensor { return ninit.TruncNormal_(w, 0, 0.1, 1, 2) }},
		{"dirac_(w)", func(w *torch.Tensor) *torch.Tensor { return ninit.Dirac_(w) }},
		{"dirac_(w, 2)", func(w *torch.Tensor) *torch.Tensor { return ninit.Dirac_(w, 2) }},
		{"dirac_(w.detach().view(6, 2, 1, 3, 2))", func(w *torch.Tensor) *torch.Tensor {
			ninit.Dirac_(w.Detach().View(6, 2, 1, 3, 2))
			return w
		}},
		{"orthogonal_(w)", func(w *torch.Tensor) *torch.Tensor { return ninit.Orthogonal_(w) }},
		{"orthogonal_(w.detach().view(12, 6), gain=1.7, generator=g)", func(w *torch.Tensor) *torch.Tensor {
			ninit.Orthogonal_(w.Detach().View(12, 6), ninit.Gain(1.7), g())
			return w
		}},
		{"eye_(w.detach().view(6, 12))", func(w *torch.Tensor) *torch.Tensor {
			ninit.Eye_(w.Detach().View(6, 12))
			return w
		}},
		{"sparse_(w.detach().view(12, 6), 0.3)", func(w *torch.Tensor) *torch.Tensor {
			ninit.Sparse_(w.Detach().View(12, 6), 0.3)
			return w
		}},
		{"sparse_(w.detach().view(12, 6), 0.5, std=2, generator=g)", func(w *torch.Tensor) *torch.Tensor {
			ninit.Sparse_(w.Detach().View(12, 6), 0.5, ninit.Std(2), g())
			return w
		}},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.Run(t, `
				torch.manual_seed(1)
				g = torch.Generator(torch.get_default_device()).manual_seed(3)
				w = torch.empty(6, 4, 3, requires_grad=True)
				nn.init.`+c.python+`
				out["w"], out["next"] = w, torch.randn(1)
			`)
			torch.ManualSeed(1)
			w := torch.Empty([]int64{6, 4, 3}, torch.RequiresGrad(true))
			assert.Same(t, w, c.golang(w))
			assert.True(t, w.IsLeaf())
			py.EqualTensor("w", w)
			py.EqualTensor("next", torch.Randn([]int64{1}))
		})
	}
}

func TestGains(t *testing.T) {
	names := []string{"linear", "conv1d", "conv_transpose3d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"}
	py := parity.Run(t, fmt.Sprintf(`
		out["gains"] = [float(nn.init.calculate_gain(n)) for n in %q.strip("[]").split()]
		import math
		slopes = [math.sqrt(5), 0, 0.2, 1e-3, 3.7, 1/3]
		out["leaky"] = [nn.init.calculate_gain("leaky_relu", s) for s in slopes]
	`, fmt.Sprint(names)))
	for i, want := range py.Numbers("gains") {
		assert.Equal(t, want, ninit.CalculateGain(names[i]), names[i])
	}
	for i, slope := range []float64{math.Sqrt(5), 0, 0.2, 1e-3, 3.7, 1.0 / 3} {
		assert.Equal(t, py.Numbers("leaky")[i], ninit.CalculateGain("leaky_relu", slope))
	}
}

func TestFans(t *testing.T) {
	in, out := ninit.CalculateFanInAndFanOut(torch.Empty([]int64{6, 4, 3, 2}))
	assert.Equal(t, int64(24), in)
	assert.Equal(t, int64(36), out)
}

func TestRefusesWhatPythonRefuses(t *testing.T) {
	matrix, vector := torch.Empty([]int64{2, 2}), torch.Empty([]int64{2})
	for _, c := range []struct {
		python string
		golang func()
	}{
		{"calculate_gain('gelu')", func() { ninit.CalculateGain("gelu") }},
		{"xavier_uniform_(torch.empty(2))", func() { ninit.XavierUniform_(vector) }},
		{"xavier_normal_(torch.empty(2))", func() { ninit.XavierNormal_(vector) }},
		{"kaiming_uniform_(torch.empty(2))", func() { ninit.KaimingUniform_(vector) }},
		{"kaiming_normal_(torch.empty(2, 2), mode='fan')", func() { ninit.KaimingNormal_(matrix, ninit.Mode("fan")) }},
		{"eye_(torch.empty(2))", func() { ninit.Eye_(vector) }},
		{"dirac_(torch.empty(2, 2))", func() { ninit.Dirac_(matrix) }},
		{"dirac_(torch.empty(2, 2, 2), 3)", func() { ninit.Dirac_(torch.Empty([]int64{2, 2, 2}), 3) }},
		{"orthogonal_(torch.empty(2))", func() { ninit.Orthogonal_(vector) }},
		{"sparse_(torch.empty(2), 0.1)", func() { ninit.Sparse_(vector, 0.1) }},
		{"uniform_(torch.empty(2), 1, 0)", func() { ninit.Uniform_(vector, 1, 0) }},
		{"normal_(torch.empty(2), 0, -1)", func() { ninit.Normal_(vector, 0, -1) }},
	} {
		t.Run(c.python, func(t *testing.T) {
			py := parity.RunError(t, "nn.init."+c.python)
			err, ok := torch.Try(c.golang).(*torch.Error)
			if assert.True(t, ok) {
				assert.Equal(t, py.Error.Type, err.Kind)
				assert.Equal(t, py.Error.Message, err.Message)
			}
		})
	}
}

func TestEmptyWeightsStayWithAWarning(t *testing.T) {
	py := parity.Run(t, "nn.init.kaiming_uniform_(torch.empty(0, 2)); nn.init.kaiming_normal_(torch.empty(2, 0))")
	var warnings []string
	defer torch.SetWarningHandler(torch.SetWarningHandler(func(w torch.Warning) { warnings = append(warnings, w.Message) }))
	ninit.KaimingUniform_(torch.Empty([]int64{0, 2}))
	ninit.KaimingNormal_(torch.Empty([]int64{2, 0}))
	assert.Len(t, warnings, len(py.Warnings))
	assert.Equal(t, py.Warnings[0].Message, warnings[0])
}

func TestStructuredMisuse(t *testing.T) {
	py := parity.Run(t, `
		errors = out["errors"] = []
		for fn in (lambda: nn.init.dirac_(torch.ones(2, 2, 2), 0), lambda: nn.init.sparse_(torch.ones(2, 2), float("nan")),
				lambda: nn.init.sparse_(torch.ones(2, 2), float("inf"))):
			try: fn()
			except Exception as e: errors.append(type(e).__name__ + ": " + str(e))
	`)
	var errors []string
	for _, fn := range []func(){
		func() { ninit.Dirac_(torch.Ones([]int64{2, 2, 2}), 0) },
		func() { ninit.Sparse_(torch.Ones([]int64{2, 2}), math.NaN()) },
		func() { ninit.Sparse_(torch.Ones([]int64{2, 2}), math.Inf(1)) },
	} {
		e := torch.Try(fn).(*torch.Error)
		errors = append(errors, e.Kind+": "+e.Message)
	}
	assert.Equal(t, py.Strings("errors"), errors)
}
