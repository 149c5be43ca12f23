package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// CrossMapLRN2d divides each element by a sum of squares over neighboring channels,
// Python's nn.CrossMapLRN2d: as [LocalResponseNorm] does, but for images, with a
// sum that moves from channel to channel.
//
// Input of shape (N, C, H, W) gives output of that shape.
type CrossMapLRN2d struct {
	Module
	Size           int64 // how many channels count
	Alpha, Beta, K float64
}

// NewCrossMapLRN2d returns a new [CrossMapLRN2d] layer. The defaults are
// [Alpha] 0.0001, [Beta] 0.75 and [K] 1.
func NewCrossMapLRN2d(size int64, opts ...LocalResponseNormOption) *CrossMapLRN2d {
	l := &CrossMapLRN2d{Size: size, Alpha: 1e-4, Beta: 0.75, K: 1}
	for _, o := range opts {
		switch o := o.(type) {
		case Alpha:
			l.Alpha = float64(o)
		case Beta:
			l.Beta = float64(o)
		case K:
			l.K = float64(o)
		}
	}
	l.Init(l)
	return l
}

// Forward normalizes input of shape (N, C, H, W).
func (l *CrossMapLRN2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *CrossMapLRN2d) forward(input *torch.Tensor) *torch.Tensor {
	return torch.ApplyFunction(&crossMapLRN2d{size: l.Size, alpha: l.Alpha, beta: l.Beta, k: l.K}, input)[0]
}

// ExtraRepr returns the arguments.
func (l *CrossMapLRN2d) ExtraRepr() string {
	k := pytext.Float(l.K)
	if l.K == 1 {
		k = "1" // Python's default is an integer
	}
	return fmt.Sprintf("%d, alpha=%s, beta=%s, k=%s", l.Size, pytext.Float(l.Alpha), pytext.Float(l.Beta), k)
}

// crossMapLRN2d is Python's torch.nn.modules._functions.CrossMapLRN2d.
type crossMapLRN2d struct {
	size           int64
	alpha, beta, k float64
	scale          *torch.Tensor // k + alpha/size * the sums of squares
}

// Forward computes the sums of squares of the channels around each channel, and
// divides by a power of them.
func (f *crossMapLRN2d) Forward(ctx *torch.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	input := inputs[0]
	if input.Dim() != 4 {
		raise("ValueError", "CrossMapLRN2d: Expected input to be 4D, got %dD instead.", input.Dim())
	}
	f.scale = torch.Keep(torch.EmptyLike(input))
	f.sumSquares(input.Pow(2))
	f.scale.Mul_(f.alpha / float64(f.size)).Add_(f.k)
	output := f.scale.Pow(-f.beta).Mul_(input)
	ctx.SaveForBackward(input, output)
	return []*torch.Tensor{output}
}

// sumSquares sets scale to the sums, of which each is the one before plus the next
// channel minus the first.
func (f *crossMapLRN2d) sumSquares(squares *torch.Tensor) {
	channels := squares.Size(1)
	before := int64(float64(f.size-1)/2 + 1)
	first := f.scale.Select(1, 0).Zero_()
	for c := range min(before, channels) {
		first.Add_(squares.Select(1, c))
	}
	for c := int64(1); c < channels; c++ {
		sum := f.scale.Select(1, c).Copy_(f.scale.Select(1, c-1))
		if c < channels-before+1 {
			sum.Add_(squares.Select(1, c+before-1))
		}
		if c > before {
			sum.Add_(squares.Select(1, c-before), torch.Alpha(-1))
		}
	}
}

// Backward returns the input's gradient.
func (f *crossMapLRN2d) Backward(ctx *torch.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	saved := ctx.SavedTensors()
	input, output, grad := saved[0], saved[1], grads[0]
	channels := input.Size(1)
	result := f.scale.Pow(-f.beta).Mul_(grad)
	ratios := input.NewZeros([]int64{channels + f.size - 1, input.Size(2), input.Size(3)})
	center := ratios.Narrow(0, int64(float64(f.size)-float64(f.size-1)/2), channels)
	factor := -2 * f.alpha * f.beta / float64(f.size)
	for n := range input.Size(0) {
		center.Copy_(grad.Select(0, n).Mul(output.Select(0, n))).Div_(f.scale.Select(0, n))
		sum := ratios.Narrow(0, 0, f.size-1).Sum(torch.Dim(0))
		for c := range channels {
			sum.Add_(ratios.Select(0, c+f.size-1))
			result.Select(0, n).Select(0, c).Addcmul_(input.Select(0, n).Select(0, c), sum, torch.Value(factor))
			sum.Add_(ratios.Select(0, c), torch.Alpha(-1))
		}
	}
	return []*torch.Tensor{result}
}
