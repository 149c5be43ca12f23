package nn

import (
	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// A Pad1 is what is added to sequences: one number, or those for both ends.
type Pad1 interface {
	int | int64 | [2]int | [2]int64
}

// A Pad2 is what is added to images: one number, or left, right, top and bottom.
type Pad2 interface {
	int | int64 | [4]int | [4]int64
}

// A Pad3 is what is added to volumes: one number, or left, right, top, bottom,
// front and back.
type Pad3 interface {
	int | int64 | [6]int | [6]int64
}

// padsOf returns n numbers.
func padsOf(padding any, n int) []int64 {
	switch p := padding.(type) {
	case int:
		return repeated([]int64{int64(p)}, n)
	case int64:
		return repeated([]int64{p}, n)
	case [2]int:
		return int64s(p[:])
	case [4]int:
		return int64s(p[:])
	case [6]int:
		return int64s(p[:])
	case [2]int64:
		return p[:]
	case [4]int64:
		return p[:]
	case [6]int64:
		return p[:]
	}
	panic("unreachable")
}

func int64s(list []int) []int64 {
	converted := make([]int64, len(list))
	for i, n := range list {
		converted[i] = int64(n)
	}
	return converted
}

// padNd is what padding layers have in common.
type padNd struct {
	Module
	Padding []int64 // for both ends of the last dimension, then the one before, ...
}

// ExtraRepr returns the padding.
func (l *padNd) ExtraRepr() string { return pytext.Tuple(l.Padding) }

// ConstantPad1d enlarges sequences with one value, Python's nn.ConstantPad1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape, with the
// padding at both ends of each size.
type ConstantPad1d struct {
	padNd
	Value float64
}

// NewConstantPad1d returns a new [ConstantPad1d] layer.
func NewConstantPad1d[P Pad1](padding P, value float64) *ConstantPad1d {
	l := &ConstantPad1d{padNd{Padding: padsOf(padding, 2)}, value}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, L) or (C, L), enlarged.
func (l *ConstantPad1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ConstantPad1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Value(l.Value))
}

// ExtraRepr returns the arguments.
func (l *ConstantPad1d) ExtraRepr() string {
	return "padding=" + pytext.Tuple(l.Padding) + ", value=" + pytext.Float(l.Value)
}

// ConstantPad2d enlarges images with one value, Python's nn.ConstantPad2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape, with the
// padding at both ends of each size.
type ConstantPad2d struct {
	padNd
	Value float64
}

// NewConstantPad2d returns a new [ConstantPad2d] layer.
func NewConstantPad2d[P Pad2](padding P, value float64) *ConstantPad2d {
	l := &ConstantPad2d{padNd{Padding: padsOf(padding, 4)}, value}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, H, W) or (C, H, W), enlarged.
func (l *ConstantPad2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ConstantPad2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Value(l.Value))
}

// ExtraRepr returns the arguments.
func (l *ConstantPad2d) ExtraRepr() string {
	return "padding=" + pytext.Tuple(l.Padding) + ", value=" + pytext.Float(l.Value)
}

// ConstantPad3d enlarges volumes with one value, Python's nn.ConstantPad3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape,
// with the padding at both ends of each size.
type ConstantPad3d struct {
	padNd
	Value float64
}

// NewConstantPad3d returns a new [ConstantPad3d] layer.
func NewConstantPad3d[P Pad3](padding P, value float64) *ConstantPad3d {
	l := &ConstantPad3d{padNd{Padding: padsOf(padding, 6)}, value}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, D, H, W) or (C, D, H, W), enlarged.
func (l *ConstantPad3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ConstantPad3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Value(l.Value))
}

// ExtraRepr returns the arguments.
func (l *ConstantPad3d) ExtraRepr() string {
	return "padding=" + pytext.Tuple(l.Padding) + ", value=" + pytext.Float(l.Value)
}

// ZeroPad1d enlarges sequences with zeros, Python's nn.ZeroPad1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape, with the
// padding at both ends of each size.
type ZeroPad1d struct{ padNd }

