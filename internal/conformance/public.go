package conformance

import (
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/nn/functional"
	"github.com/wangkuiyi/gotorch/torch"
)

// errNoCounterpart is that Go has no function of a name.
var errNoCounterpart = errors.New("no counterpart in Go of")

// replayPublic runs a call through the exported function that is Python's. It
// returns how the results differ, or "", and an error if there is no way to make
// the call in Go.
func replayPublic(c *Call) (difference string, err error) {
	candidates := c.counterparts()
	if len(candidates) == 0 {
		return "", fmt.Errorf("%w %s", errNoCounterpart, normalName(c.Name))
	}
	for _, e := range candidates {
		for _, b := range c.bindings() {
			for _, nones := range []bool{false, true} {
				difference, attempt := c.attempt(e, b, nones)
				if attempt == nil {
					return difference, nil
				}
				err = errors.Join(err, attempt)
			}
		}
	}
	return "", err
}

// bindings are the ways to name the positional arguments: by place, if nothing is
// known.
func (c *Call) bindings() []Binding {
	if len(c.Bindings) == 0 {
		return []Binding{{Names: slices.Repeat([]string{"?"}, len(c.Args))}}
	}
	return c.Bindings
}

// attempt makes the call through one function. An error says that its arguments
// are others.
func (c *Call) attempt(e *Export, b Binding, nones bool) (difference string, err error) {
	ts := &tensors{blob: c.blob, device: c.device, made: map[int]*torch.Tensor{}}
	arguments, err := bind(e, ts, c.arranged(e, b), nones)
	if err != nil {
		return "", err
	}
	torch.ManualSeed(c.Seed)
	results, failure := c.run(e, arguments)
	if unfit(failure) && c.Error == nil {
		return "", failure
	}
	return c.judge(ts, results, failure), nil
}

// unfit reports whether a function refused its arguments for their types: another
// overload may be meant.
func unfit(failure error) bool {
	return errors.Is(failure, &torch.Error{Kind: "TypeError"})
}

// implied are arguments that Go has and Python's overloads leave out.
var implied = map[string]argument{"torch.randint": {"low", Value{int64(0)}, false, false}}

// arranged is named, with what a Go function wants otherwise.
func (c *Call) arranged(e *Export, b Binding) []argument {
	arguments := c.named(b)
	name := normalName(c.Name)
	if strings.HasSuffix(name, "__getitem__") && len(arguments) == 2 {
		index := arguments[1].value
		if !c.Tuple {
			index = Value{[]Value{index}}
		}
		arguments[1] = argument{"indices", index, true, true} // which is spread
	}
	if a, ok := implied[name]; ok {
		arguments = append(arguments, a)
	}
	if reversed[name] != "" && len(arguments) == 2 {
		arguments[0].value, arguments[1].value = arguments[1].value, arguments[0].value
		arguments[0].name, arguments[1].name = "", ""
	}
	if strings.Contains(name, "adaptive_") && len(arguments) > 1 {
		arguments[1].value = inputSizes(arguments[1].value)
	}
	return slices.DeleteFunc(arguments, func(a argument) bool {
		return a.name == "return_indices" && strings.HasSuffix(name, "_with_indices") || chosen(e, a)
	})
}

// chosen reports whether the function's name says what the argument says.
func chosen(e *Export, a argument) bool {
	return a.value.V == true && slices.ContainsFunc(suffixes, func(s struct{ option, suffix string }) bool {
		return a.name == s.option && strings.Contains(e.Name, s.suffix)
	})
}

// inputSizes puts what stands for None in Go into the output size of a pool.
func inputSizes(v Value) Value {
	list, ok := v.V.([]Value)
	if !ok {
		return v
	}
	list = slices.Clone(list)
	for i := range list {
		if list[i].V == nil {
			list[i].V = int64(functional.InputSize)
		}
	}
	return Value{list}
}

