package amp

import (
	"reflect"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/option"
	"github.com/wangkuiyi/gotorch/torch"
)

// An AutocastOption is an option of [Autocast]: a [torch.DType], which is that of
// the operators that run in lower precision, [Enabled] or [CacheEnabled].
type AutocastOption interface{ AutocastOption(option.Marker) }

// Enabled says whether [Autocast] or a [GradScaler] does anything. Its default is
// true.
type Enabled bool

// AutocastOption makes Enabled an option of [Autocast].
func (Enabled) AutocastOption(option.Marker) {}

// CacheEnabled says whether a float32 parameter is cast but once, until the
// outermost [Autocast] ends. Its default is what holds around it, and true
// outside.
type CacheEnabled bool

// AutocastOption makes CacheEnabled an option of [Autocast].
func (CacheEnabled) AutocastOption(option.Marker) {}

// Autocast runs fn, in which operators on tensors of this type of device, "cuda"
// or "cpu" or another, run in the dtype that suits them: Python's
// "with torch.autocast(device_type):". Those that run in lower precision use the
// dtype that is given as an option, torch.Float16 or torch.BFloat16; without one
// it is float16 on CUDA and bfloat16 on the CPU.
//
//	amp.Autocast("cuda", func() { output = model.Forward(input) }, torch.BFloat16)
//
// Tensors that come out of fn may be of the lower precision. Outside, a tensor of
// float32 and one of another dtype do not go together in all operators: convert
// them by [torch.Tensor.Float]. The same holds inside an Autocast with
// Enabled(false), which ends autocast for a part of fn.
//
// It holds for this goroutine, and ends with fn, also if that panics. Goroutines
// that fn starts are not in it; see [torch.CaptureState]. Options: a
// [torch.DType], [Enabled], [CacheEnabled].
//
// A dtype that is not supported, and "cuda" where there is no CUDA device, give a
// warning, and fn runs without autocast. An unknown type of device panics.
func Autocast(deviceType string, fn func(), opts ...AutocastOption) {
	entry.RequireFunc("fn", fn != nil)
	newState(deviceType, opts).Run(fn)
}

// AutocastDecorator returns a function that runs fn in [Autocast]. fn may be a
// function of any type, such as a model's Forward:
//
//	forward := amp.AutocastDecorator("cuda", model.Forward)
//
// The call goes through package reflect, which costs a microsecond or two.
// Python's @torch.autocast(device_type), and its autocast_decorator.
func AutocastDecorator[F any](deviceType string, fn F, opts ...AutocastOption) F {
	f := reflect.ValueOf(fn)
	if f.Kind() != reflect.Func {
		panic(torch.NewError("TypeError", "AutocastDecorator requires a function, but got %T. Did you mean to use Autocast?", fn))
	}
	state := newState(deviceType, opts)
	call := f.Call
	if f.Type().IsVariadic() {
		call = f.CallSlice
	}
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) (results []reflect.Value) {
		state.Run(func() { results = call(args) })
		return results
	}).Interface().(F)
}

// IsAutocastAvailable reports whether there is autocast for this type of device:
// for "cuda", "cpu", "xpu", "mps", "mtia", "maia", "hpu", "ipu", "xla" and
// "privateuseone". It does not tell whether there is such a device. Python's
// torch.amp.is_autocast_available.
func IsAutocastAvailable(deviceType string) bool { return torch.IsAutocastAvailable(deviceType) }

// dtypes are those that autocast supports on all devices but CUDA, where it takes
// any.
var dtypes = []torch.DType{torch.BFloat16, torch.Float16}

// newState checks the arguments of Autocast, as Python's constructor does, and
// returns the state that they ask for.
func newState(deviceType string, opts []AutocastOption) torch.AutocastState {
	s := torch.AutocastState{Device: torch.NewDevice(deviceType).Type(), Enabled: true, CacheEnabled: torch.IsAutocastCacheEnabled()}
	for _, o := range opts {
		switch o := o.(type) {
		case torch.DType:
			s.DType = o
		case Enabled:
			s.Enabled = bool(o)
		case CacheEnabled:
			s.CacheEnabled = bool(o)
		}
	}
	if s.DType == 0 {
		s.DType = torch.GetAutocastDtype(deviceType)
	}
	switch {
	case !torch.IsAutocastAvailable(deviceType):
		panic(torch.NewError("RuntimeError", "User specified an unsupported autocast device_type '%s'", deviceType))
	case deviceType == "privateuseone":
		panic(torch.NewError("AssertionError", noModule))
	}
	s.Enabled = s.Enabled && supported(deviceType, s.DType)
	return s
}

// noModule is what Python says of a backend outside of its sources, for which
// there would have to be a Python module.
const noModule = "Tried to use AMP with the `privateuseone` backend, but the backend has not registered a module or the module " +
	"misses some necessary funcs. The backend should register a module by `torch._register_device_module`, and the module must " +
	"have these funcs: \n`get_amp_supported_dtype() -> List[torch.dtype]`. \n"

// supported reports whether there can be autocast in this dtype, or warns. All
// CUDA devices that libtorch 2.15 supports have bfloat16.
func supported(deviceType string, dtype torch.DType) bool {
	switch {
	case deviceType == "cuda":
		if torch.CudaDeviceCount() > 0 {
			return true
		}
		torch.Warn("CUDA is not available or torch_xla is imported. Disabling autocast.")
		return false
	case slices.Contains(dtypes, dtype):
		return true
	}
	name := strings.ToUpper(deviceType)
	torch.Warn("In %s autocast, but the target dtype is not supported. Disabling autocast.\n"+
		"%[1]s Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.", name)
	return false
}
