package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/optim"
	"github.com/wangkuiyi/gotorch/torch"
)

const shortageMB = 1 << 20

// A first step that runs out of memory, halfway through the state of its parameters,
// leaves parameters and gradients as they were, and the next one, when there is memory,
// does what it would have done.
func TestFirstStepOutOfMemory(t *testing.T) {
	testkit.NeedDevices(t, 1)
	device := torch.CUDA(0)
	torch.CollectGarbage()
	cuda.EmptyCache()
	_, total := cuda.MemGetInfo(device)
	cuda.SetPerProcessMemoryFraction(192*shortageMB/float64(total), device)
	defer func() {
		torch.CollectGarbage()
		cuda.EmptyCache()
		cuda.SetPerProcessMemoryFraction(1, device)
	}()
	for name, construct := range map[string]func([]*torch.Tensor) optim.Optimizer{
		"Adam":       func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdam(p) },
		"Adam fused": func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdam(p, optim.Fused(true)) },
		"AdamW":      func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdamW(p, optim.Amsgrad(true)) },
		"NAdam":      func(p []*torch.Tensor) optim.Optimizer { return optim.NewNAdam(p) },
		"RMSprop":    func(p []*torch.Tensor) optim.Optimizer { return optim.NewRMSprop(p, optim.Momentum(0.9)) },
		"Adadelta":   func(p []*torch.Tensor) optim.Optimizer { return optim.NewAdadelta(p) },
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, stepped(t, construct, false), stepped(t, construct, true))
		})
	}
}

// stepped returns what a step makes of two parameters; with short, after one for whose
// state there was no memory.
func stepped(t *testing.T, construct func([]*torch.Tensor) optim.Optimizer, short bool) (values []float64) {
	t.Helper()
	device := torch.CUDA(0)
	torch.CollectGarbage()
	cuda.EmptyCache()
	var params []*torch.Tensor
	for i := range 2 { // 12 MB each, and as much for their gradients
		p := torch.Full([]int64{3072, 1024}, 1+float64(i)/2, device, torch.RequiresGrad(true))
		p.SetGrad(torch.Full([]int64{3072, 1024}, 0.25, device))
		params = append(params, p)
	}
	o := construct(params)
	if short {
		kept := torch.Empty([]int64{(192 - 48 - 14) * shortageMB}, torch.Uint8, device) // room for one tensor
		err := torch.Try(func() { o.Step() })
		require.Error(t, err)
		require.Equal(t, "OutOfMemoryError", err.(*torch.Error).Kind)
		for i, p := range params {
			assert.Equal(t, 1+float64(i)/2, p.Max().Item())
			assert.Equal(t, 0.25, p.Grad().Max().Item())
		}
		kept.Close()
		cuda.EmptyCache() // or the state would be made in what was kept, and hold all of it
	}
	o.Step()
	for _, p := range params {
		values = append(values, p.Min().Item(), p.Max().Item())
	}
	return values
}
