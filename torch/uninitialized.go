package torch

import (
	"fmt"
	"runtime"
	"strings"
	"unicode"
)

// Uninitialized parameters
//
// A parameter or buffer of a lazy module that has no shape yet is an empty tensor
// that nothing may be computed from. Its handle is hidden, so functions notice it
// where they notice a closed tensor, and none is slower for it. There, the few
// that may be called nevertheless get the handle; the others panic, as the class
// UninitializedTensorMixin of torch/nn/parameter.py has it.

// MarkUninitialized says whether t is still to get a shape. Use
// nn.NewUninitializedParameter and nn.Materialize.
func MarkUninitialized(t *Tensor, on bool) *Tensor {
	switch {
	case on && t.handle != 0:
		t.hide()
	case !on:
		t.reveal()
	}
	return t
}

// IsUninitialized reports whether t is a parameter or buffer of a lazy module
// that has no shape yet, Python's torch.nn.parameter.is_lazy.
func (t *Tensor) IsUninitialized() bool { return t != nil && t.state == uninitialized }

// hide moves t's handle into a slab of its own, whose record keeps it.
func (t *Tensor) hide() {
	switch {
	case t.slab != nil:
		t.slab.handles[t.slot] = 0
	case t.scope == nil:
		t.cleanup.Stop()
	}
	record := new(slabRecord)
	record.handles[0], record.charges[0] = t.handle, t.charge
	runtime.AddCleanup(t, releaseSlab, record)
	t.handle, t.state, t.scope, t.slab, t.slot = 0, uninitialized, nil, record, 0
}

// reveal undoes hide, and reports whether t was hidden.
func (t *Tensor) reveal() bool {
	if t.state != uninitialized {
		return false
	}
	t.handle, t.state = t.slab.handles[t.slot], blank
	return true
}

// usable returns t with its handle, if t is uninitialized and the function that
// the program called is one that may be. It panics otherwise, because the
// argument with this name is no usable tensor.
//
//go:noinline
func usable(t *Tensor, name string) *Tensor {
	if !t.IsUninitialized() {
		refuseTensor(t, name)
	}
	function := calledFunction()
	if !ofUninitialized[function] {
		refuseUninitialized(t, function)
	}
	return &Tensor{handle: t.slab.handles[t.slot]}
}

// ofUninitialized are the functions that take uninitialized tensors: those that
// Python allows, properties, which it allows, too, and what takes lists of
// parameters to look at such properties.
var ofUninitialized = func() map[string]bool {
	allowed := map[string]bool{}
	for name := range strings.FieldsSeq(`Size Copy_ IsComplex IsFloatingPoint Half Float Double Char Short Int Long Cuda Cpu To
		GetDevice Data SetData DType Device Layout RequiresGrad IsLeaf Grad SetGrad HasGrad GradFn GradDtype OutputNr RetainsGrad
		Version Name IsCpu IsCuda IsMeta IsMps IsXpu IsQuantized IsNested IsSparse IsSparseCsr Is Close MT H MH`) {
		allowed["torch.Tensor."+name] = true
	}
	for _, name := range []string{"HasCompatibleShallowCopyType", "Grads", "ClearGrads", "AddGrads"} {
		allowed["torch."+name] = true
	}
	return allowed
}()

// calledFunction returns the function of this package that the program, or
// another package of this library, called.
func calledFunction() (name string) {
	frames := runtime.CallersFrames(wholeStack())
	for {
		f, more := frames.Next()
		public := publicName(f.Function)
		inside := strings.HasPrefix(f.Function, modulePath+"torch.")
		switch {
		case !isLibrary(f) || !inside && name != "":
			return name
		case public != "" && public != "torch.Tensor.PutInto": // which lends a tensor to other packages
			name = public
		}
		if !more {
			return name
		}
	}
}

func refuseUninitialized(t *Tensor, function string) {
	if function == "torch.Tensor.Shape" {
		refuse(runtimeErrorKind, "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "+
			"`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to "+
			"initialize the parameters before accessing their attributes.")
	}
	refuse(valueErrorKind, "Attempted to use an uninitialized parameter in %s. This error happens when you are using a "+
		"`LazyModule` or explicitly manipulating `torch.nn.parameter.%s` objects. When using LazyModules Call `forward` with a "+
		"dummy batch to initialize the parameters before calling torch functions", inPythonsWords(function), t.uninitializedClass())
}

// writtenInPython are the functions that are no built-in ones there.
var writtenInPython = map[string]string{
	"torch.Tensor.Backward": "<function Tensor.backward>",
	"torch.Backward":        "<function backward>",
	"torch.Grad":            "<function grad>",
}

// inPythonsWords returns what Python prints for a function, without addresses: that of
// torch.Tensor.Add is a method, that of torch.Add a function.
func inPythonsWords(function string) string {
	if words, ok := writtenInPython[function]; ok {
		return words
	}
	name := snakeCase(function[strings.LastIndexByte(function, '.')+1:])
	if strings.HasPrefix(function, "torch.Tensor.") {
		return fmt.Sprintf("<method '%s' of 'torch._C.TensorBase' objects>", name)
	}
	return fmt.Sprintf("<built-in method %s of type object>", name)
}

// snakeCase returns Python's name of an exported function: is_contiguous for
// IsContiguous.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func (t *Tensor) uninitializedClass() string {
	if t.parameter {
		return "UninitializedParameter"
	}
	return "UninitializedBuffer"
}
