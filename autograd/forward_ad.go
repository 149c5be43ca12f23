package autograd

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// transforms are libtorch's entries for forward mode and for vmap.
var transforms = torch.Transforms(option.Marker{})

// DualLevel runs fn in a level of forward-mode differentiation, in which
// [MakeDual] gives tensors tangents and operators compute the tangents of their
// results. Python's "with torch.autograd.forward_ad.dual_level():".
//
//	autograd.DualLevel(func() {
//		y, tangent := autograd.UnpackDual(f(autograd.MakeDual(x, v)))
//	})
//
// When the level ends, also if fn panics, all its tangents are gone. Levels do
// not nest; functorch.Jvp does. libtorch has one level for the whole process, so
// while a goroutine has it, others that ask for it wait. Goroutines that fn
// starts are not in it, and fn must not wait for one that wants a level.
func DualLevel(fn func()) { transforms.DualLevel(fn) }

// MakeDual returns a tensor that shares the memory of t and has a tangent, for
// use inside [DualLevel]. t and the tangent must have the same shape, and
// floating-point or complex dtypes. Python's torch.autograd.forward_ad.make_dual.
func MakeDual(t, tangent *torch.Tensor) *torch.Tensor {
	if !transforms.InDualLevel() {
		panic(torch.NewError("RuntimeError", "Trying to create a dual Tensor for forward AD but no level exists, "+
			"make sure to enter_dual_level() first."))
	}
	return transforms.MakeDual(t, tangent)
}

// UnpackDual returns a tensor without its tangent, and the tangent, or nil if it
// has none or there is no [DualLevel]. Python's
// torch.autograd.forward_ad.unpack_dual.
func UnpackDual(t *torch.Tensor) (primal, tangent *torch.Tensor) {
	if !transforms.InDualLevel() {
		return t, nil
	}
	return transforms.UnpackDual(t)
}
