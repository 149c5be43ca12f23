package utils

import (
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A Conv is a convolution, or a transposed one.
type Conv interface {
	nn.AnyModule
	AsConv() *nn.ConvNd
}

// A Linear is an [nn.Linear], or a struct that embeds one.
type Linear interface {
	nn.AnyModule
	AsLinear() *nn.Linear
}

// A BatchNorm is one of the BatchNorm layers.
type BatchNorm interface {
	nn.AnyModule
	AsBatchNorm() *nn.NormBase
}

// Transpose says that the convolution is a transposed one. Its default is false.
type Transpose bool

// FuseConvBnEval returns a copy of a convolution that does what the convolution
// and a BatchNorm layer after it do in evaluation mode, in which both must be.
// Python's torch.nn.utils.fuse_conv_bn_eval.
func FuseConvBnEval[C Conv](conv C, bn BatchNorm, transpose ...Transpose) C {
	norm := requireEval(conv, bn)
	fused := nn.DeepCopy(conv)
	requireStatistics(norm)
	c := fused.AsConv()
	c.Weight, c.Bias = FuseConvBnWeights(c.Weight, c.Bias, norm.RunningMean, norm.RunningVar, norm.Eps, norm.Weight, norm.Bias, transpose...)
	return fused
}

func requireEval(layer nn.AnyModule, bn BatchNorm) *nn.NormBase {
	if layer.Training() || bn.Training() {
		raise("AssertionError", "Fusion only for eval!")
	}
	return bn.AsBatchNorm()
}

func requireStatistics(norm *nn.NormBase) {
	if norm.RunningMean == nil || norm.RunningVar == nil {
		raise("AssertionError", "bn.running_mean and bn.running_var must not be None")
	}
}

// FuseConvBnWeights returns weight and bias of a convolution that does what a
// convolution with weight convW and bias convB and a BatchNorm layer with running
// mean bnRm and variance bnRv, epsilon, weight bnW and bias bnB do: new
// parameters. The biases and bnW may be nil. Python's
// torch.nn.utils.fuse_conv_bn_weights.
func FuseConvBnWeights(convW, convB, bnRm, bnRv *torch.Tensor, bnEps float64, bnW, bnB *torch.Tensor,
	transpose ...Transpose) (weight, bias *torch.Tensor) {
	weightDtype, biasDtype := convW.DType(), convW.DType()
	if convB != nil {
		biasDtype = convB.DType()
	} else {
		convB = torch.ZerosLike(bnRm)
	}
	if bnW == nil {
		bnW = torch.OnesLike(bnRm)
	}
	if bnB == nil {
		bnB = torch.ZerosLike(bnRm)
	}
	scale := torch.Rsqrt(bnRv.Add(bnEps))
	shape := make([]int64, convW.Dim())
	for i := range shape {
		shape[i] = 1
	}
	channels := 0
	if len(transpose) > 0 && bool(transpose[0]) {
		channels = 1
	}
	shape[channels] = -1
	fusedW := convW.Mul(bnW.Mul(scale).Reshape(shape...)).To(weightDtype)
	fusedB := convB.Sub(bnRm).Mul(scale).Mul(bnW).Add(bnB).To(biasDtype)
	return nn.NewParameter(fusedW, convW.RequiresGrad()), nn.NewParameter(fusedB, convB.RequiresGrad())
}

// FuseLinearBnEval returns a copy of a linear layer that does what the layer and
// a BatchNorm layer after it do in evaluation mode, in which both must be. They
// must have as many features, or the BatchNorm layer one. Python's
// torch.nn.utils.fuse_linear_bn_eval.
func FuseLinearBnEval[L Linear](linear L, bn BatchNorm) L {
	norm := requireEval(linear, bn)
	fused := nn.DeepCopy(linear)
	l := fused.AsLinear()
	if l.OutFeatures != norm.NumFeatures && norm.NumFeatures != 1 {
		raise("AssertionError", "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, "+
			"got linear.out_features=%d and bn.num_features=%d", l.OutFeatures, norm.NumFeatures)
	}
	requireStatistics(norm)
	l.Weight, l.Bias = FuseLinearBnWeights(l.Weight, l.Bias, norm.RunningMean, norm.RunningVar, norm.Eps, norm.Weight, norm.Bias)
	return fused
}

// FuseLinearBnWeights is [FuseConvBnWeights] for a linear layer; only its bias may
// be nil. Python's torch.nn.utils.fuse_linear_bn_weights.
func FuseLinearBnWeights(linearW, linearB, bnRm, bnRv *torch.Tensor, bnEps float64, bnW, bnB *torch.Tensor) (weight, bias *torch.Tensor) {
	weightDtype, biasDtype := linearW.DType(), linearW.DType()
	if linearB != nil {
		biasDtype = linearB.DType()
	} else {
		linearB = torch.ZerosLike(bnRm)
	}
	scale := bnW.Mul(torch.Rsqrt(bnRv.Add(bnEps)))
	fusedW := linearW.Mul(scale.Unsqueeze(-1).To(weightDtype))
	fusedB := linearB.Sub(bnRm).Mul(scale).Add(bnB).To(biasDtype)
	return nn.NewParameter(fusedW, linearW.RequiresGrad()), nn.NewParameter(fusedB, linearB.RequiresGrad())
}
