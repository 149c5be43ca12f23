package functional

import (
	"math"

	"github.com/wangkuiyi/gotorch/torch"
)

// GaussianNllLoss returns the negative log likelihood of target under normal
// distributions with means input and variances variance: a tensor of the same
// shape, of that without the last dimension or with size 1 somewhere, or a
// number. Variances are at least [Eps]; [Full] adds the constant term. Python's
// F.gaussian_nll_loss.
func GaussianNllLoss(input, target *torch.Tensor, variance any, opts ...GaussianNllLossOption) *torch.Tensor {
	a := readGaussianNllLoss(opts)
	return torch.ScopeValue(func() *torch.Tensor {
		v := varianceOf(input, variance)
		if a.reduction != "none" && a.reduction != "mean" && a.reduction != "sum" {
			a.reduction.refuse()
		}
		v = v.Clone()
		torch.NoGrad(func() { v.Clamp_(torch.WithMin(a.eps)) })
		loss := v.Log().Add(input.Sub(target).Pow(2).Div(v)).Mul(0.5)
		if a.full {
			loss = loss.Add_(0.5 * math.Log(2*math.Pi))
		}
		return a.reduction.of(loss, a.reduction.refuse)
	})
}

// varianceOf returns the variances as a tensor that can be broadcast to input's
// shape.
func varianceOf(input *torch.Tensor, variance any) *torch.Tensor {
	v, isTensor := variance.(*torch.Tensor)
	if !isTensor {
		number := toFloat(variance, "var")
		if number < 0 {
			raise("ValueError", "var has negative entry/entries")
		}
		return torch.OnesLike(input).Mul(number)
	}
	if v.Lt(0).Any().Item() != 0 {
		raise("ValueError", "var has negative entry/entries")
	}
	shape, own := input.Shape(), v.Shape()
	switch {
	case torch.IsSameSize(v, input) || differByOne(shape, own):
		return v
	case len(own) == len(shape)-1 && equalUpTo(shape, own):
		return v.Unsqueeze(-1)
	}
	raise("ValueError", "var is of incorrect size")
	panic("unreachable")
}

func equalUpTo(shape, own []int64) bool {
	for i, n := range own {
		if n != shape[i] {
			return false
		}
	}
	return true
}

// differByOne reports whether shapes differ in one dimension, of size 1 in own.
func differByOne(shape, own []int64) bool {
	if len(shape) != len(own) {
		return false
	}
	sum := int64(0)
	for i, n := range own {
		if n != shape[i] {
			sum += n
		}
	}
	return sum == 1
}
