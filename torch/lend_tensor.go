package torch

import (
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/option"
)

// PutInto adds t to the arguments of a call, for the packages of this project.
// name is the argument's, for the error that a closed tensor is. The caller keeps
// t alive until after the call.
func (t *Tensor) PutInto(f *entry.Frame, name string) {
	if t == nil || t.handle == 0 {
		t = usable(t, name)
	}
	f.Put(t.handle)
}

// TakeTensors returns a call's next result, a list of tensors, for the packages of this
// project.
func TakeTensors(f *entry.Frame) []*Tensor {
	own := frame{f.Frame}
	tensors := own.takeTensors()
	f.Frame = own.Frame
	return tensors
}

// AttentionArguments are what the options of [ScaledDotProductAttention] say, besides the
// mask.
type AttentionArguments struct {
	Dropout   float64
	IsCausal  bool
	Scale     any // a float64, or nil
	EnableGqa bool
}

// AttentionArgumentsOf reads options, for package nn/attention/bias.
func AttentionArgumentsOf(_ option.Marker, opts []ScaledDotProductAttentionOption) (a AttentionArguments) {
	for _, o := range opts {
		switch o := o.(type) {
		case DropoutPArg:
			a.Dropout = float64(o)
		case IsCausalArg:
			a.IsCausal = bool(o)
		case ScaleArg:
			if scale := optionalFloat(o.value, "scale"); scale.set {
				a.Scale = scale.value
			}
		case EnableGqaArg:
			a.EnableGqa = bool(o)
		}
	}
	return a
}
