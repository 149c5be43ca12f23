package functorch_test

import (
	"testing"

	"github.com/wangkuiyi/gotorch/autograd"
	"github.com/wangkuiyi/gotorch/functorch"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/torch"
)

// Functions whose gradients are written in Go, inside transforms, and their twins.
const functions = `
class Mul(torch.autograd.Function):
	generate_vmap_rule = True
	@staticmethod
	def forward(x, y): return x * y
	@staticmethod
	def setup_context(ctx, inputs, output):
		ctx.save_for_backward(*inputs)
		ctx.save_for_forward(*inputs)
	@staticmethod
	def backward(ctx, g):
		x, y = ctx.saved_tensors
		return g * y, g * x
	@staticmethod
	def jvp(ctx, gx, gy):
		x, y = ctx.saved_tensors
		return gx * y + x * gy
class Sorted(torch.autograd.Function):
	generate_vmap_rule = True
	@staticmethod
	def forward(x): return tuple(x.sort(-1))
	@staticmethod
	def setup_context(ctx, inputs, output):
		ctx.mark_non_differentiable(output[1])
		ctx.save_for_backward(output[1])
		ctx.shape = inputs[0].shape
	@staticmethod
	def backward(ctx, g, _):
		i, = ctx.saved_tensors
		return g.new_zeros(ctx.shape).scatter(-1, i, g)
class Total(torch.autograd.Function):
	@staticmethod
	def forward(x, weight): return (x * weight).sum()
	@staticmethod
	def setup_context(ctx, inputs, output): ctx.save_for_backward(*inputs)
	@staticmethod
	def backward(ctx, g):
		x, weight = ctx.saved_tensors
		return Mul.apply(g, weight), None
	@staticmethod
	def vmap(info, in_dims, x, weight):
		seen.append(f"{info.batch_size} {info.randomness} {in_dims}")
		if in_dims[0] is None: x = x.expand(info.batch_size, *x.shape)
		elif in_dims[0] != 0: x = x.movedim(in_dims[0], 0)
		return (x * weight).flatten(1).sum(1), 0
class Increase(torch.autograd.Function):
	@staticmethod
	def forward(x): return x.add_(1)
	@staticmethod
	def setup_context(ctx, inputs, output): ctx.mark_dirty(inputs[0])
	@staticmethod
	def backward(ctx, g): return g
	@staticmethod
	def jvp(ctx, g): return g.mul_(1)
	@staticmethod
	def vmap(info, in_dims, x): return x.add_(1), in_dims[0]
seen = []
`

// Mul multiplies.
type Mul struct{ autograd.GenerateVmapRule }

func (Mul) Forward(_ *autograd.FunctionCtx, in ...T) []T { return []T{in[0].Mul(in[1])} }

func (Mul) SetupContext(ctx *autograd.FunctionCtx, inputs, _ []T) {
	ctx.SaveForBackward(inputs...)
	ctx.SaveForForward(inputs...)
}

func (Mul) Backward(ctx *autograd.FunctionCtx, grads ...T) []T {
	saved := ctx.SavedTensors()
	return []T{grads[0].Mul(saved[1]), grads[0].Mul(saved[0])}
}

func (Mul) Jvp(ctx *autograd.FunctionCtx, grads ...T) []T {
	saved := ctx.SavedTensors()
	return []T{grads[0].Mul(saved[1]).Add(saved[0].Mul(grads[1]))}
}

func mul(x, y T) T { return autograd.Apply1(Mul{}, x, y) }

// Sorted sorts the last dimension. Its second output has no gradient.
type Sorted struct{ autograd.GenerateVmapRule }

func (Sorted) Forward(_ *autograd.FunctionCtx, in ...T) []T {
	values, indices := in[0].Sort(torch.Dim(-1))
	return []T{values, indices}
}

func (Sorted) SetupContext(ctx *autograd.FunctionCtx, inputs, outputs []T) {
	ctx.MarkNonDifferentiable(outputs[1])
	ctx.SaveForBackward(outputs[1])
	ctx.Data = inputs[0].Shape()
}

