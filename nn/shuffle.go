package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/torch"
)

// PixelShuffle turns channels into pixels, Python's nn.PixelShuffle.
//
// Input of shape (*, C*r*r, H, W) gives (*, C, H*r, W*r), r being the factor.
// Channels that r*r does not divide panic with a RuntimeError.
type PixelShuffle struct {
	Module
	UpscaleFactor int64
}

// NewPixelShuffle returns a new [PixelShuffle] layer.
func NewPixelShuffle(upscaleFactor int64) *PixelShuffle {
	l := &PixelShuffle{UpscaleFactor: upscaleFactor}
	l.Init(l)
	return l
}

// Forward turns input of shape (*, C*r*r, H, W) into (*, C, H*r, W*r).
func (l *PixelShuffle) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *PixelShuffle) forward(input *torch.Tensor) *torch.Tensor {
	return torch.PixelShuffle(input, l.UpscaleFactor)
}

// ExtraRepr returns the factor.
func (l *PixelShuffle) ExtraRepr() string { return fmt.Sprintf("upscale_factor=%d", l.UpscaleFactor) }

// PixelUnshuffle turns pixels into channels, Python's nn.PixelUnshuffle.
//
// Input of shape (*, C, H*r, W*r) gives (*, C*r*r, H, W), r being the factor.
// Sizes that r does not divide panic with a RuntimeError.
type PixelUnshuffle struct {
	Module
	DownscaleFactor int64
}

// NewPixelUnshuffle returns a new [PixelUnshuffle] layer.
func NewPixelUnshuffle(downscaleFactor int64) *PixelUnshuffle {
	l := &PixelUnshuffle{DownscaleFactor: downscaleFactor}
	l.Init(l)
	return l
}

// Forward turns input of shape (*, C, H*r, W*r) into (*, C*r*r, H, W).
func (l *PixelUnshuffle) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *PixelUnshuffle) forward(input *torch.Tensor) *torch.Tensor {
	return torch.PixelUnshuffle(input, l.DownscaleFactor)
}

// ExtraRepr returns the factor.
func (l *PixelUnshuffle) ExtraRepr() string {
	return fmt.Sprintf("downscale_factor=%d", l.DownscaleFactor)
}

// ChannelShuffle mixes the channels of groups, Python's nn.ChannelShuffle.
//
// Input of shape (N, C, *) gives output of that shape. Channels that do not
// divide into the groups panic with a RuntimeError.
type ChannelShuffle struct {
	Module
	Groups int64
}

// NewChannelShuffle returns a new [ChannelShuffle] layer.
func NewChannelShuffle(groups int64) *ChannelShuffle {
	l := &ChannelShuffle{Groups: groups}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, ...), with its channels in another order.
func (l *ChannelShuffle) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ChannelShuffle) forward(input *torch.Tensor) *torch.Tensor {
	return torch.ChannelShuffle(input, l.Groups)
}

// ExtraRepr returns the number of groups.
func (l *ChannelShuffle) ExtraRepr() string { return fmt.Sprintf("groups=%d", l.Groups) }

// Unflatten splits a dimension, Python's nn.Unflatten.
//
// Sizes whose product is not the dimension's size panic with a RuntimeError.
type Unflatten struct {
	Module
	Dim             int64
	UnflattenedSize []int64
}

// NewUnflatten returns a new [Unflatten] layer, which splits dimension dim into
// sizes, one of which may be -1.
func NewUnflatten(dim int64, unflattenedSize []int64) *Unflatten {
	l := &Unflatten{Dim: dim, UnflattenedSize: unflattenedSize}
	l.Init(l)
	return l
}

// Forward returns input with the dimension split.
func (l *Unflatten) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Unflatten) forward(input *torch.Tensor) *torch.Tensor {
	return input.Unflatten(l.Dim, l.UnflattenedSize...)
}

