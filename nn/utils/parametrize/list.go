package parametrize

import (
	"fmt"
	"slices"

	"github.com/wangkuiyi/gotorch/internal/pytext"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

// A MultiParametrization computes a tensor from several, as the weight from its
// norm and its direction. RightInverse returns tensors from which Forward
// computes value.
type MultiParametrization interface {
	nn.AnyModule
	Forward(originals ...*torch.Tensor) *torch.Tensor
	RightInverse(value *torch.Tensor) []*torch.Tensor
}

// A RightInverter is a parametrization that can be assigned to: RightInverse
// returns a tensor from which Forward computes value, as near as it can. It may
// panic with a NotImplementedError, as Python's may raise it.
type RightInverter interface {
	nn.Layer
	RightInverse(value *torch.Tensor) *torch.Tensor
}

// ParametrizationList holds the parametrizations of one tensor, and its original
// tensors: "original", or "original0" and so on of a [MultiParametrization].
// [RegisterParametrization] makes it. Python's ParametrizationList.
type ParametrizationList struct {
	nn.ModuleList[nn.AnyModule]
	Unsafe bool

	tensors int // how many originals a MultiParametrization has, or 0
}

// newList makes a list of one parametrization. If it is not unsafe, value is what
// it computes.
func newList(p nn.AnyModule, original *torch.Tensor, unsafe bool) (l *ParametrizationList, value *torch.Tensor) {
	l = &ParametrizationList{Unsafe: unsafe}
	l.Init(l)
	l.Append(p)
	shape, dtype := original.Shape(), original.DType()
	if multi, ok := p.(MultiParametrization); ok {
		l.setOriginals(multi, original)
	} else {
		l.setOriginal(original)
	}
	if unsafe {
		return l, nil
	}
	value = l.Forward()
	if value.DType() != dtype {
		raise("ValueError", "Registering a parametrization may not change the dtype of the tensor, unless `unsafe` flag is enabled.\n"+
			"unparametrized dtype: %s\nparametrized dtype: %s", dtype, value.DType())
	}
	if !slices.Equal(value.Shape(), shape) {
		raise("ValueError", "Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is enabled.\n"+
			"unparametrized shape: %s\nparametrized shape: %s", pytext.Size(shape), pytext.Size(value.Shape()))
	}
	return l, value
}

func (l *ParametrizationList) setOriginal(original *torch.Tensor) {
	torch.NoGrad(func() {
		inverse := original
		if p, ok := l.At(0).(RightInverter); ok {
			inverse = tryRightInverse(p, original)
		}
		if inverse.DType() != original.DType() {
			raise("ValueError", "When `right_inverse` outputs one tensor, it may not change the dtype.\n"+
				"original.dtype: %s\nright_inverse(original).dtype: %s", original.DType(), inverse.DType())
		}
		if inverse.Device() != original.Device() {
			raise("ValueError", "When `right_inverse` outputs one tensor, it may not change the device.\n"+
				"original.device: %s\nright_inverse(original).device: %s", original.Device(), inverse.Device())
		}
		original.Set_(inverse)
	})
	register(&l.Module, "original", original)
}

func (l *ParametrizationList) setOriginals(p MultiParametrization, original *torch.Tensor) {
	var originals []*torch.Tensor
	torch.NoGrad(func() { originals = p.RightInverse(original) })
	l.tensors = len(originals)
	for i, t := range originals {
		if original.IsParameter() {
			t = nn.NewParameter(t, original.RequiresGrad())
		}
		t.RequiresGrad_(original.RequiresGrad())
		register(&l.Module, fmt.Sprint("original", i), t)
	}
}

// tryRightInverse returns value if there is no right inverse.
func tryRightInverse(p RightInverter, value *torch.Tensor) (inverse *torch.Tensor) {
	err := torch.Try(func() { inverse = p.RightInverse(value) })
	switch e, _ := err.(*torch.Error); {
	case err == nil:
		return inverse
	case e.Kind == "NotImplementedError":
		return value
	}
	panic(err)
}

func register(m *nn.Module, name string, t *torch.Tensor) {
	if t.IsParameter() {
		m.RegisterParameter(name, t)
	} else {
		m.RegisterBuffer(name, t)
	}
}

// Originals returns the original tensors.
func (l *ParametrizationList) Originals() []*torch.Tensor {
	names := []string{"original"}
	if l.tensors > 0 {
		names = nil
		for i := range l.tensors {
			names = append(names, fmt.Sprint("original", i))
		}
	}
	list := make([]*torch.Tensor, len(names))
	for i, name := range names {
		list[i], _ = l.GetTensor(name)
	}
	return list
}

// Forward computes the tensor from its originals.
func (l *ParametrizationList) Forward() *torch.Tensor {
	var x *torch.Tensor
	for i, p := range l.All() {
		switch p := p.(type) {
		case MultiParametrization:
			x = p.Forward(l.Originals()...)
		case nn.Layer:
			if i == 0 {
				x = l.Originals()[0]
			}
			x = nn.Call(p, x)
		}
	}
	return x
}

// RightInverse sets the originals so that Forward computes value, as near as the
// parametrizations can. Python's right_inverse.
func (l *ParametrizationList) RightInverse(value *torch.Tensor) {
	torch.NoGrad(func() {
		for i := l.Len() - 1; i >= 0; i-- {
			switch p := l.At(i).(type) {
			case RightInverter:
				value = p.RightInverse(value)
			case MultiParametrization:
				l.assignOriginals(p.RightInverse(value))
				return
			default:
				raise("RuntimeError", "parametrization %s does not implement right_inverse.", className(p))
			}
		}
		original := l.Originals()[0]
		if value.DType() != original.DType() {
			raise("ValueError", "The tensor returned by `right_inverse` has dtype %s while `original` has dtype %s",
				value.DType(), original.DType())
		}
		original.Set_(value)
	})
}

func (l *ParametrizationList) assignOriginals(values []*torch.Tensor) {
	if len(values) != l.tensors {
		raise("ValueError", "'right_inverse' must return a sequence of tensors of length %d. Got a sequence of length %d.",
			l.tensors, len(values))
	}
	for i, original := range l.Originals() {
		if values[i].DType() != original.DType() {
			raise("ValueError", "Tensor %d returned by `right_inverse` has dtype %s while `original%[1]d` has dtype %[3]s",
				i, values[i].DType(), original.DType())
		}
		original.Set_(values[i])
	}
}