func (Sorted) Backward(ctx *autograd.FunctionCtx, grads ...T) []T {
	g := grads[0]
	return []T{g.NewZeros(ctx.Data.([]int64)).Scatter(-1, ctx.SavedTensors()[0], g)}
}

// Total sums products. It has a rule for vmap of its own, which notes its calls.
type Total struct{ seen func(values ...any) }

func (Total) Forward(_ *autograd.FunctionCtx, in ...T) []T { return []T{in[0].Mul(in[1]).Sum()} }

func (Total) SetupContext(ctx *autograd.FunctionCtx, inputs, _ []T) { ctx.SaveForBackward(inputs...) }

func (Total) Backward(ctx *autograd.FunctionCtx, grads ...T) []T {
	return []T{mul(grads[0], ctx.SavedTensors()[1]), nil}
}

func (f Total) Vmap(info autograd.VmapInfo, inDims []int64, in ...T) ([]T, []int64) {
	dims := map[int64]string{autograd.NotBatched: "None", 0: "0", 1: "1"}
	f.seen("2 " + info.Randomness + " (" + dims[inDims[0]] + ", " + dims[inDims[1]] + ")")
	x := in[0]
	switch inDims[0] {
	case autograd.NotBatched:
		x = x.Expand(append([]int64{info.BatchSize}, x.Shape()...)...)
	default:
		x = x.Movedim(inDims[0], 0)
	}
	return []T{x.Mul(in[1]).Flatten(torch.StartDim(1)).Sum(torch.Dim(1))}, []int64{0}
}

// Increase adds 1 in place.
type Increase struct{}

func (Increase) Forward(_ *autograd.FunctionCtx, in ...T) []T { return []T{in[0].Add_(1)} }

func (Increase) SetupContext(ctx *autograd.FunctionCtx, inputs, _ []T) { ctx.MarkDirty(inputs[0]) }

func (Increase) Backward(_ *autograd.FunctionCtx, grads ...T) []T { return grads }

func (Increase) Jvp(_ *autograd.FunctionCtx, grads ...T) []T { return []T{grads[0].Mul_(1)} }

func (Increase) Vmap(_ autograd.VmapInfo, inDims []int64, in ...T) ([]T, []int64) {
	return []T{in[0].Add_(1)}, inDims
}

