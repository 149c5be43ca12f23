package torch_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// here returns the line that it is called on, as Error.Caller spells it, plus
// lines.
func here(lines int) string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", file, line+lines)
}

func outOfScope() (t *torch.Tensor) {
	torch.Scope(func() { t = pair() })
	return t
}

func closed() *torch.Tensor {
	t := pair()
	t.Close()
	return t
}

// Tensors that are none are refused wherever they come, by the argument's name.
func TestUnusableTensors(t *testing.T) {
	good := pair()
	var none *torch.Tensor
	for name, bad := range map[string]struct {
		tensor  *torch.Tensor
		kind    string
		message string
	}{
		"nil":          {none, "TypeError", "argument '%s' must be Tensor, not None"},
		"closed":       {closed(), "RuntimeError", "argument '%s' was freed by Close"},
		"out of scope": {outOfScope(), "RuntimeError", "argument '%s' was freed when the torch.Scope that it was made in ended; return it from the scope or call torch.Keep on it there"},
		"empty":        {new(torch.Tensor), "RuntimeError", "argument '%s' is an empty torch.Tensor{}, which no function of this library made"},
	} {
		x := bad.tensor
		for _, c := range []struct {
			op, argument string
			run          func()
		}{
			{"torch.Add", "self", func() { torch.Add(x, good) }},
			{"torch.Add", "other", func() { torch.Add(good, x) }},
			{"torch.Add", "self", func() { torch.Add(x, 1) }},
			{"torch.Tensor.Mul", "self", func() { x.Mul(good) }},
			{"torch.Tensor.Mul", "other", func() { good.Mul(x) }},
			{"torch.Tensor.Mul_", "other", func() { good.Mul_(x) }},
			{"torch.Cat", "tensors", func() { torch.Cat([]*torch.Tensor{x}) }},
			{"torch.Cat", "tensors", func() { torch.Cat([]*torch.Tensor{good, good, x}) }},
			{"torch.Tensor.Shape", "self", func() { x.Shape() }},
			{"torch.Tensor.Size", "self", func() { x.Size(0) }},
			{"torch.Tensor.DType", "self", func() { x.DType() }},
			{"torch.Tensor.IsContiguous", "self", func() { x.IsContiguous() }},
			{"torch.Tensor.Item", "self", func() { x.Item() }},
			{"torch.ItemOf", "self", func() { torch.ItemOf[int](x) }},
			{"torch.Data", "self", func() { torch.Data[float32](x) }},
			{"torch.Tensor.RequiresGrad_", "self", func() { x.RequiresGrad_() }},
			{"torch.Tensor.RequiresGrad_", "self", func() { x.RequiresGrad_(false) }},
			{"torch.Tensor.RetainGrad", "self", func() { x.RetainGrad() }},
			{"torch.Tensor.Grad", "self", func() { x.Grad() }},
			{"torch.Tensor.SetGrad", "self", func() { x.SetGrad(nil) }},
			{"torch.Tensor.Backward", "self", func() { x.Backward() }},
			{"torch.ClearGrads", "tensors", func() { torch.ClearGrads([]*torch.Tensor{good, x}) }},
			{"torch.Grads", "tensors", func() { torch.Grads([]*torch.Tensor{good, x}) }},
			{"torch.Tensor.SetData", "data", func() { good.SetData(x) }},
			{"torch.Grad", "self", func() { torch.Grad([]*torch.Tensor{x}, []*torch.Tensor{good}) }},
			{"torch.Linear", "weight", func() { torch.Linear(good, x) }},
		} {
			t.Run(name+" "+c.op+" "+c.argument, func(t *testing.T) {
				e := refusal(t, c.run)
				assert.Equal(t, bad.kind, e.Kind)
				assert.Equal(t, fmt.Sprintf(bad.message, c.argument), e.Message)
				assert.Equal(t, c.op, e.Op)
			})
		}
		if x != nil { // an optional tensor may be nil, and nothing else
			e := refusal(t, func() { torch.Linear(good, pair(), torch.Bias(x)) })
			assert.Equal(t, fmt.Sprintf(bad.message, "bias"), e.Message)
			assert.NotPanics(t, func() { _ = fmt.Sprint(x.IsParameter()) })
		}
		assert.NotPanics(t, func() { x.Close(); x.Close(); torch.Keep(x) })
	}
	assert.True(t, none.Is(nil))
	assert.False(t, good.Is(nil))
	assert.False(t, none.IsParameter())
}