// ExtraRepr returns the arguments.
func (l *Unflatten) ExtraRepr() string {
	return fmt.Sprintf("dim=%d, unflattened_size=%s", l.Dim, pytext.Tuple(l.UnflattenedSize))
}

// A FoldOption is an option of [NewFold] and [NewUnfold]: [Dilation], [Padding],
// [Stride] (1).
type FoldOption interface{ foldOption() }

func (DilationOption) foldOption() {}
func (PaddingOption) foldOption()  {}
func (StrideOption) foldOption()   {}

// foldArguments are what [Fold] and [Unfold] have in common.
type foldArguments struct {
	KernelSize, Dilation, Padding, Stride []int64 // one number, or height and width
}

func newFoldArguments(size []int64, opts []FoldOption) foldArguments {
	a := foldArguments{KernelSize: size, Dilation: []int64{1}, Padding: []int64{0}, Stride: []int64{1}}
	for _, o := range opts {
		switch o := o.(type) {
		case DilationOption:
			a.Dilation = o.sizes
		case PaddingOption:
			a.Padding = o.sizes
		case StrideOption:
			a.Stride = o.sizes
		}
	}
	return a
}

func (a *foldArguments) repr() string {
	return fmt.Sprintf("kernel_size=%s, dilation=%s, padding=%s, stride=%s", pytext.IntOrTuple(a.KernelSize),
		pytext.IntOrTuple(a.Dilation), pytext.IntOrTuple(a.Padding), pytext.IntOrTuple(a.Stride))
}

// Unfold takes the blocks of images under a kernel that moves over them, Python's
// nn.Unfold.
//
// Input of shape (N, C, H, W) or (C, H, W) gives (N, C*kernel, L) or (C*kernel,
// L), kernel being the number of its elements and L that of its places.
type Unfold struct {
	Module
	foldArguments
}

// NewUnfold returns a new [Unfold] layer. The defaults are [Dilation] 1,
// [Padding] 0 and [Stride] 1.
func NewUnfold[S Size2](kernelSize S, opts ...FoldOption) *Unfold {
	l := &Unfold{foldArguments: newFoldArguments(sizesOf2(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward turns input of shape (N, C, H, W) or (C, H, W) into (N, C*kernel, L) or
// (C*kernel, L), L being the number of blocks.
func (l *Unfold) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Unfold) forward(input *torch.Tensor) *torch.Tensor {
	return torch.Im2col(input, repeated(l.KernelSize, 2), repeated(l.Dilation, 2), repeated(l.Padding, 2), repeated(l.Stride, 2))
}

// ExtraRepr returns the arguments.
func (l *Unfold) ExtraRepr() string { return l.repr() }

// Fold sums blocks to images, Python's nn.Fold.
//
// Input of shape (N, C*kernel, L) or (C*kernel, L) gives (N, C, H, W) or (C, H,
// W). Sizes that do not fit panic with a RuntimeError.
type Fold struct {
	Module
	OutputSize []int64 // one number, or height and width
	foldArguments
}

// NewFold returns a new [Fold] layer. The defaults are [Dilation] 1, [Padding]
// 0 and [Stride] 1.
func NewFold[O, S Size2](outputSize O, kernelSize S, opts ...FoldOption) *Fold {
	l := &Fold{OutputSize: sizesOf2(outputSize), foldArguments: newFoldArguments(sizesOf2(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward turns input of shape (N, C*kernel, L) or (C*kernel, L) into (N, C, H, W)
// or (C, H, W).
func (l *Fold) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *Fold) forward(input *torch.Tensor) *torch.Tensor {
	return torch.Col2im(input, repeated(l.OutputSize, 2), repeated(l.KernelSize, 2), repeated(l.Dilation, 2),
		repeated(l.Padding, 2), repeated(l.Stride, 2))
}

// ExtraRepr returns the arguments.
func (l *Fold) ExtraRepr() string {
	return "output_size=" + pytext.IntOrTuple(l.OutputSize) + ", " + l.repr()
}
