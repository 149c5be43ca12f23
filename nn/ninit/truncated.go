package ninit

import (
	"math"

	"github.com/wangkuiyi/gotorch/torch"
)

// TruncNormal_ fills t with numbers of a normal distribution that lie in [a, b].
// Python's defaults are 0, 1, -2 and 2. The one option is a *[torch.Generator].
// It works best with a <= mean <= b, and warns if mean is far outside. Python's
// nn.init.trunc_normal_.
func TruncNormal_(t *torch.Tensor, mean, std, a, b float64, opts ...torch.NormalInplaceOption) *torch.Tensor {
	if t.IsMeta() {
		return t
	}
	if mean < a-2*std || mean > b+2*std {
		torch.Warn("mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.")
	}
	var random *torch.Generator
	for _, o := range opts {
		random = o.(*torch.Generator)
	}
	below := func(x float64) float64 { return (1 + math.Erf((x-mean)/std/math.Sqrt2)) / 2 }
	torch.NoGrad(func() {
		torch.Scope(func() {
			if below(b)-below(a) > 0.3 {
				drawNormal(t, mean, std, a, b, random)
			} else {
				drawTail(t, mean, std, a, b, random)
			}
		})
	})
	return t
}

// drawNormal draws normal numbers, and those outside of [a, b] again.
func drawNormal(t *torch.Tensor, mean, std, a, b float64, random *torch.Generator) {
	low, high := representable(t, a), representable(t, b)
	result := t.Normal_(mean, std, random)
	for {
		outside := result.Lt(low).BitwiseOr(result.Gt(high))
		if !anyOf(outside) {
			break
		}
		result = torch.Where(outside, torch.EmptyLike(result).Normal_(mean, std, random), result)
	}
	if result != t {
		t.Copy_(result)
	}
}

// representable is the number that the tensor would hold for x.
func representable(t *torch.Tensor, x float64) float64 {
	return torch.NewTensor(x, t.DType()).Item()
}

// drawTail draws uniform numbers, and accepts each with its density over the
// highest density in [a, b].
func drawTail(t *torch.Tensor, mean, std, a, b float64, random *torch.Generator) {
	mode := max(a, min(mean, b))
	distance := (mode - mean) / std
	logPeak := -0.5 * (distance * distance)
	candidates, chance := torch.EmptyLike(t), torch.EmptyLike(t)
	refused := func() *torch.Tensor {
		logDensity := candidates.Sub_(mean).Div_(std).Pow_(2).Mul_(-0.5).Sub_(logPeak)
		return chance.Uniform_(0, 1, random).Log_().Gt(logDensity)
	}
	t.Uniform_(a, b, random)
	candidates.Copy_(t)
	pending := refused()
	if !anyOf(pending) {
		return
	}
	result := t
	for anyOf(pending) {
		candidates.Uniform_(a, b, random)
		result = torch.Where(pending, candidates, result)
		pending = torch.Where(pending, refused(), pending)
	}
	t.Copy_(result)
}

func anyOf(mask *torch.Tensor) bool { return torch.ItemOf[bool](mask.Any()) }
