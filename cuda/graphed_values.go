package cuda

import (
	"reflect"
	"slices"

	"github.com/wangkuiyi/gotorch/torch"
)

var (
	tensorType  = reflect.TypeFor[*torch.Tensor]()
	tensorsType = reflect.TypeFor[[]*torch.Tensor]()
)

// argumentsOf returns the samples as values for a function's parameters, which with
// its results must be tensors and slices of tensors.
func argumentsOf(fn reflect.Type, samples []any) []reflect.Value {
	for i := range fn.NumOut() {
		checkTensorType(fn.Out(i))
	}
	n := fn.NumIn()
	fixed := n
	if fn.IsVariadic() {
		fixed--
	}
	if len(samples) < fixed || len(samples) > n && !fn.IsVariadic() {
		panic(torch.NewError("TypeError", "a callable takes %d arguments, and %d sample arguments were given", n, len(samples)))
	}
	args := make([]reflect.Value, len(samples))
	for i, s := range samples {
		want := fn.In(min(i, n-1))
		if i >= fixed {
			want = want.Elem()
		}
		checkTensorType(want)
		args[i] = reflect.ValueOf(s)
		if !args[i].IsValid() || args[i].Type() != want {
			refuseSample()
		}
	}
	return args
}

func checkTensorType(t reflect.Type) {
	if t != tensorType && t != tensorsType {
		panic(torch.NewError("TypeError", "a callable's parameters and results must be *torch.Tensor or []*torch.Tensor, not %s", t))
	}
}

func refuseSample() {
	panic(torch.NewError("AssertionError", "In the beta API, sample_args for each callable must contain only Tensors. "+
		"Other types are not allowed."))
}

// A tensorTree says how a flat list makes up values: for each, the number of tensors
// in a slice, or -1 for a tensor.
type tensorTree []int

const single = -1

// flatten returns the tensors in values, and how they make them up.
func flatten(values []reflect.Value) ([]*torch.Tensor, tensorTree) {
	var tensors []*torch.Tensor
	tree := make(tensorTree, len(values))
	for i, v := range values {
		switch v := v.Interface().(type) {
		case *torch.Tensor:
			tensors = append(tensors, v)
			tree[i] = single
		case []*torch.Tensor:
			tensors = append(tensors, v...)
			tree[i] = len(v)
		}
	}
	if slices.Contains(tensors, nil) {
		panic(torch.NewError("TypeError", "a graphed callable takes and returns tensors, not None"))
	}
	return tensors, tree
}

// unflatten makes values of a flat list.
func (tree tensorTree) unflatten(tensors []*torch.Tensor) []reflect.Value {
	values := make([]reflect.Value, len(tree))
	for i, n := range tree {
		if n == single {
			values[i], tensors = reflect.ValueOf(tensors[0]), tensors[1:]
			continue
		}
		values[i], tensors = reflect.ValueOf(tensors[:n:n]), tensors[n:]
	}
	return values
}

// callAsGiven calls a function with the arguments that reflect.MakeFunc's has got.
func callAsGiven(fn reflect.Value, args []reflect.Value) []reflect.Value {
	if fn.Type().IsVariadic() {
		return fn.CallSlice(args)
	}
	return fn.Call(args)
}