// Shapes, dtypes and indices that do not fit are refused in Python's words.
func TestMisuse(t *testing.T) {
	x, y := torch.Ones([]int64{2, 3}), torch.Ones([]int64{4, 5})
	ints := torch.Ones([]int64{2}, torch.Int64)
	sameRefusals(t, []misuse{
		{"broadcast", "torch.ones(2, 3) + torch.ones(4, 5)", func() { x.Add(y) }},
		{"in-place broadcast", "torch.ones(2, 3).add_(torch.ones(2, 2, 3))", func() { x.Add_(torch.Ones([]int64{2, 2, 3})) }},
		{"mm", "torch.ones(2, 3).mm(torch.ones(4, 5))", func() { x.Mm(y) }},
		{"mm's dimensions", "torch.ones(2, 3).mm(torch.ones(3))", func() { x.Mm(torch.Ones([]int64{3})) }},
		{"matmul", "torch.ones(2, 3) @ torch.ones(4, 5)", func() { torch.Matmul(x, y) }},
		{"mm's dtypes", "torch.ones(2, 3).mm(torch.ones(3, 2, dtype=torch.float64))", func() { x.Mm(torch.Ones([]int64{3, 2}, torch.Float64)) }},
		{"dimension", "torch.ones(2, 3).select(5, 0)", func() { x.Select(5, 0) }},
		{"index", "torch.ones(2, 3).select(0, 7)", func() { x.Select(0, 7) }},
		{"size", "torch.ones(2, 3).size(2)", func() { x.Size(2) }},
		{"squeeze", "torch.ones(2, 3).squeeze(-4)", func() { x.Squeeze(torch.Dim(-4)) }},
		{"view", "torch.ones(2, 3).view(4, 2)", func() { x.View(4, 2) }},
		{"view of a transpose", "torch.ones(2, 3).t().view(6)", func() { x.T().View(6) }},
		{"two unknown sizes", "torch.ones(2, 3).view(-1, -1)", func() { x.View(-1, -1) }},
		{"permute", "torch.ones(2, 3).permute(0, 0)", func() { x.Permute(0, 0) }},
		{"narrow", "torch.ones(2, 3).narrow(0, 1, 5)", func() { x.Narrow(0, 1, 5) }},
		{"expand", "torch.ones(2, 3).expand(4, 3)", func() { x.Expand(4, 3) }},
		{"cat", "torch.cat([torch.ones(2, 3), torch.ones(4, 5)])", func() { torch.Cat([]*torch.Tensor{x, y}) }},
		{"cat of nothing", "torch.cat([])", func() { torch.Cat(nil) }},
		{"stack", "torch.stack([torch.ones(2, 3), torch.ones(4, 5)])", func() { torch.Stack([]*torch.Tensor{x, y}) }},
		{"mean of integers", "torch.ones(2, dtype=torch.int64).mean()", func() { ints.Mean() }},
		{"in-place result type", "torch.ones(2, dtype=torch.int64).add_(1.5)", func() { ints.Add_(1.5) }},
		{"integer power", "torch.ones(2, dtype=torch.int64).pow(-1)", func() { ints.Pow(-1) }},
		{"maximum of nothing", "torch.ones(0).max()", func() { torch.Ones([]int64{0}).Max() }},
		{"index's dtype", "torch.ones(2, 3).index_select(0, torch.ones(1))", func() { x.IndexSelect(0, torch.Ones([]int64{1})) }},
		{"index out of range", "torch.ones(2, 3).index_select(0, torch.tensor([9]))", func() { x.IndexSelect(0, torch.NewTensor([]int{9})) }},
		{"mask's dtype", "torch.ones(2, 3).masked_select(torch.ones(2, 3))", func() { x.MaskedSelect(x) }},
		{"convolution", "torch.conv2d(torch.ones(1, 2, 3, 3), torch.ones(1, 3, 1, 1))", func() {
			torch.Conv2d(torch.Ones([]int64{1, 2, 3, 3}), torch.Ones([]int64{1, 3, 1, 1}))
		}},
		{"convolution's padding", "torch.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 1, 1), padding='wrong')", func() {
			torch.Conv2d(torch.Ones([]int64{1, 1, 3, 3}), torch.Ones([]int64{1, 1, 1, 1}), torch.Padding("wrong"))
		}},
	})
}

// An error names the function that the program called, and the line.
func TestErrorNamesCaller(t *testing.T) {
	x := torch.Ones([]int64{2, 3})
	for _, c := range []struct {
		op     string
		caller string
		run    func()
	}{
		{"torch.Mm", here(0), func() { torch.Mm(x, x) }},
		{"torch.Tensor.Mm", here(0), func() { x.Mm(x) }},
		{"torch.NewTensor", here(0), func() { torch.NewTensor("text") }},
		{"torch.FromSlice", here(0), func() { torch.FromSlice([]int{1}, 2) }},
		{"torch.Data", here(0), func() { torch.Data[int](x) }},
		{"torch.Tensor.Backward", here(0), func() { x.Backward() }},
		{"torch.Zeros", here(0), func() { torch.Zeros([]int64{-1}) }},
		{"torch.NewDevice", here(0), func() { torch.NewDevice("nowhere") }},
		{"torch.Tensor.Mm", here(0), func() { torch.Scope(func() { torch.NoGrad(func() { x.Mm(x) }) }) }},
		{"torch.Tensor.Mm", here(2), func() {
			for range torch.Scoped(1) {
				x.Mm(x)
			}
		}},
		{"torch.Tensor.Mm", here(0), func() { torch.ScopeValue(func() *torch.Tensor { return x.Mm(x) }) }},
	} {
		e := refusal(t, c.run)
		assert.Equal(t, c.op, e.Op)
		assert.Equal(t, c.caller, e.Caller)
	}
}

