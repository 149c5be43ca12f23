package nn_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// BenchmarkForward compares layers with the operators that they call: the
// difference is what package nn costs.
func BenchmarkForward(b *testing.B) {
	linear, relu, mse := nn.NewLinear(2, 2), nn.NewReLU(), nn.NewMSELoss()
	conv, dropout := nn.NewConv2d(1, 1, 1), nn.NewDropout()
	cross := nn.NewCrossEntropyLoss()
	sequential := nn.NewSequential(linear, relu)
	x, image := torch.Ones([]int64{1, 2}), torch.Ones([]int64{1, 1, 2, 2})
	classes := torch.Zeros([]int64{1}, torch.Int64)
	for _, c := range []struct {
		name string
		fn   func()
	}{
		{"linear-relu/operators", func() { torch.Relu(torch.Linear(x, linear.Weight, torch.Bias(linear.Bias))) }},
		{"linear-relu/layers", func() { relu.Forward(linear.Forward(x)) }},
		{"linear-relu/sequential", func() { sequential.Forward(x) }},
		{"mse/operator", func() { torch.MseLoss(x, x, torch.ReductionMean) }},
		{"mse/layer", func() { mse.Forward(x, x) }},
		{"cross-entropy/operator", func() { torch.CrossEntropyLoss(x, classes) }},
		{"cross-entropy/layer", func() { cross.Forward(x, classes) }},
		{"conv/operator", func() {
			torch.Conv2d(image, conv.Weight, torch.Bias(conv.Bias), torch.Stride(conv.Stride...), torch.Padding(conv.Padding),
				torch.Dilation(conv.Dilation...), torch.Groups(conv.Groups))
		}},
		{"conv/layer", func() { conv.Forward(image) }},
		{"dropout/operator", func() { torch.Dropout(x, 0.5, true) }},
		{"dropout/layer", func() { dropout.Forward(x) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			torch.NoGrad(func() {
				for b.Loop() {
					torch.Scope(func() {
						for range 100 {
							c.fn()
						}
					})
				}
			})
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/call")
		})
	}
}

// BenchmarkParameters lists the parameters of a model of 20 layers.
func BenchmarkParameters(b *testing.B) {
	model := nn.NewSequential()
	for range 20 {
		model.Append(nn.NewLinear(2, 2))
	}
	b.ReportAllocs()
	for b.Loop() {
		model.Parameters()
	}
}

func BenchmarkNewLinear(b *testing.B) {
	for b.Loop() {
		nn.NewLinear(2, 2)
	}
}
