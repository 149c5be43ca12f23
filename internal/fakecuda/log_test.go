package fakecuda_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/internal/fakecuda"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

// where requires that all operators ran on this device's default stream, and
// returns their names.
func where(t *testing.T, device int, events []fakecuda.Event) []string {
	t.Helper()
	var names []string
	for _, e := range fakecuda.Operators(events) {
		assert.Equal(t, device, e.Device, e)
		assert.Zero(t, e.Stream, e)
		names = append(names, e.Name)
	}
	return names
}

// An operator goes to the device where its tensors are, factories to the one that
// they are given.
func TestOperatorsFollowTensors(t *testing.T) {
	fakecuda.Need(t, 2)
	for device := range 2 {
		t.Run(fmt.Sprint("cuda:", device), func(t *testing.T) {
			var x *torch.Tensor
			events := fakecuda.Log(t, func() {
				x = torch.Ones([]int64{2, 3}, torch.CUDA(device))
				x.Mul(2).Add_(x.T().Mm(x).Sum())
			})
			assert.Equal(t, []string{"aten::fill_.Scalar", "aten::mul.Tensor", "aten::mm", "aten::sum.dim_IntList", "aten::add_.Tensor"},
				where(t, device, events))
		})
	}
}

// A whole training step stays on its device: forward, backward, optimizer.
func TestTrainingStaysOnDevice(t *testing.T) {
	fakecuda.Need(t, 2)
	for device := range 2 {
		m := nn.NewSequential(nn.NewLinear(3, 4), nn.NewReLU(), nn.NewLinear(4, 1))
		m.To(torch.CUDA(device))
		adam := optim.NewAdam(m.Parameters())
		x := torch.Ones([]int64{2, 3}, torch.CUDA(device))
		events := fakecuda.Log(t, func() {
			m.Forward(x).Sum().Backward()
			adam.Step()
		})
		names := where(t, device, events)
		for _, name := range []string{"aten::addmm", "aten::relu", "aten::threshold_backward", "aten::mm"} {
			assert.Contains(t, names, name)
		}
		assert.True(t, slices.ContainsFunc(names, func(name string) bool {
			return name == "aten::_foreach_addcdiv_.ScalarList" || name == "aten::_foreach_addcdiv_.Tensor"
		}), "%v", names)
		assert.Equal(t, -1, slices.IndexFunc(events, func(e fakecuda.Event) bool { return e.Kind == "kernel" }))
	}
}

// The source's device copies; the program waits where it must have the result.
func TestCopies(t *testing.T) {
	fakecuda.Need(t, 2)
	zero, one := torch.Ones([]int64{2}, torch.CUDA(0)), torch.Ones([]int64{2}, torch.CUDA(1))
	pinned := torch.Ones([]int64{2}).PinMemory()
	for _, c := range []struct {
		name   string
		copy   func()
		device int
		waits  bool
	}{
		{"between devices", func() { one.To(torch.CUDA(0)) }, 1, false},
		{"to the CPU", func() { zero.Cpu() }, 0, true},
		{"from the CPU", func() { torch.Ones([]int64{2}).To(torch.CUDA(1)) }, 1, true},
		{"from pinned memory", func() { pinned.To(torch.CUDA(1), torch.NonBlocking(true)) }, 1, false},
		{"into pinned memory", func() { pinned.Copy_(one, torch.NonBlocking(true)) }, 1, false},
		{"a number", func() { one.Index(0).Item() }, 1, true},
	} {
		events := fakecuda.Log(t, c.copy)
		require.NotEmpty(t, events, c.name)
		waits := false
		for _, e := range events {
			assert.Equal(t, c.device, e.Device, "%s: %s", c.name, e)
			waits = waits || e.Kind == "synchronize"
		}
		assert.Equal(t, c.waits, waits, c.name)
	}
}

// Operators whose result has a shape that only the device knows wait for it.
func TestWaitingForShapes(t *testing.T) {
	fakecuda.Need(t, 1)
	x := torch.Arange(4, torch.CUDA(0))
	for name, c := range map[string]struct {
		run   func()
		waits bool
	}{
		"nonzero":             {func() { x.Nonzero() }, true},
		"index with a mask":   {func() { x.Index(x.Gt(1)) }, true},
		"index with integers": {func() { x.Index(x) }, false},
		"unique":              {func() { torch.Unique(x) }, true},
		"add":                 {func() { x.Add(1) }, false},
	} {
		waits := slices.ContainsFunc(fakecuda.Log(t, c.run), func(e fakecuda.Event) bool { return e.Kind == "synchronize" })
		assert.Equal(t, c.waits, waits, name)
	}
}

// No kernel of CUDA's own is launched, which would give no values.
func TestNoKernels(t *testing.T) {
	fakecuda.Need(t, 1)
	before := fakecuda.Launches()
	x := torch.Rand([]int64{4, 4}, torch.CUDA(0))
	x.Softmax(-1).Cumsum(0).Sort()
	assert.Equal(t, before, fakecuda.Launches())
}
