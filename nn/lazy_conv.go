package nn

import "github.com/wangkuiyi/gotorch/torch"

// LazyConv1d is a [Conv1d] whose InChannels are those of its first input,
// Python's nn.LazyConv1d.
//
// See there for shapes. A first input of other dimensions panics with a
// RuntimeError.
type LazyConv1d struct{ Conv1d }

// NewLazyConv1d returns a new [LazyConv1d] layer. The defaults are [Stride] 1,
// [Padding] 0, [Dilation] 1, [Groups] 1, [Bias] true and [PaddingMode] "zeros".
func NewLazyConv1d[S Size1](outChannels int64, kernelSize S, opts ...ConvOption) *LazyConv1d {
	l := &LazyConv1d{}
	l.Init(l)
	l.setUpLazily(1, outChannels, sizesOf1(kernelSize), readConv(opts))
	return l
}

func (l *LazyConv1d) initializeParameters(input *torch.Tensor) { l.initialize(input, false) }

// LazyConvTranspose1d is a [ConvTranspose1d] whose InChannels are those of its
// first input, Python's nn.LazyConvTranspose1d.
//
// See there for shapes. A first input of other dimensions panics with a
// RuntimeError.
type LazyConvTranspose1d struct{ ConvTranspose1d }

// NewLazyConvTranspose1d returns a new [LazyConvTranspose1d] layer. The
// defaults are [Stride] 1, [Padding] 0, [OutputPadding] 0, [Groups] 1, [Bias]
// true, [Dilation] 1 and [PaddingMode] "zeros".
func NewLazyConvTranspose1d[S Size1](outChannels int64, kernelSize S, opts ...ConvTransposeOption) *LazyConvTranspose1d {
	l := &LazyConvTranspose1d{}
	l.Init(l)
	l.setUpLazily(1, outChannels, sizesOf1(kernelSize), opts)
	return l
}

func (l *LazyConvTranspose1d) initializeParameters(input *torch.Tensor) { l.initialize(input, true) }

// LazyConv2d is a [Conv2d] whose InChannels are those of its first input,
// Python's nn.LazyConv2d.
//
// See there for shapes. A first input of other dimensions panics with a
// RuntimeError.
type LazyConv2d struct{ Conv2d }

// NewLazyConv2d returns a new [LazyConv2d] layer. The defaults are [Stride] 1,
// [Padding] 0, [Dilation] 1, [Groups] 1, [Bias] true and [PaddingMode] "zeros".
func NewLazyConv2d[S Size2](outChannels int64, kernelSize S, opts ...ConvOption) *LazyConv2d {
	l := &LazyConv2d{}
	l.Init(l)
	l.setUpLazily(2, outChannels, sizesOf2(kernelSize), readConv(opts))
	return l
}

func (l *LazyConv2d) initializeParameters(input *torch.Tensor) { l.initialize(input, false) }

// LazyConvTranspose2d is a [ConvTranspose2d] whose InChannels are those of its
// first input, Python's nn.LazyConvTranspose2d.
//
// See there for shapes. A first input of other dimensions panics with a
// RuntimeError.
type LazyConvTranspose2d struct{ ConvTranspose2d }

// NewLazyConvTranspose2d returns a new [LazyConvTranspose2d] layer. The
// defaults are [Stride] 1, [Padding] 0, [OutputPadding] 0, [Groups] 1, [Bias]
// true, [Dilation] 1 and [PaddingMode] "zeros".
func NewLazyConvTranspose2d[S Size2](outChannels int64, kernelSize S, opts ...ConvTransposeOption) *LazyConvTranspose2d {
	l := &LazyConvTranspose2d{}
	l.Init(l)
	l.setUpLazily(2, outChannels, sizesOf2(kernelSize), opts)
	return l
}

func (l *LazyConvTranspose2d) initializeParameters(input *torch.Tensor) { l.initialize(input, true) }

// LazyConv3d is a [Conv3d] whose InChannels are those of its first input,
// Python's nn.LazyConv3d.
//
// See there for shapes. A first input of other dimensions panics with a
// RuntimeError.
type LazyConv3d struct{ Conv3d }

// NewLazyConv3d returns a new [LazyConv3d] layer. The defaults are [Stride] 1,
// [Padding] 0, [Dilation] 1, [Groups] 1, [Bias] true and [PaddingMode] "zeros".
func NewLazyConv3d[S Size3](outChannels int64, kernelSize S, opts ...ConvOption) *LazyConv3d {
	l := &LazyConv3d{}
	l.Init(l)
	l.setUpLazily(3, outChannels, sizesOf3(kernelSize), readConv(opts))
	return l
}

func (l *LazyConv3d) initializeParameters(input *torch.Tensor) { l.initialize(input, false) }

// LazyConvTranspose3d is a [ConvTranspose3d] whose InChannels are those of its
// first input, Python's nn.LazyConvTranspose3d.
//
// See there for shapes. A first input of other dimensions panics with a
// RuntimeError.
type LazyConvTranspose3d struct{ ConvTranspose3d }

// NewLazyConvTranspose3d returns a new [LazyConvTranspose3d] layer. The
// defaults are [Stride] 1, [Padding] 0, [OutputPadding] 0, [Groups] 1, [Bias]
// true, [Dilation] 1 and [PaddingMode] "zeros".
func NewLazyConvTranspose3d[S Size3](outChannels int64, kernelSize S, opts ...ConvTransposeOption) *LazyConvTranspose3d {
	l := &LazyConvTranspose3d{}
	l.Init(l)
	l.setUpLazily(3, outChannels, sizesOf3(kernelSize), opts)
	return l
}

func (l *LazyConvTranspose3d) initializeParameters(input *torch.Tensor) { l.initialize(input, true) }
