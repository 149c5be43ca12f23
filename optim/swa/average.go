package swa

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// An AvgFn returns the new average of a parameter, of which numAveraged values,
// an integer tensor of no dimensions, are in the average already.
type AvgFn func(averaged, current, numAveraged *torch.Tensor) *torch.Tensor

// A MultiAvgFn updates averages in place, of parameters of one device and dtype.
type MultiAvgFn func(averaged, current []*torch.Tensor, numAveraged *torch.Tensor)

// An EmaOption is an option of [GetEmaAvgFn] and [GetEmaMultiAvgFn]: [Decay].
type EmaOption interface{ decay() float64 }

type decayOption float64

func (d decayOption) decay() float64 { return float64(d) }

// Decay is the weight of the average against the current value, Python's
// decay=. Its default is 0.999.
func Decay(decay float64) EmaOption { return decayOption(decay) }

// decayOf returns the decay, and refuses what is not between 0 and 1.
func decayOf(opts []EmaOption) float64 {
	decay := 0.999
	for _, o := range opts {
		decay = o.decay()
	}
	if decay < 0 || decay > 1 {
		panic(torch.NewError("ValueError", "Invalid decay value %s provided. Please provide a value in [0,1] range.",
			pytext.Float(decay)))
	}
	return decay
}

// GetEmaAvgFn returns the function of the exponential moving average, Python's
// get_ema_avg_fn. Option: [Decay]. A decay that is not between 0 and 1 panics.
func GetEmaAvgFn(opts ...EmaOption) AvgFn {
	decay := decayOf(opts)
	return func(averaged, current, _ *torch.Tensor) (average *torch.Tensor) {
		torch.NoGrad(func() { average = averaged.Mul(decay).Add(current.Mul(1 - decay)) })
		return average
	}
}

// GetEmaMultiAvgFn is [GetEmaAvgFn] for lists of parameters, Python's
// get_ema_multi_avg_fn.
func GetEmaMultiAvgFn(opts ...EmaOption) MultiAvgFn {
	decay := decayOf(opts)
	return func(averaged, current []*torch.Tensor, _ *torch.Tensor) {
		torch.NoGrad(func() {
			if isInexact(averaged[0]) {
				torch.ForeachLerp_(averaged, current, 1-decay)
				return
			}
			for i, a := range averaged {
				a.Copy_(a.Mul(decay).Add(current[i].Mul(1 - decay)))
			}
		})
	}
}

func isInexact(t *torch.Tensor) bool { return t.IsFloatingPoint() || t.IsComplex() }

// GetSwaAvgFn returns the function of the mean of all values, Python's
// get_swa_avg_fn.
func GetSwaAvgFn() AvgFn {
	return func(averaged, current, numAveraged *torch.Tensor) (average *torch.Tensor) {
		torch.NoGrad(func() { average = averaged.Add(current.Sub(averaged).Div(numAveraged.Add(1))) })
		return average
	}
}

// GetSwaMultiAvgFn is [GetSwaAvgFn] for lists of parameters, Python's
// get_swa_multi_avg_fn. Parameters of integer dtype panic.
func GetSwaMultiAvgFn() MultiAvgFn {
	return func(averaged, current []*torch.Tensor, numAveraged *torch.Tensor) {
		torch.NoGrad(func() {
			count := numAveraged.Add(1)
			if isInexact(averaged[0]) {
				torch.ForeachLerp_(averaged, current, count.Reciprocal().Item())
				return
			}
			counts := slices.Repeat([]*torch.Tensor{count}, len(averaged))
			torch.ForeachAddcdiv_(averaged, torch.ForeachSub(current, averaged), counts, 1)
		})
	}
}