// NewZeroPad1d returns a new [ZeroPad1d] layer.
func NewZeroPad1d[P Pad1](padding P) *ZeroPad1d {
	l := &ZeroPad1d{padNd{Padding: padsOf(padding, 2)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, L) or (C, L), enlarged.
func (l *ZeroPad1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ZeroPad1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Value(0.0))
}

// ZeroPad2d enlarges images with zeros, Python's nn.ZeroPad2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape, with the
// padding at both ends of each size.
type ZeroPad2d struct{ padNd }

// NewZeroPad2d returns a new [ZeroPad2d] layer.
func NewZeroPad2d[P Pad2](padding P) *ZeroPad2d {
	l := &ZeroPad2d{padNd{Padding: padsOf(padding, 4)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, H, W) or (C, H, W), enlarged.
func (l *ZeroPad2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ZeroPad2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Value(0.0))
}

// ZeroPad3d enlarges volumes with zeros, Python's nn.ZeroPad3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape,
// with the padding at both ends of each size.
type ZeroPad3d struct{ padNd }

// NewZeroPad3d returns a new [ZeroPad3d] layer.
func NewZeroPad3d[P Pad3](padding P) *ZeroPad3d {
	l := &ZeroPad3d{padNd{Padding: padsOf(padding, 6)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, D, H, W) or (C, D, H, W), enlarged.
func (l *ZeroPad3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ZeroPad3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Value(0.0))
}

// ReflectionPad1d enlarges sequences with a reflection at the edge, Python's nn.ReflectionPad1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape, with the
// padding at both ends of each size. A padding that is not less than the size
// it enlarges panics with a RuntimeError.
type ReflectionPad1d struct{ padNd }

// NewReflectionPad1d returns a new [ReflectionPad1d] layer.
func NewReflectionPad1d[P Pad1](padding P) *ReflectionPad1d {
	l := &ReflectionPad1d{padNd{Padding: padsOf(padding, 2)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, L) or (C, L), enlarged.
func (l *ReflectionPad1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReflectionPad1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Mode("reflect"))
}

// ReflectionPad2d enlarges images with a reflection at the edge, Python's nn.ReflectionPad2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape, with the
// padding at both ends of each size. A padding that is not less than the size
// it enlarges panics with a RuntimeError.
type ReflectionPad2d struct{ padNd }

// NewReflectionPad2d returns a new [ReflectionPad2d] layer.
func NewReflectionPad2d[P Pad2](padding P) *ReflectionPad2d {
	l := &ReflectionPad2d{padNd{Padding: padsOf(padding, 4)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, H, W) or (C, H, W), enlarged.
func (l *ReflectionPad2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReflectionPad2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Mode("reflect"))
}

// ReflectionPad3d enlarges volumes with a reflection at the edge, Python's nn.ReflectionPad3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape,
// with the padding at both ends of each size. A padding that is not less than
// the size it enlarges panics with a RuntimeError.
type ReflectionPad3d struct{ padNd }

// NewReflectionPad3d returns a new [ReflectionPad3d] layer.
func NewReflectionPad3d[P Pad3](padding P) *ReflectionPad3d {
	l := &ReflectionPad3d{padNd{Padding: padsOf(padding, 6)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, D, H, W) or (C, D, H, W), enlarged.
func (l *ReflectionPad3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReflectionPad3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Mode("reflect"))
}

// ReplicationPad1d enlarges sequences with the element at the edge, Python's nn.ReplicationPad1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape, with the
// padding at both ends of each size.
type ReplicationPad1d struct{ padNd }

// NewReplicationPad1d returns a new [ReplicationPad1d] layer.
func NewReplicationPad1d[P Pad1](padding P) *ReplicationPad1d {
	l := &ReplicationPad1d{padNd{Padding: padsOf(padding, 2)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, L) or (C, L), enlarged.
func (l *ReplicationPad1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReplicationPad1d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Mode("replicate"))
}

// ReplicationPad2d enlarges images with the element at the edge, Python's nn.ReplicationPad2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape, with the
// padding at both ends of each size.
type ReplicationPad2d struct{ padNd }

// NewReplicationPad2d returns a new [ReplicationPad2d] layer.
func NewReplicationPad2d[P Pad2](padding P) *ReplicationPad2d {
	l := &ReplicationPad2d{padNd{Padding: padsOf(padding, 4)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, H, W) or (C, H, W), enlarged.
func (l *ReplicationPad2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReplicationPad2d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Mode("replicate"))
}

// ReplicationPad3d enlarges volumes with the element at the edge, Python's nn.ReplicationPad3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape,
// with the padding at both ends of each size.
type ReplicationPad3d struct{ padNd }

// NewReplicationPad3d returns a new [ReplicationPad3d] layer.
func NewReplicationPad3d[P Pad3](padding P) *ReplicationPad3d {
	l := &ReplicationPad3d{padNd{Padding: padsOf(padding, 6)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, D, H, W) or (C, D, H, W), enlarged.
func (l *ReplicationPad3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *ReplicationPad3d) forward(input *torch.Tensor) *torch.Tensor {
	return functional.Pad(input, l.Padding, functional.Mode("replicate"))
}

// CircularPad1d enlarges sequences with the other end, Python's nn.CircularPad1d.
//
// Input of shape (N, C, L) or (C, L) gives output of that shape, with the
// padding at both ends of each size. A padding greater than the size it
// enlarges panics with a RuntimeError.
type CircularPad1d struct{ padNd }

// NewCircularPad1d returns a new [CircularPad1d] layer.
func NewCircularPad1d[P Pad1](padding P) *CircularPad1d {
	l := &CircularPad1d{padNd{Padding: padsOf(padding, 2)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, L) or (C, L), enlarged.
func (l *CircularPad1d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *CircularPad1d) forward(input *torch.Tensor) *torch.Tensor {
	requireDims(input, 2, 3)
	return functional.Pad(input, l.Padding, functional.Mode("circular"))
}

// CircularPad2d enlarges images with the other end, Python's nn.CircularPad2d.
//
// Input of shape (N, C, H, W) or (C, H, W) gives output of that shape, with the
// padding at both ends of each size. A padding greater than the size it
// enlarges panics with a RuntimeError.
type CircularPad2d struct{ padNd }

// NewCircularPad2d returns a new [CircularPad2d] layer.
func NewCircularPad2d[P Pad2](padding P) *CircularPad2d {
	l := &CircularPad2d{padNd{Padding: padsOf(padding, 4)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, H, W) or (C, H, W), enlarged.
func (l *CircularPad2d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *CircularPad2d) forward(input *torch.Tensor) *torch.Tensor {
	requireDims(input, 3, 4)
	return functional.Pad(input, l.Padding, functional.Mode("circular"))
}

// CircularPad3d enlarges volumes with the other end, Python's nn.CircularPad3d.
//
// Input of shape (N, C, D, H, W) or (C, D, H, W) gives output of that shape,
// with the padding at both ends of each size. A padding greater than the size
// it enlarges panics with a RuntimeError.
type CircularPad3d struct{ padNd }

// NewCircularPad3d returns a new [CircularPad3d] layer.
func NewCircularPad3d[P Pad3](padding P) *CircularPad3d {
	l := &CircularPad3d{padNd{Padding: padsOf(padding, 6)}}
	l.Init(l)
	return l
}

// Forward returns input, of shape (N, C, D, H, W) or (C, D, H, W), enlarged.
func (l *CircularPad3d) Forward(input *torch.Tensor) *torch.Tensor {
	if l.hooked() {
		return l.call1(l.forward, input)
	}
	return l.forward(input)
}

func (l *CircularPad3d) forward(input *torch.Tensor) *torch.Tensor {
	requireDims(input, 4, 5)
	return functional.Pad(input, l.Padding, functional.Mode("circular"))
}
