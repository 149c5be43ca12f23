package swa_test

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim/swa"
	"github.com/wangkuiyi/gotorch/torch"
)

// The averaged model has the mean of the weights.
func ExampleNewAveragedModel() {
	model := nn.NewLinear(1, 1, nn.Bias(false))
	averaged := swa.NewAveragedModel(model)
	for _, weight := range []float64{1, 2, 6} {
		torch.NoGrad(func() { model.Weight.Fill_(weight) })
		averaged.UpdateParameters(model)
	}
	fmt.Println(averaged.Averaged.Weight.Item(), averaged.NAveraged)
	// Output: 3 tensor(3)
}

// An exponential moving average.
func ExampleGetEmaMultiAvgFn() {
	model := nn.NewLinear(1, 1, nn.Bias(false))
	ema := swa.NewAveragedModel(model, swa.WithMultiAvgFn(swa.GetEmaMultiAvgFn(swa.Decay(0.5))))
	for _, weight := range []float64{1, 2, 6} {
		torch.NoGrad(func() { model.Weight.Fill_(weight) })
		ema.UpdateParameters(model)
	}
	fmt.Println(ema.Averaged.Weight.Item())
	// Output: 3.75
}
