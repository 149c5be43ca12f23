package nn

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// LPPoolNd is what LPPool layers have in common; they embed it.
type LPPoolNd struct {
	Module
	NormType           float64
	KernelSize, Stride []int64 // one number, or one for each dimension; Stride may be nil
	CeilMode           bool
}

// An LPPoolOption is an option of [NewLPPool1d] and its like: [Stride],
// [CeilMode].
type LPPoolOption interface{ lpPoolOption() }

func (StrideOption) lpPoolOption() {}
func (CeilMode) lpPoolOption()     {}

func newLPPool(normType float64, size []int64, opts []LPPoolOption) LPPoolNd {
	if normType == 0 {
		raise("ValueError", "norm_type must be a non-zero value, but got %s", pytext.Float(normType))
	}
	l := LPPoolNd{NormType: normType, KernelSize: size}
	for _, o := range opts {
		switch o := o.(type) {
		case StrideOption:
			l.Stride = o.sizes
		case CeilMode:
			l.CeilMode = bool(o)
		}
	}
	return l
}

// options are those of the function.
func (l *LPPoolNd) options() []functional.LpPoolOption {
	opts := []functional.LpPoolOption{functional.CeilMode(l.CeilMode)}
	if l.Stride != nil {
		opts = append(opts, functional.Stride(l.Stride...))
	}
	return opts
}

// ExtraRepr returns the arguments.
func (l *LPPoolNd) ExtraRepr() string {
	stride := "None"
	if l.Stride != nil {
		stride = pytext.IntOrTuple(l.Stride)
	}
	return fmt.Sprintf("norm_type=%s, kernel_size=%s, stride=%s, ceil_mode=%s", pytext.Float(l.NormType),
		pytext.IntOrTuple(l.KernelSize), stride, pytext.Bool(l.CeilMode))
}

// LPPool1d takes the norm of order NormType of the elements at each place of a
// kernel that moves over sequences, Python's nn.LPPool1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape but for the
// sizes, each of which is (size - kernel)/stride + 1, rounded down or, with
// [CeilMode], up. A kernel that does not fit panics with a RuntimeError.
type LPPool1d struct{ LPPoolNd }

// NewLPPool1d returns a new [LPPool1d] layer. The stride is the kernel's size
// unless given. A norm of order 0 panics with a ValueError. The default of
// [CeilMode] is false.
func NewLPPool1d[S Size1](normType float64, kernelSize S, opts ...LPPoolOption) *LPPool1d {
	l := &LPPool1d{newLPPool(normType, sizesOf1(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the norms of input, of shape (N, C, L) or (C, L).
func (l *LPPool1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LPPool1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.LpPool1d(input, l.NormType, [1]int64(repeated(l.KernelSize, 1)), l.options()...)
}

// LPPool2d is [LPPool1d] over images, Python's nn.LPPool2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape but for
// the sizes, each of which is (size - kernel)/stride + 1, rounded down or, with
// [CeilMode], up. A kernel that does not fit panics with a RuntimeError.
type LPPool2d struct{ LPPoolNd }

// NewLPPool2d returns a new [LPPool2d] layer. The stride is the kernel's size
// unless given. A norm of order 0 panics with a ValueError. The default of
// [CeilMode] is false.
func NewLPPool2d[S Size2](normType float64, kernelSize S, opts ...LPPoolOption) *LPPool2d {
	l := &LPPool2d{newLPPool(normType, sizesOf2(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the norms of input, of shape (N, C, H, W) or (C, H, W).
func (l *LPPool2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LPPool2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.LpPool2d(input, l.NormType, [2]int64(repeated(l.KernelSize, 2)), l.options()...)
}

// LPPool3d is [LPPool1d] over volumes, Python's nn.LPPool3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape but
// for the sizes, each of which is (size - kernel)/stride + 1, rounded down or,
// with [CeilMode], up. A kernel that does not fit panics with a RuntimeError.
type LPPool3d struct{ LPPoolNd }

// NewLPPool3d returns a new [LPPool3d] layer. The stride is the kernel's size
// unless given. A norm of order 0 panics with a ValueError. The default of
// [CeilMode] is false.
func NewLPPool3d[S Size3](normType float64, kernelSize S, opts ...LPPoolOption) *LPPool3d {
	l := &LPPool3d{newLPPool(normType, sizesOf3(kernelSize), opts)}
	l.Init(l)
	return l
}

// Forward returns the norms of input, of shape (N, C, D, H, W) or (C, D, H, W).
func (l *LPPool3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *LPPool3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.LpPool3d(input, l.NormType, [3]int64(repeated(l.KernelSize, 3)), l.options()...)
}
