package nested

import (
	"reflect"

	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// A NestedTensorOption is an option of [NestedTensor] and [NestedTensorJagged]:
// a [torch.DType], a [torch.Device], [torch.RequiresGrad], [torch.PinMemory].
type NestedTensorOption interface{ NestedTensorOption(option.Marker) }

// An AsNestedTensorOption is an option of [AsNestedTensor] and
// [AsNestedTensorJagged]: a [torch.DType], a [torch.Device].
type AsNestedTensorOption interface{ AsNestedTensorOption(option.Marker) }

// settings are what options say. What is not given is that of the first tensor.
type settings struct {
	dtype        torch.DType
	device       torch.Device
	requiresGrad bool
	pinMemory    torch.PinMemoryArg
}

func read[O any](opts []O) (s settings) {
	for _, o := range opts {
		switch o := any(o).(type) {
		case torch.DType:
			s.dtype = o
		case torch.Device:
			s.device = o
		case torch.RequiresGradArg:
			s.requiresGrad = bool(o)
		case torch.PinMemoryArg:
			s.pinMemory = o
		}
	}
	return s
}

func raise(kind, format string, args ...any) { panic(torch.NewError(kind, format, args...)) }

func operators() torch.Operators { return torch.ModuleOperators(option.Marker{}) }

// NestedTensor copies tensors, without their history, into a nested tensor,
// Python's torch.nested.nested_tensor. list is a []*torch.Tensor, or a slice of
// what [torch.NewTensor] takes, such as the [][]float32 of sequences of different
// lengths. All have the same number of dimensions.
//
// Options: a [torch.DType] and a [torch.Device], those of the first tensor unless
// given, [torch.RequiresGrad], [torch.PinMemory]. Numbers are on the CPU unless a
// device is given: the default device is not for them, in Python, too.
func NestedTensor(list any, opts ...NestedTensorOption) *torch.Tensor {
	s := read(opts)
	numbers := s
	numbers.device = torch.CPU
	tensors := leaves(list, numbers)
	switch {
	case len(tensors) > 0:
		if s.dtype == 0 {
			s.dtype = tensors[0].DType()
		}
		if s.device == (torch.Device{}) {
			s.device = tensors[0].Device()
		}
	case s.dtype == 0:
		s.dtype = torch.GetDefaultDtype()
	}
	nt := operators().NestedTensorFromTensorList(tensors, s.dtype, s.device, s.pinMemory)
	if s.requiresGrad {
		nt.RequiresGrad_()
	}
	return nt
}

// leaves makes tensors without history of the elements of a list.
func leaves(list any, s settings) []*torch.Tensor {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		raise("TypeError", "Only lists (List[Tensor] and List[List...[Scalar]]) are accepted in nested_tensor")
	}
	tensors := make([]*torch.Tensor, v.Len())
	for i := range tensors {
		element := v.Index(i).Interface()
		t, ok := element.(*torch.Tensor)
		if !ok {
			tensors[i] = torch.NewTensor(element, s.dtype, s.device, torch.RequiresGrad(s.requiresGrad))
			continue
		}
		tensors[i] = t.Detach()
		if t.IsNested() {
			raise("RuntimeError", "We do not accept nested tensors as input to nested tensors")
		}
		if t.Layout() != torch.Strided {
			raise("RuntimeError", "We do not accept non-strided layouts as input to nested tensors")
		}
	}
	return tensors
}

// AsNestedTensor makes a nested tensor through which gradients flow, Python's
// torch.nested.as_nested_tensor. ts is a []*torch.Tensor, which is copied; a
// tensor, whose first dimension is the batch's, and which is shared if it is
// contiguous; or a nested tensor, which is returned, converted if need be.
func AsNestedTensor(ts any, opts ...AsNestedTensorOption) *torch.Tensor {
	s := read(opts)
	switch ts := ts.(type) {
	case []*torch.Tensor:
		return operators().NestedTensorFromTensorList(ts, s.dtype, s.device, false)
	case *torch.Tensor:
		checkBatch(ts)
		if ts.IsNested() {
			return ts.To(s.dtype, s.device)
		}
		shape := ts.Shape()
		sizes := torch.NewTensor(shape[1:]).Expand(shape[0], -1).Contiguous()
		return operators().NestedViewFromBuffer(ts.Reshape(-1).To(s.dtype, s.device), sizes)
	}
	refuseList()
	panic("unreachable")
}

func refuseList() {
	raise("TypeError", "as_nested_tensor(): Expected first argument to be a tensor or a list / tuple of tensors ")
}

func checkBatch(t *torch.Tensor) {
	if t.Dim() < 2 {
		raise("RuntimeError", "as_nested_tensor(): Expected tensor argument to have dim() > 1")
	}
}

// Narrow makes a nested tensor of the tensors from start on in the first
// dimension of tensor, length of them, Python's torch.nested.narrow with the
// strided layout. Dimensions other than 0 panic, as in Python.
func Narrow(tensor *torch.Tensor, dim, start, length int64) *torch.Tensor {
	return AsNestedTensor(tensor.Unbind()).Narrow(dim, start, length)
}