// run calls a function; what it panics with is its error.
func (c *Call) run(e *Export, arguments []reflect.Value) (results []reflect.Value, failure error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *torch.Error:
			failure = e
		default:
			failure = fmt.Errorf("panic: %v\n%s", e, debug.Stack())
		}
	}()
	mode := torch.EnableGrad
	if c.NoGrad {
		mode = torch.NoGrad
	}
	mode(func() { results = reflect.ValueOf(e.Function).Call(arguments) })
	return results, nil
}

// judge compares what a call came to with what Python's did.
func (c *Call) judge(ts *tensors, results []reflect.Value, failure error) string {
	switch {
	case c.Error != nil:
		return c.Error.differ(failure)
	case failure != nil:
		return "raised " + failure.Error()
	}
	var got any
	switch len(results) {
	case 0:
	case 1:
		got = results[0].Interface()
	default:
		var list []any
		for _, r := range results {
			list = append(list, r.Interface())
		}
		got = list
	}
	if d := ts.differDevice(got); d != "" {
		return d
	}
	_, into := c.Kwargs["out"] // some return nothing then; Go's return the tensors
	if c.Out.V != nil || len(results) > 0 && !into {
		if d := c.differ(c.Out.V, got); d != "" {
			return "result " + d
		}
	}
	for object, after := range c.After {
		if after.V != nil && ts.made[object] != nil {
			if d := c.differ(after.V, ts.made[object]); d != "" {
				return fmt.Sprintf("tensor %d, which it writes to, %s", object, d)
			}
		}
	}
	if d := c.differVersions(got); d != "" {
		return d
	}
	if c.Weights != nil {
		return c.differentiate(ts, got)
	}
	return ""
}

// differVersions compares how often new tensors among the results were written to,
// as Python counts.
func (c *Call) differVersions(got any) string {
	tensors := tensorsIn(got)
	if len(tensors) != len(c.Versions) {
		return ""
	}
	for i, want := range c.Versions {
		if want != nil && tensors[i].Version() != *want {
			return fmt.Sprintf("result %d has version %d, not %d", i, tensors[i].Version(), *want)
		}
	}
	return ""
}

// differDevice says which of the results is not on the device where the arguments
// are; "" if all are.
func (ts *tensors) differDevice(got any) string {
	if !ts.placed || ts.device == (torch.Device{}) {
		return ""
	}
	for i, t := range tensorsIn(got) {
		if t.Device() != ts.device {
			return fmt.Sprintf("result %d is on %s, not %s", i, t.Device(), ts.device)
		}
	}
	return ""
}

// differ compares an exception with an error.
func (e *Exception) differ(failure error) string {
	var got *torch.Error
	if !errors.As(failure, &got) {
		return fmt.Sprintf("raised %v, not %s: %s", failure, e.Type, e.Message)
	}
	if got.Message != e.Message {
		return fmt.Sprintf("raised %q, not %q", got.Message, e.Message)
	}
	if got.Kind != e.Type {
		return fmt.Sprintf("raised a %s, not a %s", got.Kind, e.Type)
	}
	return ""
}

// differ compares a Go value with Python's.
func (c *Call) differ(want, got any) string {
	if list, ok := want.([]Value); ok {
		return c.differList(list, got)
	}
	switch w := want.(type) {
	case *Array:
		t, ok := got.(*torch.Tensor)
		if !ok || t == nil {
			return fmt.Sprintf("is %v, not a tensor", got)
		}
		return w.differ(c.blob, elementsOf(t))
	case Like:
		t, ok := got.(*torch.Tensor)
		if !ok || t == nil {
			return fmt.Sprintf("is %v, not a tensor", got)
		}
		return w.differ(t.DType(), t.Shape())
	case nil:
		if got == nil || reflect.ValueOf(got).Kind() == reflect.Pointer && reflect.ValueOf(got).IsNil() {
			return ""
		}
	case Device:
		if got == w.on(c.device) || fmt.Sprint(got) == string(w) {
			return ""
		}
	case Layout:
		if fmt.Sprint(got) == "torch."+string(w) {
			return ""
		}
	case string:
		if fmt.Sprint(got) == w {
			return ""
		}
	case int64: // numbers of another Go type, as Item's
		if v := reflect.ValueOf(got); v.CanFloat() && v.Float() == float64(w) || v.CanInt() && v.Int() == w {
			return ""
		}
	case bool:
		if v := reflect.ValueOf(got); v.CanFloat() && (v.Float() != 0) == w {
			return ""
		}
	}
	return differ(want, got)
}

