package swa

import (
	"iter"

	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/optim/internal/scalar"
	"github.com/wangkuiyi/gotorch/torch"
)

// An UpdateBnOption is an option of [UpdateBn]: [ToDevice].
type UpdateBnOption interface{ to() torch.Device }

type toDevice torch.Device

func (d toDevice) to() torch.Device { return torch.Device(d) }

// ToDevice is where batches are moved, Python's device=.
func ToDevice(device torch.Device) UpdateBnOption { return toDevice(device) }

// batchNorm is what BatchNorm layers have, and modules that embed one.
type batchNorm interface{ AsBatchNorm() *nn.NormBase }

// UpdateBn sets the running averages of the model's BatchNorm layers to those
// over all batches, Python's update_bn: the averages of an [AveragedModel]'s
// layers are not those of its parameters. Option: [ToDevice].
func UpdateBn(batches iter.Seq[*torch.Tensor], model nn.Layer, opts ...UpdateBnOption) {
	if scalar.IsNil(model) {
		panic(torch.NewError("AttributeError", "'NoneType' object has no attribute 'modules'"))
	}
	layers := batchNorms(model)
	if len(layers) == 0 {
		return
	}
	if batches == nil {
		panic(torch.NewError("TypeError", "'NoneType' object is not iterable"))
	}
	before := make([]bool, len(layers))
	training := model.Training()
	model.Train()
	for i, l := range layers {
		before[i], l.CumulativeAverage = l.CumulativeAverage, true
	}
	defer func() {
		for i, l := range layers {
			l.CumulativeAverage = before[i]
		}
		model.Train(training)
	}()
	for batch := range batches {
		torch.Scope(func() {
			torch.NoGrad(func() {
				for _, o := range opts {
					batch = batch.To(o.to())
				}
				nn.Call(model, batch)
			})
		})
	}
}

// batchNorms returns the model's BatchNorm layers, which have forgotten all
// batches.
func batchNorms(model nn.AnyModule) (layers []*nn.NormBase) {
	for _, module := range model.Modules() {
		if l, ok := module.(batchNorm); ok {
			l.AsBatchNorm().ResetRunningStats()
			layers = append(layers, l.AsBatchNorm())
		}
	}
	return layers
}
