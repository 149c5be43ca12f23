package nn

import (
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// FractionalMaxPoolNd is what FractionalMaxPool layers have in common; they embed
// it.
type FractionalMaxPoolNd struct {
	Module
	KernelSize    []int64
	OutputSize    []int64   // nil: by OutputRatio
	OutputRatio   []float64 // nil: by OutputSize
	ReturnIndices bool
	RandomSamples *torch.Tensor `torch:"_random_samples"` // a buffer, or nil
}

// An OutputSizeOption is the option that [OutputSize] returns.
type OutputSizeOption struct{ sizes []int64 }

// OutputSize is the size of the output: one number for all dimensions, or one for
// each.
func OutputSize(sizes ...int64) OutputSizeOption { return OutputSizeOption{sizes} }

// An OutputRatioOption is the option that [OutputRatio] returns.
type OutputRatioOption struct{ ratios []float64 }

// OutputRatio is the size of the output as a part of the input's, between 0 and 1:
// one number for all dimensions, or one for each.
func OutputRatio(ratios ...float64) OutputRatioOption { return OutputRatioOption{ratios} }

// A RandomSamplesOption is the option that [RandomSamples] returns.
type RandomSamplesOption struct{ tensor *torch.Tensor }

// RandomSamples places the regions of each channel, by numbers from 0 to 1 of shape
// (N, C, dimensions). By default they are drawn anew in each pass. Python's
// _random_samples.
func RandomSamples(t *torch.Tensor) RandomSamplesOption { return RandomSamplesOption{t} }

// A FractionalMaxPoolOption is an option of [NewFractionalMaxPool2d] and
// [NewFractionalMaxPool3d]: [OutputSize], [OutputRatio], [ReturnIndices],
// [RandomSamples].
type FractionalMaxPoolOption interface{ fractionalMaxPoolOption() }

func (OutputSizeOption) fractionalMaxPoolOption()    {}
func (OutputRatioOption) fractionalMaxPoolOption()   {}
func (ReturnIndices) fractionalMaxPoolOption()       {}
func (RandomSamplesOption) fractionalMaxPoolOption() {}

// read takes the options, before Init, and returns the random samples.
func (l *FractionalMaxPoolNd) read(n int, opts []FractionalMaxPoolOption) (samples *torch.Tensor) {
	for _, o := range opts {
		switch o := o.(type) {
		case OutputSizeOption:
			l.OutputSize = o.sizes
		case OutputRatioOption:
			l.OutputRatio = o.ratios
		case ReturnIndices:
			l.ReturnIndices = bool(o)
		case RandomSamplesOption:
			samples = o.tensor
		}
	}
	switch {
	case l.OutputSize == nil && l.OutputRatio == nil:
		raise("ValueError", "FractionalMaxPool%dd requires specifying either an output size, or a pooling ratio", n)
	case l.OutputSize != nil && l.OutputRatio != nil:
		raise("ValueError", "only one of output_size and output_ratio may be specified")
	case slices.ContainsFunc(l.OutputRatio, func(r float64) bool { return r <= 0 || r >= 1 }):
		text := pytext.FloatTuple(l.OutputRatio)
		if len(l.OutputRatio) == 1 {
			text = pytext.Float(l.OutputRatio[0])
		}
		raise("ValueError", "output_ratio must be between 0 and 1 (got %s)", text)
	}
	if l.OutputSize != nil {
		l.OutputSize = repeated(l.OutputSize, n)
	} else if len(l.OutputRatio) == 1 {
		l.OutputRatio = slices.Repeat(l.OutputRatio, n)
	}
	return samples
}

// options are those of the function.
func (l *FractionalMaxPoolNd) options() []functional.FractionalMaxPoolOption {
	opts := []functional.FractionalMaxPoolOption{functional.RandomSamples(l.RandomSamples)}
	if l.OutputSize != nil {
		return append(opts, functional.OutputSize(l.OutputSize...))
	}
	return append(opts, functional.OutputRatio(l.OutputRatio...))
}

// FractionalMaxPool2d takes the largest elements of regions of images that are
// placed at random, so that the output has a given size or ratio: Python's
// nn.FractionalMaxPool2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape but for
// the sizes, which are the given ones, or the ratio times those of the input.
type FractionalMaxPool2d struct{ FractionalMaxPoolNd }

// NewFractionalMaxPool2d returns a new [FractionalMaxPool2d] layer, with one of
// the options [OutputSize] and [OutputRatio]. The default of [ReturnIndices] is
// false.
func NewFractionalMaxPool2d[S Size2](kernelSize S, opts ...FractionalMaxPoolOption) *FractionalMaxPool2d {
	l := &FractionalMaxPool2d{FractionalMaxPoolNd{KernelSize: repeated(sizesOf2(kernelSize), 2)}}
	samples := l.read(2, opts)
	l.Init(l)
	l.RegisterBuffer("_random_samples", samples)
	return l
}

// Forward returns the largest elements of input, of shape (N, C, H, W) or (C, H, W).
func (l *FractionalMaxPool2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *FractionalMaxPool2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.FractionalMaxPool2d(input, l.KernelSize, l.options()...)
}

// ForwardWithIndices returns the largest elements and where they are. It is what
// Python's forward does with return_indices=True.
func (l *FractionalMaxPool2d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return l.withIndices(func(input *torch.Tensor) (output, indices *torch.Tensor) {
		return functional.FractionalMaxPool2dWithIndices(input, l.KernelSize, l.options()...)
	}, input)
}

// FractionalMaxPool3d is [FractionalMaxPool2d] over volumes, Python's
// nn.FractionalMaxPool3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape but
// for the sizes, which are the given ones, or the ratio times those of the
// input.
type FractionalMaxPool3d struct{ FractionalMaxPoolNd }

// NewFractionalMaxPool3d returns a new [FractionalMaxPool3d] layer, with one of
// the options [OutputSize] and [OutputRatio]. The default of [ReturnIndices] is
// false.
func NewFractionalMaxPool3d[S Size3](kernelSize S, opts ...FractionalMaxPoolOption) *FractionalMaxPool3d {
	size := sizesOf3(kernelSize)
	if slices.Min(size) <= 0 {
		raise("ValueError", "kernel_size must be greater than 0, but got %s", pytext.IntOrTuple(size))
	}
	l := &FractionalMaxPool3d{FractionalMaxPoolNd{KernelSize: repeated(size, 3)}}
	samples := l.read(3, opts)
	l.Init(l)
	l.RegisterBuffer("_random_samples", samples)
	return l
}

// Forward returns the largest elements of input, of shape (N, C, D, H, W) or (C, D,
// H, W).
func (l *FractionalMaxPool3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *FractionalMaxPool3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.FractionalMaxPool3d(input, l.KernelSize, l.options()...)
}

// ForwardWithIndices returns the largest elements and where they are. It is what
// Python's forward does with return_indices=True.
func (l *FractionalMaxPool3d) ForwardWithIndices(input *torch.Tensor) (output, indices *torch.Tensor) {
	return l.withIndices(func(input *torch.Tensor) (output, indices *torch.Tensor) {
		return functional.FractionalMaxPool3dWithIndices(input, l.KernelSize, l.options()...)
	}, input)
}