func TestFunctionsInTransforms(t *testing.T) {
	square := func(x T) T { return mul(x, x) }
	cubed := func(x T) T { return mul(square(x), x).Sum() }
	sorted := func(x T) T { return autograd.Apply(Sorted{}, x)[0].Mul(torch.Arange(4)).Sum() }
	increased := func(x T) T { return autograd.Apply1(Increase{}, x.Mul(2)).Sum() }
	parity.Compare(t, setup+functions+`
square = lambda x: Mul.apply(x, x)
cubed = lambda x: Mul.apply(square(x), x).sum()
sorted = lambda x: (Sorted.apply(x)[0] * torch.arange(4)).sum()
increased = lambda x: Increase.apply(x * 2).sum()
log(grad(cubed)(v), vmap(square)(x), vmap(Mul.apply)(x, y), vmap(Mul.apply, in_dims=(0, None))(x, v), vmap(Mul.apply, in_dims=(1, None))(x, s))
log(vmap(vmap(Mul.apply), in_dims=(0, None))(torch.stack([x, y]), y), vmap(vmap(Mul.apply, in_dims=(0, None)), in_dims=(None, 0))(v, v))
log(vmap(grad(cubed))(x), grad(lambda x: vmap(cubed)(x).sum())(x), grad(lambda v: vmap(Mul.apply, in_dims=(0, None))(x, v).sum())(v))
log(grad(lambda v: grad(cubed)(v).sum())(v), jacrev(square)(v), jacfwd(square)(v), hessian(cubed)(v), jacfwd(jacfwd(cubed))(v), jacrev(jacrev(cubed))(v))
log(*jvp(square, (v,), (v,)), *vmap(lambda x, y: jvp(square, (x,), (y,))[1], in_dims=(0, None))(x, v).unbind())
log(vjp(square, v)[1](v)[0], vmap(lambda y: Mul.apply(v.reshape(2, 2), y))(m[:, :2]))
log(grad(lambda y: vmap(lambda y: Mul.apply(v.reshape(2, 2), y).sum())(y).sum())(m[:, :2]))
log(vmap(sorted)(x), grad(sorted)(v), vmap(grad(sorted))(x), vmap(lambda x: Sorted.apply(x)[1])(x))
total = lambda x, y: Total.apply(x, y)
log(total(x, y), vmap(total, in_dims=(0, None))(x[:2], v), vmap(total, in_dims=(1, None), randomness="same")(x[:, :2], s),
	vmap(lambda z: total(x, y) * z)(v), vmap(grad(total), in_dims=(0, None))(x[:2], v))
log(*seen)
log(grad(increased)(v), vmap(increased)(x), vmap(grad(increased))(x), jacfwd(increased)(v))
p = v.clone().requires_grad_()
log(*torch.autograd.grad(vmap(cubed)(torch.stack([p, p * 2])).sum(), p), vmap(square)(p).grad_fn.name())
log(vmap(lambda x: Mul.apply(torch.rand_like(x), x), randomness="different")(x))`,
		func(log func(values ...any)) {
			o := newOperands()
			x, y, m, v, s := o.x, o.y, o.m, o.v, o.s
			firstDim, secondDim, none := functorch.InDims(0, nil), functorch.InDims(1, nil), functorch.InDims(nil, 0)
			sum := func(f func(T) T) func(T) T { return func(x T) T { return f(x).Sum() } }
			log(functorch.Grad(cubed)(v), functorch.Vmap(square)(x), functorch.Vmap(mul)(x, y), functorch.Vmap(mul, firstDim)(x, v),
				functorch.Vmap(mul, secondDim)(x, s))
			log(functorch.Vmap(functorch.Vmap(mul), firstDim)(torch.Stack([]T{x, y}), y), functorch.Vmap(functorch.Vmap(mul, firstDim), none)(v, v))
			log(functorch.Vmap(functorch.Grad(cubed))(x), functorch.Grad(sum(functorch.Vmap(cubed)))(x),
				functorch.Grad(func(v T) T { return functorch.Vmap(mul, firstDim)(x, v).Sum() })(v))
			log(functorch.Grad(sum(functorch.Grad(cubed)))(v), functorch.Jacrev(square)(v), functorch.Jacfwd(square)(v), functorch.Hessian(cubed)(v),
				functorch.Jacfwd(functorch.Jacfwd(cubed))(v), functorch.Jacrev(functorch.Jacrev(cubed))(v))
			a, b := functorch.Jvp(square, v, v)
			log(a, b)
			tangent := func(x, y T) T { _, t := functorch.Jvp(square, x, y); return t }
			for _, row := range functorch.Vmap(tangent, firstDim)(x, v).Rows() {
				log(row)
			}
			_, pullback := functorch.Vjp(square, v)
			narrow := m.Index(torch.Slice(nil, nil), torch.Slice(nil, 2))
			broadcast := func(y T) T { return mul(v.Reshape(2, 2), y) }
			log(pullback(v), functorch.Vmap(broadcast)(narrow))
			log(functorch.Grad(sum(functorch.Vmap(sum(broadcast))))(narrow))
			log(functorch.Vmap(sorted)(x), functorch.Grad(sorted)(v), functorch.Vmap(functorch.Grad(sorted))(x),
				functorch.Vmap(func(x T) T { return autograd.Apply(Sorted{}, x)[1] })(x))
			var seen []any
			total := func(x, y T) T {
				return autograd.Apply1(Total{func(values ...any) { seen = append(seen, values...) }}, x, y)
			}
			two := x.Narrow(0, 0, 2)
			log(total(x, y), functorch.Vmap(total, firstDim)(two, v),
				functorch.Vmap(total, secondDim, functorch.Randomness("same"))(x.Narrow(1, 0, 2), s),
				functorch.Vmap(func(z T) T { return total(x, y).Mul(z) })(v),
				functorch.Vmap(func(x, v T) T { return functorch.Grad(func(x T) T { return total(x, v) })(x) }, firstDim)(two, v))
			log(seen...)
			log(functorch.Grad(increased)(v), functorch.Vmap(increased)(x), functorch.Vmap(functorch.Grad(increased))(x), functorch.Jacfwd(increased)(v))
			p := v.Clone().RequiresGrad_()
			out := functorch.Vmap(cubed)(torch.Stack([]T{p, p.Mul(2)})).Sum()
			log(torch.Grad([]T{out}, []T{p})[0], functorch.Vmap(square)(p).GradFn().Name())
			log(functorch.Vmap(func(x T) T { return mul(torch.RandLike(x), x) }, functorch.Randomness("different"))(x))
		})
}