func TestError(t *testing.T) {
	x := torch.Ones([]int64{2, 3})
	err := torch.Try(func() { x.Select(5, 0) })
	require.Error(t, err)
	py := parity.RunError(t, "torch.ones(2, 3).select(5, 0)")
	assert.Equal(t, "torch.Tensor.Select: "+py.Error.Message, err.Error())
	assert.ErrorIs(t, err, &torch.Error{})
	assert.ErrorIs(t, err, &torch.Error{Kind: "IndexError"})
	assert.ErrorIs(t, err, &torch.Error{Kind: "IndexError", Op: "torch.Tensor.Select", Message: py.Error.Message})
	assert.NotErrorIs(t, err, &torch.Error{Kind: "ValueError"})
	assert.NotErrorIs(t, err, &torch.Error{Op: "torch.Select"})
	assert.NotErrorIs(t, err, &torch.Error{Message: "other"})
	assert.NotErrorIs(t, err, errors.New("other"))
	wrapped := fmt.Errorf("reading: %w", err)
	var e *torch.Error
	require.ErrorAs(t, wrapped, &e)
	assert.Equal(t, "IndexError", e.Kind)

	assert.NotContains(t, err.Error(), "Exception raised from ")
	t.Setenv("GOTORCH_SHOW_CPP_STACKTRACES", "1")
	err = torch.Try(func() { x.Select(5, 0) })
	assert.True(t, strings.HasPrefix(err.Error(), "torch.Tensor.Select: "+py.Error.Message))
	assert.Contains(t, err.Error(), "Exception raised from ")
	assert.Equal(t, "words", (&torch.Error{Message: "words"}).Error())
}

func TestTry(t *testing.T) {
	assert.NoError(t, torch.Try(func() {}))
	assert.PanicsWithValue(t, "other", func() { _ = torch.Try(func() { panic("other") }) })
	assert.Panics(t, func() { _ = torch.Try(func() { panic(nil) }) })
	assert.PanicsWithError(t, "runtime error: index out of range [1] with length 0", func() {
		one := 1
		_ = torch.Try(func() { _ = []int{}[one] })
	})
	ended := make(chan bool)
	go func() {
		defer close(ended)
		_ = torch.Try(runtime.Goexit)
		t.Error("Goexit came back")
	}()
	<-ended
}

// After an error, all works on.
func TestErrorsLeaveNothing(t *testing.T) {
	x := torch.Ones([]int64{2, 3})
	torch.CollectGarbage()
	before := torch.MemoryStats().Handles
	for range 1000 {
		assert.Error(t, torch.Try(func() { x.Mm(x) }))
	}
	torch.CollectGarbage()
	assert.Equal(t, before, torch.MemoryStats().Handles)
	assert.Equal(t, 6.0, x.Sum().Item())
}

// A program whose library is not installed learns so from its first call, by
// an error of the usual type.
func TestLoadError(t *testing.T) {
	if os.Getenv("GOTORCH_TORCH_TEST_CHILD") != "" {
		e := refusal(t, func() { torch.Zeros([]int64{2}) })
		assert.Equal(t, "LoadError", e.Kind)
		assert.Equal(t, "torch.Zeros", e.Op)
		assert.Contains(t, e.Message, "libgotorch.so: it is no shared library")
		for _, run := range []func(){
			func() { torch.NewTensor(1) }, func() { torch.NoGrad(func() {}) }, func() { torch.Scope(func() {}) },
			func() { torch.InferenceMode(func() {}) }, func() { torch.ManualSeed(1) }, func() { torch.NewGenerator() },
			func() { torch.IsGradEnabled() }, func() { torch.GetDefaultDtype() }, func() { torch.Backward(nil) },
		} {
			assert.Equal(t, "LoadError", refusal(t, run).Kind)
		}
		return
	}
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, "libgotorch.so"), []byte("text"), 0o644))
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(exe, "-test.v", "-test.run=^TestLoadError$")
	cmd.Env = append(os.Environ(), "GOTORCH_TORCH_TEST_CHILD=1", "GOTORCH_HOME="+home, csrc.DeviceVariable+"=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.True(t, strings.Contains(string(out), "--- PASS: TestLoadError"), "%s", out)
}
