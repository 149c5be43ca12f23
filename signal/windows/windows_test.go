package windows_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/signal/windows"
	"github.com/wangkuiyi/gotorch/torch"
)

// common are options that every window takes.
type common interface {
	windows.WindowOption
	windows.ExponentialOption
	windows.GaussianOption
	windows.GeneralHammingOption
	windows.KaiserOption
}

// convert makes options of one function of those of all.
func convert[O any](opts []common) []O {
	list := make([]O, len(opts))
	for i, o := range opts {
		list[i] = any(o).(O)
	}
	return list
}

// simple makes a case of a window without options of its own.
func simple(f func(int64, ...windows.WindowOption) *torch.Tensor) func(int64, ...common) *torch.Tensor {
	return func(M int64, opts ...common) *torch.Tensor { return f(M, convert[windows.WindowOption](opts)...) }
}

var functions = []struct {
	python string // up to the common options
	window func(M int64, opts ...common) *torch.Tensor
}{
	{"bartlett(%d", simple(windows.Bartlett)},
	{"blackman(%d", simple(windows.Blackman)},
	{"cosine(%d", simple(windows.Cosine)},
	{"hamming(%d", simple(windows.Hamming)},
	{"hann(%d", simple(windows.Hann)},
	{"nuttall(%d", simple(windows.Nuttall)},
	{"general_cosine(%d, a=[0.5, 0.3, 0.1, 0.07, 0.03]", func(M int64, opts ...common) *torch.Tensor {
		return windows.GeneralCosine(M, []float64{0.5, 0.3, 0.1, 0.07, 0.03}, convert[windows.WindowOption](opts)...)
	}},
	{"general_hamming(%d", func(M int64, opts ...common) *torch.Tensor {
		return windows.GeneralHamming(M, convert[windows.GeneralHammingOption](opts)...)
	}},
	{"general_hamming(%d, alpha=0.46", func(M int64, opts ...common) *torch.Tensor {
		return windows.GeneralHamming(M, append(convert[windows.GeneralHammingOption](opts), torch.Alpha(0.46))...)
	}},
	{"exponential(%d", func(M int64, opts ...common) *torch.Tensor {
		return windows.Exponential(M, convert[windows.ExponentialOption](opts)...)
	}},
	{"exponential(%d, tau=0.3", func(M int64, opts ...common) *torch.Tensor {
		return windows.Exponential(M, append(convert[windows.ExponentialOption](opts), windows.Tau(0.3))...)
	}},
	{"gaussian(%d", func(M int64, opts ...common) *torch.Tensor {
		return windows.Gaussian(M, convert[windows.GaussianOption](opts)...)
	}},
	{"gaussian(%d, std=2.7", func(M int64, opts ...common) *torch.Tensor {
		return windows.Gaussian(M, append(convert[windows.GaussianOption](opts), windows.Std(2.7))...)
	}},
	{"kaiser(%d", func(M int64, opts ...common) *torch.Tensor {
		return windows.Kaiser(M, convert[windows.KaiserOption](opts)...)
	}},
	{"kaiser(%d, beta=5", func(M int64, opts ...common) *torch.Tensor {
		return windows.Kaiser(M, append(convert[windows.KaiserOption](opts), torch.Beta(5))...)
	}},
}

var settings = []struct {
	python string
	opts   []common
}{
	{"", nil},
	{", sym=False", []common{windows.Sym(false)}},
	{", dtype=torch.float64, device='cpu', layout=torch.strided", []common{torch.Float64, torch.CPU, torch.Strided}},
	{", sym=False, requires_grad=True", []common{windows.Sym(false), torch.RequiresGrad(true)}},
}

func TestWindowsAreThoseOfPython(t *testing.T) {
	lengths := []int64{0, 1, 2, 5, 8, 101}
	var code strings.Builder
	code.WriteString("from torch.signal import windows\n")
	each := func(do func(key, python string, window func() *torch.Tensor)) {
		for _, f := range functions {
			for _, s := range settings {
				for _, M := range lengths {
					python := fmt.Sprintf(f.python, M) + s.python + ")"
					do(python, python, func() *torch.Tensor { return f.window(M, s.opts...) })
				}
			}
		}
	}
	each(func(key, python string, _ func() *torch.Tensor) {
		fmt.Fprintf(&code, "w = windows.%s; out[%q] = w; out[%q] = str(w)\n", python, key, "text "+key)
	})
	py := parity.Run(t, code.String())
	each(func(key, _ string, window func() *torch.Tensor) {
		w := window()
		py.EqualTensor(key, w)
		assert.Equal(t, py.Text("text "+key), w.String(), key) // the name of grad_fn, too
	})
}

func TestCenterOfExponential(t *testing.T) {
	py := parity.Run(t, `out["y"] = torch.signal.windows.exponential(7, center=2.25, tau=3, sym=False)`)
	py.EqualTensor("y", windows.Exponential(7, windows.Center(2.25), windows.Tau(3), windows.Sym(false)))
}

func TestErrors(t *testing.T) {
	for python, run := range map[string]func(){
		"exponential(-1)":               func() { windows.Exponential(-1) },
		"exponential(3, tau=0)":         func() { windows.Exponential(3, windows.Tau(0)) },
		"exponential(3, tau=-0.5)":      func() { windows.Exponential(3, windows.Tau(-0.5)) },
		"exponential(3, center=1)":      func() { windows.Exponential(3, windows.Center(1)) },
		"gaussian(3, std=-1.5)":         func() { windows.Gaussian(3, windows.Std(-1.5)) },
		"kaiser(3, beta=-1.5)":          func() { windows.Kaiser(3, torch.Beta(-1.5)) },
		"cosine(-3)":                    func() { windows.Cosine(-3) },
		"hann(-3)":                      func() { windows.Hann(-3) },
		"blackman(-3)":                  func() { windows.Blackman(-3) },
		"bartlett(3, dtype=torch.half)": func() { windows.Bartlett(3, torch.Float16) },
		"nuttall(3, layout=torch.sparse_coo)": func() {
			windows.Nuttall(3, torch.SparseCoo)
		},
		"general_cosine(3, a=[])": func() { windows.GeneralCosine(3, nil) },
	} {
		t.Run(python, func(t *testing.T) {
			py := parity.RunError(t, "torch.signal.windows."+python)
			err := torch.Try(run)
			assert.ErrorIs(t, err, &torch.Error{Kind: py.Error.Type})
			if python == "exponential(3, tau=0)" { // Python shows the integer that it was given
				assert.ErrorContains(t, err, "Tau must be positive, got: 0.0 instead.")
				return
			}
			assert.ErrorIs(t, err, &torch.Error{Message: py.Error.Message})
		})
	}
}

func ExampleHann() {
	fmt.Println(windows.Hann(10))
	fmt.Println(windows.Hann(10, windows.Sym(false)))
	// Output:
	// tensor([0.0000, 0.1170, 0.4132, 0.7500, 0.9698, 0.9698, 0.7500, 0.4132, 0.1170,
	//         0.0000])
	// tensor([0.0000, 0.0955, 0.3455, 0.6545, 0.9045, 1.0000, 0.9045, 0.6545, 0.3455,
	//         0.0955])
}

func ExampleKaiser() {
	fmt.Println(windows.Kaiser(5, torch.Beta(8), torch.Float64))
	// Output:
	// tensor([0.0023, 0.3690, 1.0000, 0.3690, 0.0023], dtype=torch.float64)
}