// The functions of the errors below are their twins in name only: what they lack is
// what matters.
type (
	Plain        struct{ autograd.OnceDifferentiable }
	PlainContext struct{ Plain }
	Both         struct {
		PlainContext
		autograd.GenerateVmapRule
	}
	TwoDims struct{ PlainContext }
)

func (Plain) Forward(_ *autograd.FunctionCtx, in ...T) []T        { return []T{in[0].Mul(2)} }
func (Plain) Backward(_ *autograd.FunctionCtx, grads ...T) []T    { return []T{grads[0].Mul(2)} }
func (PlainContext) SetupContext(*autograd.FunctionCtx, []T, []T) {}
func (Both) Vmap(autograd.VmapInfo, []int64, ...T) ([]T, []int64) { return nil, nil }
func (TwoDims) Vmap(_ autograd.VmapInfo, _ []int64, in ...T) ([]T, []int64) {
	return in, []int64{0, -1}
}

func TestFunctionsRefusedInTransforms(t *testing.T) {
	apply := func(fn autograd.Function) func(T) T {
		return func(x T) T { return autograd.Apply1(fn, x) }
	}
	parity.Compare(t, setup+`
class Plain(torch.autograd.Function):
	@staticmethod
	def forward(ctx, x): return x * 2
	@staticmethod
	@torch.autograd.function.once_differentiable
	def backward(ctx, g): return g * 2
class PlainContext(Plain):
	@staticmethod
	def forward(x): return x * 2
	@staticmethod
	def setup_context(ctx, inputs, output): pass
class Both(PlainContext):
	generate_vmap_rule = True
	@staticmethod
	def vmap(info, in_dims, x): pass
class TwoDims(PlainContext):
	@staticmethod
	def vmap(info, in_dims, x): return (x,), (0, None)
fail(lambda: vmap(Plain.apply)(x))
fail(lambda: grad(Plain.apply)(s))
fail(lambda: vmap(PlainContext.apply)(x))
fail(lambda: vmap(Both.apply)(x))
fail(lambda: vmap(TwoDims.apply)(x))
fail(lambda: jvp(PlainContext.apply, (x,), (x,)))
fail(lambda: grad(grad(PlainContext.apply))(s))
log(grad(PlainContext.apply)(s))`,
		func(log func(values ...any)) {
			o := newOperands()
			for _, fn := range []autograd.Function{Plain{}, PlainContext{}, Both{}, TwoDims{}} {
				log(func() { functorch.Vmap(apply(fn))(o.x) })
				if _, ok := fn.(Plain); ok {
					log(func() { functorch.Grad(apply(fn))(o.s) })
				}
			}
			log(func() { functorch.Jvp(apply(PlainContext{}), o.x, o.x) })
			log(func() { functorch.Grad(functorch.Grad(apply(PlainContext{})))(o.s) })
			log(functorch.Grad(apply(PlainContext{}))(o.s))
		})
}