func (c *Call) differList(want []Value, got any) string {
	v := reflect.ValueOf(got)
	if v.Kind() != reflect.Slice || v.Len() != len(want) {
		return fmt.Sprintf("is %T of %d, not a list of %d", got, lengthOf(v), len(want))
	}
	for i, w := range want {
		if d := c.differ(w.V, v.Index(i).Interface()); d != "" {
			return fmt.Sprintf("%d %s", i, d)
		}
	}
	return ""
}

func lengthOf(v reflect.Value) int {
	if v.Kind() == reflect.Slice {
		return v.Len()
	}
	return 1
}

// elementsOf reads a tensor.
func elementsOf(t *torch.Tensor) elements {
	e := elements{dtype: t.DType(), shape: t.Shape()}
	if err := torch.Try(func() {
		if t.Numel() > 0 {
			e.bytes = torch.Data[uint8](t.Detach().ResolveConj().ResolveNeg().Clone(torch.ContiguousFormat).Reshape(-1).ViewDtype(torch.Uint8))
		}
	}); err != nil {
		e.problem = err.Error()
	}
	return e
}

// differentiate compares gradients, and the names of the functions that compute
// them.
func (c *Call) differentiate(ts *tensors, got any) string {
	var outs []*torch.Tensor
	for _, t := range tensorsIn(got) {
		if t.RequiresGrad() && t.Layout() == torch.Strided {
			outs = append(outs, t)
		}
	}
	if len(outs) != len(c.Weights) {
		return fmt.Sprintf("has %d results that require gradients, not %d", len(outs), len(c.Weights))
	}
	for i, t := range outs {
		if ts.has(t) {
			continue
		}
		if name := t.GradFn().Name(); name != c.GradFn[i] {
			return fmt.Sprintf("has grad_fn %s, not %s", name, c.GradFn[i])
		}
	}
	var inputs, weights []*torch.Tensor
	for object := range len(ts.made) {
		if t := ts.made[object]; t != nil && t.RequiresGrad() {
			inputs = append(inputs, t)
		}
	}
	other := &tensors{blob: c.blob, device: c.device, made: map[int]*torch.Tensor{}}
	for i, w := range c.Weights {
		a := *w.V.(*Array)
		a.Object = i
		weights = append(weights, other.tensor(&a))
	}
	if len(inputs) != len(c.Gradients) {
		return fmt.Sprintf("has %d arguments that require gradients, not %d", len(inputs), len(c.Gradients))
	}
	var gradients []*torch.Tensor
	if err := torch.Try(func() {
		gradients = torch.Grad(outs, inputs, torch.WithGradient(weights...), torch.AllowUnused(true))
	}); err != nil {
		return "gradient raised " + err.Error()
	}
	for i, w := range c.Gradients {
		if d := c.differ(w.V, gradients[i]); d != "" {
			return fmt.Sprintf("gradient %d %s", i, d)
		}
	}
	if d := ts.differDevice(gradients); d != "" {
		return "gradients: " + d
	}
	return ""
}

func tensorsIn(v any) []*torch.Tensor {
	switch v := v.(type) {
	case *torch.Tensor:
		if v != nil {
			return []*torch.Tensor{v}
		}
	case []*torch.Tensor:
		return slices.DeleteFunc(slices.Clone(v), func(t *torch.Tensor) bool { return t == nil })
	case []any:
		var list []*torch.Tensor
		for _, e := range v {
			list = append(list, tensorsIn(e)...)
		}
		return list
	}
	return nil
}
