package amp

import (
	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/torch"
)

// A Pass is the Forward or the Backward of an [autograd.Function].
type Pass = func(ctx *autograd.FunctionCtx, tensors ...*torch.Tensor) []*torch.Tensor

// A CustomFwdOption is an option of [CustomFwd]: [CastInputs].
type CustomFwdOption interface{ castInputs() torch.DType }

// CastInputs is the dtype that a Forward gets its inputs in; it then runs without
// autocast. Python's cast_inputs=. By default inputs come as they are, and autocast
// stays on.
type CastInputs torch.DType

func (o CastInputs) castInputs() torch.DType { return torch.DType(o) }

// CustomFwd returns a Forward that runs fwd as [Autocast] for this type of device
// wants it: with [CastInputs], on inputs of that dtype and without autocast,
// which is for operators that know one dtype only. Outside of Autocast it does
// nothing. Tensors that are not of floating point, or of float64, or on another
// type of device stay as they are. The Backward should be that of [CustomBwd].
//
//	func (m MM) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
//		return amp.CustomFwd(m.forward, "cuda", amp.CastInputs(torch.Float32))(ctx, inputs...)
//	}
//
//	func (m MM) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
//		return amp.CustomBwd(m.backward, "cuda")(ctx, grads...)
//	}
//
// Python's torch.amp.custom_fwd.
func CustomFwd(fwd Pass, deviceType string, opts ...CustomFwdOption) Pass {
	var dtype torch.DType
	for _, o := range opts {
		dtype = o.castInputs()
	}
	return func(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) (outputs []*torch.Tensor) {
		ctx.Autocast = torch.GetAutocastState(deviceType)
		if dtype == 0 || !ctx.Autocast.Enabled {
			return fwd(ctx, inputs...)
		}
		ctx.Autocast.Enabled = false
		Autocast(deviceType, func() { outputs = fwd(ctx, cast(inputs, deviceType, dtype)...) }, Enabled(false))
		return outputs
	}
}

// cast returns the tensors in this dtype, where that makes sense.
func cast(tensors []*torch.Tensor, deviceType string, dtype torch.DType) []*torch.Tensor {
	results := make([]*torch.Tensor, len(tensors))
	for i, t := range tensors {
		if t != nil && t.IsFloatingPoint() && t.Device().Type().String() == deviceType && t.DType() != torch.Float64 {
			t = t.To(dtype)
		}
		results[i] = t
	}
	return results
}

// CustomBwd returns a Backward that runs bwd in the state of autocast in which
// the Forward of [CustomFwd] ran. Python's torch.amp.custom_bwd.
func CustomBwd(bwd Pass, deviceType string) Pass {
	return func(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) (results []*torch.Tensor) {
		forward := ctx.Autocast
		if forward.Device == 0 {
			panic(torch.NewError("AttributeError", "CustomBwd needs a Forward made by CustomFwd"))
		}
		Autocast(deviceType, func() { results = bwd(ctx, grads...) }, forward.DType, Enabled(forward.Enabled))
		return results
	}
}
