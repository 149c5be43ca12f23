package amp_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// state describes autocast on this goroutine.
func state(deviceType string) string {
	return fmt.Sprint(torch.IsAutocastEnabled(deviceType), torch.GetAutocastDtype(deviceType), torch.IsAutocastCacheEnabled())
}

// Devices, dtypes and options come to the same as in Python, with its warnings and
// errors, and leave nothing behind.
func TestAutocastArguments(t *testing.T) {
	devices := []string{
		"cuda", "cpu", "cpu:0", "xpu", "mps", "hpu", "mtia", "maia", "ipu", "xla", "privateuseone", "meta", "vulkan", "foo", "",
	}
	options := map[string][]amp.AutocastOption{
		"":                                   nil,
		"dtype=torch.float16":                {torch.Float16},
		"dtype=torch.bfloat16":               {torch.BFloat16},
		"dtype=torch.float32":                {torch.Float32},
		"dtype=torch.int64":                  {torch.Int64},
		"enabled=False":                      {amp.Enabled(false)},
		"enabled=False, dtype=torch.float64": {amp.Enabled(false), torch.Float64},
		"cache_enabled=False":                {amp.CacheEnabled(false)},
	}
	for python, opts := range options {
		var code strings.Builder
		fmt.Fprintf(&code, `
import warnings
def state(device):
    return f"{str(torch.is_autocast_enabled(device)).lower()} {torch.get_autocast_dtype(device)} {str(torch.is_autocast_cache_enabled()).lower()}"
def attempt(device):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with torch.autocast(device, %s):
                inside = state(device)
            result = f"{inside}, then {state(device)}"
        except Exception as e:
            result = f"{type(e).__name__}: {e}"
    return result + " ".join(str(w.message) for w in caught)
`, python)
		fmt.Fprintf(&code, "devices = \"%s\".split(\" \")\n", strings.Join(devices, " "))
		code.WriteString(`out["results"] = [attempt(d) for d in devices]
out["count"] = torch.cuda.device_count()`)
		py := parity.Run(t, code.String())
		want := py.Strings("results")
		for i, device := range devices {
			if device == "cuda" && (py.Number("count") > 0) != (torch.CudaDeviceCount() > 0) {
				continue // one of the two runs with devices, and warns of nothing
			}
			var got string
			warnings := collectWarnings(func() {
				err := torch.Try(func() {
					amp.Autocast(device, func() { got = state(device) }, opts...)
					got += ", then " + state(device)
				})
				if err != nil {
					got = err.(*torch.Error).Kind + ": " + err.(*torch.Error).Message
				}
			})
			assert.Equal(t, want[i], got+strings.Join(warnings, " "), "%s, %s", device, python)
		}
	}
}

// The warning names the program's line.
func TestWarningNamesTheLine(t *testing.T) {
	var warned torch.Warning
	_, file, line, _ := runtime.Caller(0)
	before := torch.SetWarningHandler(func(w torch.Warning) { warned = w })
	amp.Autocast("cpu", func() {}, torch.Float32) // two lines below Caller
	torch.SetWarningHandler(before)
	assert.Equal(t, file, warned.File)
	assert.Equal(t, line+2, warned.Line)
	assert.Equal(t, "UserWarning", warned.Category)
}

// Autocast nests, for several devices and switched off inside, and ends in order.
func TestAutocastNests(t *testing.T) {
	py := parity.Run(t, `
	states = []
	def note():
	    for d in ["cpu", "xpu"]:
	        states.append(f"{str(torch.is_autocast_enabled(d)).lower()} {torch.get_autocast_dtype(d)} {str(torch.is_autocast_cache_enabled()).lower()}")
	x = torch.ones(2, 2)
	with torch.autocast("cpu"):
	    note()
	    with torch.autocast("xpu", dtype=torch.bfloat16, cache_enabled=False):
	        note()
	        with torch.autocast("cpu", enabled=False):
	            note()
	            states.append(str((x @ x).dtype))
	            with torch.autocast("cpu", dtype=torch.float16):
	                note()
	                states.append(str((x @ x).dtype))
	            note()
	        note()
	    note()
	    states.append(str((x @ x).dtype))
	note()
	out["states"] = states
	`)
	var states []string
	note := func() { states = append(states, state("cpu"), state("xpu")) }
	x := torch.Ones([]int64{2, 2})
	product := func() { states = append(states, x.Matmul(x).DType().String()) }
	amp.Autocast("cpu", func() {
		note()
		amp.Autocast("xpu", func() {
			note()
			amp.Autocast("cpu", func() {
				note()
				product()
				amp.Autocast("cpu", func() {
					note()
					product()
				}, torch.Float16)
				note()
			}, amp.Enabled(false))
			note()
		}, torch.BFloat16, amp.CacheEnabled(false))
		note()
		product()
	})
	note()
	assert.Equal(t, py.Strings("states"), states)
}

