package functorch

import (
	"reflect"

	"github.com/wangkuiyi/gotorch/torch"
)

// Functionalize returns the function that does what f does without operators in
// place: each is replaced by one that makes a new tensor. What f writes to its
// arguments is copied to them in the end. f may be a function of any type;
// Functionalize returns one of the same type. Python's torch.func.functionalize.
func Functionalize[F any](f F, opts ...FunctionalizeOption) F {
	nameOf(f) // refuses what is no function
	remove := "mutations"
	for _, o := range opts {
		o.functionalize(&remove)
	}
	if remove != "mutations" && remove != "mutations_and_views" {
		refuse("functionalize(f, remove='mutations'): received invalid argument for remove=%s. Valid options are:\n"+
			"     remove='mutations': all inplace and out= operators will be removed from the program, and replaced with "+
			"their out-of-place equivalents.\n"+
			"     remove='mutations_and_views': In addition to the above, all aliasing operators {view} will be replaced with "+
			"their non-aliasing counterparts, {view}_copy.\n", remove)
	}
	addBackViews := remove == "mutations"
	fn := reflect.ValueOf(f)
	call := func(args []reflect.Value) []reflect.Value {
		var results []reflect.Value
		layers.Functionalize(addBackViews, func(level int64) { results = functionalized(fn, args, level, addBackViews) })
		return results
	}
	return reflect.MakeFunc(fn.Type(), call).Interface().(F)
}

func functionalized(fn reflect.Value, args []reflect.Value, level int64, addBackViews bool) []reflect.Value {
	inputs, _ := flatten(args)
	wrapped := mapLeaves(inputs, func(t *torch.Tensor) *torch.Tensor { return layers.WrapFunctional(t, level) })
	run := fn.Call
	if fn.Type().IsVariadic() {
		run = fn.CallSlice
	}
	results := run(rebuild(args, wrapped))
	outputs, _ := flatten(results)
	outputs = mapLeaves(outputs, func(t *torch.Tensor) *torch.Tensor { return layers.UnwrapFunctional(t, addBackViews) })
	for i, l := range inputs {
		if l.tensor != nil {
			layers.PropagateMutation(l.tensor, wrapped[i].tensor)
		}
	}
	return rebuild(results, outputs)
}

func mapLeaves(leaves []leaf, fn func(*torch.Tensor) *torch.Tensor) []leaf {
	mapped := make([]leaf, len(leaves))
	for i, l := range leaves {
		mapped[i] = l
		if l.tensor != nil {
			mapped[i] = l.with(fn(l.tensor))
		}
	}
	return mapped
}

// DebugUnwrap returns the tensor inside the wrappers of the transforms that run,
// or t itself if there are none. It is for looking at values while debugging;
// computing with them makes no sense. Python's torch.func.debug_unwrap.
func DebugUnwrap(t *torch.Tensor, opts ...DebugUnwrapOption) *torch.Tensor {
	recurse := true
	for _, o := range opts {
		o.debugUnwrap(&recurse)
	}
	for layers.IsWrapped(t) {
		t = layers.Unwrapped(t)
		if !recurse {
			break
		}
	}
	return t
}
