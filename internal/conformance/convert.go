package conformance

import (
	"fmt"
	"reflect"

	"github.com/wangkuiyi/gotorch/torch"
)

// tensors makes the tensors of a call, each once.
type tensors struct {
	blob   []byte
	device torch.Device          // where they are; the zero Device is the CPU
	placed bool                  // an argument said so
	made   map[int]*torch.Tensor // by Array.Object
}

var (
	float64s = reflect.TypeFor[[]float64]()
	anyType  = reflect.TypeFor[any]()
)

// tensor returns the tensor as Python had it.
func (ts *tensors) tensor(a *Array) *torch.Tensor {
	if t := ts.made[a.Object]; t != nil {
		return t
	}
	dtype := torch.DType(dtypeNumbers[a.DType] + 1)
	// The memory goes to the device, of which the tensor may be a part.
	storage := torch.FromSlice(ts.blob[a.At : a.At+a.Size]).ViewDtype(dtype).To(a.Device.on(ts.device))
	t := torch.Empty([]int64{0}, dtype, storage.Device())
	torch.Call("aten::set_.source_Tensor_storage_offset", t, storage, a.Offset, a.Shape, a.Stride)
	if a.Conj {
		t = torch.Call("aten::_conj", t)[0].(*torch.Tensor)
	}
	if a.Neg {
		t = torch.Call("aten::_neg_view", t)[0].(*torch.Tensor)
	}
	if a.Grad {
		t.RequiresGrad_()
	}
	ts.placed = true
	ts.made[a.Object] = t
	return t
}

// has reports whether a result is one of the arguments.
func (ts *tensors) has(t *torch.Tensor) bool {
	for _, made := range ts.made {
		if made.Is(t) {
			return true
		}
	}
	return false
}

// plain turns a value into the Go value that is most like it.
func (ts *tensors) plain(v any) any {
	switch v := v.(type) {
	case *Array:
		return ts.tensor(v)
	case DType:
		return torch.DType(dtypeNumbers[string(v)] + 1)
	case Layout:
		return torch.Layout(layoutNumbers[string(v)] + 1)
	case MemoryFormat:
		return torch.MemoryFormat(formatNumbers[string(v)] + 1)
	case Device:
		ts.placed = true
		return v.on(ts.device)
	case Generator:
		return torch.NewGenerator().ManualSeed(int64(v))
	case Reduction:
		return map[Reduction]torch.Reduction{"none": torch.ReductionNone, "mean": torch.ReductionMean, "sum": torch.ReductionSum}[v]
	case Ellipsis:
		return torch.Ellipsis
	case Slice:
		step := []int64{}
		if n, ok := v[2].V.(int64); ok {
			step = append(step, n)
		}
		return torch.Slice(v[0].V, v[1].V, step...)
	case []Value:
		return ts.list(v)
	}
	return v
}

// list gives a list the type of its elements.
func (ts *tensors) list(v []Value) any {
	if len(v) == 0 {
		return []int64{}
	}
	var elements []any
	same := true
	for _, e := range v {
		elements = append(elements, ts.plain(e.V))
		same = same && reflect.TypeOf(elements[0]) == reflect.TypeOf(elements[len(elements)-1])
	}
	if !same || elements[0] == nil {
		return elements
	}
	list := reflect.MakeSlice(reflect.SliceOf(reflect.TypeOf(elements[0])), 0, len(v))
	for _, e := range elements {
		list = reflect.Append(list, reflect.ValueOf(e))
	}
	return list.Interface()
}

// convert turns a value into one of a Go type.
func (ts *tensors) convert(v any, to reflect.Type) (reflect.Value, error) {
	if v == nil {
		switch to.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Slice:
			return reflect.Zero(to), nil
		}
		return reflect.Value{}, fmt.Errorf("%w: None as %s", errUnsupported, to)
	}
	if name, ok := v.(Reduction); ok && to.Kind() == reflect.String {
		v = string(name)
	}
	if list, ok := v.([]Value); ok && to.Kind() == reflect.Slice {
		return ts.convertList(list, to)
	}
	if list, ok := v.([]Value); ok && to.Kind() == reflect.Array && len(list) == to.Len() {
		slice, err := ts.convertList(list, reflect.SliceOf(to.Elem()))
		if err != nil {
			return slice, err
		}
		return slice.Convert(to), nil
	}
	if list, ok := v.([]Value); ok && to == reflect.TypeFor[*torch.Tensor]() { // lengths, which Python also takes as numbers
		if ints, ok := ts.list(list).([]int64); ok {
			return reflect.ValueOf(torch.NewTensor(ints)), nil
		}
	}
	if to.Kind() == reflect.Slice && to != float64s {
		if _, ok := v.(*Array); !ok || to.Elem() == reflect.TypeFor[*torch.Tensor]() {
			return ts.convertList([]Value{{v}}, to)
		}
	}
	value := reflect.ValueOf(ts.plain(v))
	switch {
	case value.Type().AssignableTo(to):
		if to == anyType || value.Type() == to {
			return value, nil
		}
		return value.Convert(to), nil
	case value.Kind() == reflect.Int64 && (to.Kind() == reflect.Float64 || to.Kind() == reflect.Int64 || to.Kind() == reflect.Int),
		value.Kind() == to.Kind() && value.Kind() <= reflect.Complex128, value.Kind() == reflect.String && to.Kind() == reflect.String:
		return value.Convert(to), nil
	}
	return reflect.Value{}, fmt.Errorf("%w: %s as %s", errUnsupported, value.Type(), to)
}

func (ts *tensors) convertList(list []Value, to reflect.Type) (reflect.Value, error) {
	slice := reflect.MakeSlice(to, 0, len(list))
	for _, e := range list {
		value, err := ts.convert(e.V, to.Elem())
		if err != nil {
			return reflect.Value{}, err
		}
		slice = reflect.Append(slice, value)
	}
	return slice, nil
}
