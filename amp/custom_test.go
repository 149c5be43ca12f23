package amp_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/amp"
	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// product is a matrix product that notes what it is called with.
type product struct {
	device  string
	options []amp.CustomFwdOption
	notes   *[]string
}

func (p product) note(x *torch.Tensor) {
	*p.notes = append(*p.notes, fmt.Sprint(torch.IsAutocastEnabled(p.device), " ", torch.GetAutocastDtype(p.device), " ", x.DType()))
}

func (p product) forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	p.note(inputs[0])
	ctx.SaveForBackward(inputs[0], inputs[1])
	return []*torch.Tensor{inputs[0].Mm(inputs[1])}
}

func (p product) backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	p.note(grads[0])
	saved := ctx.SavedTensors()
	return []*torch.Tensor{grads[0].Mm(saved[1].T()), saved[0].T().Mm(grads[0]), nil}
}

func (p product) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	return amp.CustomFwd(p.forward, p.device, p.options...)(ctx, inputs...)
}

func (p product) Backward(ctx *autograd.FunctionCtx, grads ...*torch.Tensor) []*torch.Tensor {
	return amp.CustomBwd(p.backward, p.device)(ctx, grads...)
}

// A function in Go sees, and results in, what its Python twin does.
func TestCustomFunction(t *testing.T) { testCustomFunction(t, "cpu") }

// There backward runs on a thread of the device.
func TestCustomFunctionOnCUDA(t *testing.T) {
	parity.NeedDevices(t, 1)
	testCustomFunction(t, "cuda")
}

func testCustomFunction(t *testing.T, device string) {
	t.Helper()
	for _, c := range []struct {
		python  string
		options []amp.CustomFwdOption
	}{
		{"", nil},
		{", cast_inputs=torch.float32", []amp.CustomFwdOption{amp.CastInputs(torch.Float32)}},
		{", cast_inputs=torch.float16", []amp.CustomFwdOption{amp.CastInputs(torch.Float16)}},
	} {
		for _, mode := range []string{"none", "float16", "bfloat16", "backward inside"} {
			t.Run(c.python+" "+mode, func(t *testing.T) {
				py := parity.Run(t, fmt.Sprintf(`
				device = %q
				import contextlib
				from torch.amp import custom_fwd, custom_bwd
				notes = []
				def note(x):
				    notes.append(f"{str(torch.is_autocast_enabled(device)).lower()} {torch.get_autocast_dtype(device)} {x.dtype}")
				class Product(torch.autograd.Function):
				    @staticmethod
				    @custom_fwd(device_type=device%s)
				    def forward(ctx, a, b, index):
				        note(a)
				        ctx.save_for_backward(a, b)
				        return a.mm(b)
				    @staticmethod
				    @custom_bwd(device_type=device)
				    def backward(ctx, grad):
				        note(grad)
				        a, b = ctx.saved_tensors
				        return grad.mm(b.t()), a.t().mm(grad), None
				mode = %q
				torch.manual_seed(0)
				a = torch.randn(3, 4).to(device).requires_grad_()
				b = torch.randn(4, 2, dtype=torch.bfloat16 if mode == "bfloat16" else torch.float32).to(device).requires_grad_()
				if mode == "none":
				    context = contextlib.nullcontext()
				else:
				    context = torch.autocast(device, dtype=torch.float16 if mode == "float16" else torch.bfloat16)
				with context:
				    y = Product.apply(a, b, torch.tensor([1], device=device))
				    if mode == "backward inside": y.sum().backward()
				if mode != "backward inside": y.sum().backward()
				out["notes"], out["y"], out["a"], out["b"] = notes, y, a.grad, b.grad
				`, device, c.python, mode))
				var notes []string
				torch.ManualSeed(0)
				on := torch.NewDevice(device)
				a := torch.Randn([]int64{3, 4}).To(on).RequiresGrad_()
				dtype := torch.Float32
				if mode == "bfloat16" {
					dtype = torch.BFloat16
				}
				b := torch.Randn([]int64{4, 2}, dtype).To(on).RequiresGrad_()
				var y *torch.Tensor
				apply := func() {
					y = autograd.Apply1(product{device, c.options, &notes}, a, b, torch.NewTensor([]int64{1}, on))
					if mode == "backward inside" {
						y.Sum().Backward()
					}
				}
				switch mode {
				case "none":
					apply()
				case "float16":
					amp.Autocast(device, apply, torch.Float16)
				default:
					amp.Autocast(device, apply, torch.BFloat16)
				}
				if mode != "backward inside" {
					y.Sum().Backward()
				}
				assert.Equal(t, py.Strings("notes"), notes)
				py.EqualTensor("y", y)
				py.EqualTensor("a", a.Grad())
				py.EqualTensor("b", b.Grad())
			})
		}
	}
}

// plainForward has a Forward that CustomFwd did not make.
type plainForward struct{ product }

func (p plainForward) Forward(ctx *autograd.FunctionCtx, inputs ...*torch.Tensor) []*torch.Tensor {
	return p.forward(ctx, inputs...)
}

func TestCustomFunctionMisuse(t *testing.T) {
	x := torch.Ones([]int64{2, 2}, torch.RequiresGrad(true))
	y := autograd.Apply1(plainForward{product{device: "cpu", notes: new([]string)}}, x, x, nil)
	assert.ErrorIs(t, torch.Try(func() { y.Sum().Backward() }), &torch.Error{Kind: "AttributeError"})
	assert.ErrorContains(t, torch.Try(func() { amp.CustomFwd(nil, "foo")(&autograd.FunctionCtx{}) }), "device type at start of device string: foo")
}
