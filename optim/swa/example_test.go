package swa_test

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim"
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

// The learning rates go to a constant one while weights are averaged, and at the end the
// statistics of the averaged model's BatchNorm layers are computed.
func ExampleUpdateBn() {
	model := nn.NewSequential(nn.NewLinear(1, 1), nn.NewBatchNorm1d(1))
	optimizer := optim.NewSGD(model.Parameters(), optim.LR(0.5))
	averaged := swa.NewAveragedModel(model)
	scheduler := swa.NewSWALR(optimizer, 0.1, swa.AnnealEpochs(2), swa.AnnealStrategy("linear"))
	batches := []*torch.Tensor{torch.NewTensor([][]float32{{1}, {3}}), torch.NewTensor([][]float32{{5}, {7}})}
	for range 3 {
		for _, batch := range batches {
			optimizer.ZeroGrad()
			model.Forward(batch).Sum().Backward()
			optimizer.Step()
		}
		averaged.UpdateParameters(model)
		scheduler.Step()
		fmt.Printf("%.1f ", scheduler.GetLastLr()[0])
	}
	swa.UpdateBn(slices.Values(batches), averaged)
	norm := averaged.Averaged.At(1).(*nn.BatchNorm1d)
	fmt.Println(norm.NumBatchesTracked)
	// Output: 0.3 0.1 0.1 tensor(2)
}
