package nn

import (
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// NewBuffer makes a buffer that shares the data of a tensor, Python's
// torch.nn.Buffer: a field that holds it is a buffer of the module, without
// [Module.RegisterBuffer]. The option Persistent(false) leaves it out of state
// dictionaries. It survives [torch.Scope].
func NewBuffer(data *torch.Tensor, persistent ...Persistent) *torch.Tensor {
	t := data.Detach().RequiresGrad_(data.RequiresGrad())
	return torch.MarkBuffer(t, len(persistent) == 0 || bool(persistent[0]))
}

// A FactoryOption is an option of [NewUninitializedParameter],
// [NewUninitializedBuffer] and [Materialize]: a [torch.DType], a [torch.Device].
type FactoryOption interface{ FactoryOption(option.Marker) }

// read takes the options of a factory.
func (f *factory) read(opts []FactoryOption) {
	for _, o := range opts {
		switch o := o.(type) {
		case torch.DType:
			f.dtype = o
		case torch.Device:
			f.device = o
		}
	}
}

// NewUninitializedParameter makes a parameter whose shape is not known yet,
// Python's torch.nn.UninitializedParameter, as those of lazy modules are until
// their first Forward. [Materialize] gives it a shape. Before that, it may be
// converted and moved, and asked for its dtype, device and gradient; its shape and
// all operators panic, as in Python.
func NewUninitializedParameter(opts ...FactoryOption) *torch.Tensor {
	var f factory
	f.read(opts)
	return torch.MarkUninitialized(f.parameter(0), true)
}

// NewUninitializedBuffer makes a buffer whose shape is not known yet, Python's
// torch.nn.UninitializedBuffer. See [NewUninitializedParameter].
func NewUninitializedBuffer(opts ...FactoryOption) *torch.Tensor {
	var f factory
	f.read(opts)
	return torch.MarkUninitialized(torch.MarkBuffer(torch.Empty([]int64{0}, f.dtype, f.device), true), true)
}

// Materialize gives an uninitialized parameter or buffer its shape, and by
// options another dtype or device. Its elements are not set. Python's
// UninitializedParameter.materialize.
func Materialize(t *torch.Tensor, shape []int64, opts ...FactoryOption) {
	f := factory{t.DType(), t.Device()}
	f.read(opts)
	data := torch.Empty(shape, f.dtype, f.device)
	t.SetData(data)
	data.Close()
	torch.MarkUninitialized(t, false)
}

// IsLazy reports whether a parameter or buffer is uninitialized. Python's
// torch.nn.parameter.is_lazy.
func IsLazy(t *torch.Tensor) bool { return t.IsUninitialized() }