// The casts of weights are kept until the outermost Autocast ends, or
// ClearAutocastCache is called, or not at all.
func TestAutocastCache(t *testing.T) {
	x, w := torch.Ones([]int64{1, 2}), torch.Ones([]int64{1, 2}, torch.RequiresGrad(true))
	double := func() { torch.NoGrad(func() { w.Mul_(2) }) }
	var products []float64
	product := func() { products = append(products, functional.Linear(x, w).Item()) }
	amp.Autocast("cpu", func() {
		amp.Autocast("cpu", product)
		double()
		product()
		torch.ClearAutocastCache()
		product()
		double()
		amp.Autocast("cpu", product, amp.CacheEnabled(false))
	})
	amp.Autocast("cpu", product)
	assert.Equal(t, []float64{2, 2, 4, 8, 8}, products)

	// A goroutine in a captured state ends its casts, too.
	var state torch.State
	amp.Autocast("cpu", func() { state = torch.CaptureState() })
	var wait sync.WaitGroup
	wait.Go(func() {
		state.Run(product)
		double()
		state.Run(product)
	})
	wait.Wait()
	assert.Equal(t, []float64{8, 16}, products[5:])
}

// Gradients have Python's bits, with the backward pass outside and inside.
func TestAutocastBackward(t *testing.T) {
	for _, inside := range []bool{false, true} {
		py := parity.Run(t, fmt.Sprintf(`
		torch.manual_seed(0)
		m = nn.Sequential(nn.Conv1d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24, 8), nn.LayerNorm(8), nn.Linear(8, 3))
		x = torch.randn(5, 2, 8, requires_grad=True)
		target = torch.tensor([0, 1, 2, 1, 0])
		with torch.autocast("cpu"):
		    y = m(x)
		    loss = F.cross_entropy(y, target)
		    if %[1]s: loss.backward()
		if not %[1]s: loss.backward()
		out["y"], out["loss"], out["x"] = y, loss, x.grad
		out["grads"] = [p.grad for p in m.parameters()]
		`, map[bool]string{true: "True", false: "False"}[inside]))
		torch.ManualSeed(0)
		m := nn.NewSequential(nn.NewConv1d(2, 4, 3), nn.NewReLU(), nn.NewFlatten(), nn.NewLinear(24, 8),
			nn.NewLayerNorm(8), nn.NewLinear(8, 3))
		x := torch.Randn([]int64{5, 2, 8}, torch.RequiresGrad(true))
		target := torch.NewTensor([]int64{0, 1, 2, 1, 0})
		var y, loss *torch.Tensor
		amp.Autocast("cpu", func() {
			y = m.Forward(x)
			loss = functional.CrossEntropy(y, target)
			if inside {
				loss.Backward()
			}
		})
		if !inside {
			loss.Backward()
		}
		py.EqualTensor("y", y)
		py.EqualTensor("loss", loss)
		py.EqualTensor("x", x.Grad())
		var grads []*torch.Tensor
		for _, p := range m.Parameters() {
			grads = append(grads, p.Grad())
		}
		py.EqualTensors("grads", grads)
	}
}

func TestAutocastDecorator(t *testing.T) {
	x := torch.Ones([]int64{2, 2})
	assert.Equal(t, torch.BFloat16, amp.AutocastDecorator("cpu", nn.NewLinear(2, 2).Forward)(x).DType())
	matmul := amp.AutocastDecorator("cpu", torch.Matmul, torch.Float16)
	assert.Equal(t, torch.Float16, matmul(x, x).DType())
	assert.Equal(t, torch.Float32, x.Matmul(x).DType())

	variadic := amp.AutocastDecorator("cpu", func(name string, tensors ...*torch.Tensor) (int, string) {
		return len(tensors), name + " " + tensors[0].Mm(tensors[1]).DType().String()
	})
	n, text := variadic("a", x, x)
	assert.Equal(t, "2 a torch.bfloat16", fmt.Sprint(n, " ", text))

	assert.Panics(t, func() { amp.AutocastDecorator("cpu", func() { panic("own") })() })
	assert.False(t, torch.IsAutocastEnabled("cpu"))

	// The warning comes when the function is made, and the state from then.
	var off func() string
	assert.Len(t, collectWarnings(func() {
		off = amp.AutocastDecorator("cpu", func() string { return state("cpu") }, torch.Float32)
	}), 1)
	assert.Empty(t, collectWarnings(func() { assert.Equal(t, "false torch.float32 true", off()) }))

	for _, no := range []any{3, nil} {
		err := torch.Try(func() { amp.AutocastDecorator("cpu", no) })
		require.ErrorIs(t, err, &torch.Error{Kind: "TypeError"})
		assert.ErrorContains(t, err, fmt.Sprintf("requires a function, but got %T", no))
	}
}

func TestIsAutocastAvailable(t *testing.T) {
	assert.True(t, amp.IsAutocastAvailable("cuda"))
	assert.True(t, amp.IsAutocastAvailable("cpu"))
	assert.False(t, amp.IsAutocastAvailable("meta"))
}
