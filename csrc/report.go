package csrc

/*
#include "library.h"
*/
import "C"

// A Kind is the kind of an error, named after the Python exception that
// PyTorch raises for it.
type Kind int32

// The kinds of error.
const (
	RuntimeError        Kind = C.GT_RUNTIME_ERROR
	IndexError          Kind = C.GT_INDEX_ERROR
	ValueError          Kind = C.GT_VALUE_ERROR
	TypeError           Kind = C.GT_TYPE_ERROR
	NotImplementedError Kind = C.GT_NOT_IMPLEMENTED_ERROR
	OutOfMemoryError    Kind = C.GT_OUT_OF_MEMORY_ERROR
	LinAlgError         Kind = C.GT_LINALG_ERROR
	SyntaxError         Kind = C.GT_SYNTAX_ERROR
	BufferError         Kind = C.GT_BUFFER_ERROR
	AcceleratorError    Kind = C.GT_ACCELERATOR_ERROR
	DistributedError    Kind = C.GT_DISTRIBUTED_ERROR
)

// goPanic is the kind of what a Go function threw.
const goPanic Kind = C.GT_GO_PANIC

// LoadError is the kind of the error that libgotorch.so cannot be used. It has
// no counterpart among Python's exceptions.
const LoadError Kind = -1

// String returns the kind's name in Python.
func (k Kind) String() string {
	names := map[Kind]string{
		LoadError: "LoadError", RuntimeError: "RuntimeError", IndexError: "IndexError", ValueError: "ValueError",
		TypeError: "TypeError", NotImplementedError: "NotImplementedError", OutOfMemoryError: "OutOfMemoryError",
		LinAlgError: "LinAlgError", SyntaxError: "SyntaxError", BufferError: "BufferError",
		AcceleratorError: "AcceleratorError", DistributedError: "DistributedError",
	}
	return names[k]
}

// A Warning is one that libtorch issued.
type Warning struct {
	Text     string
	Category string // its Python class, such as "UserWarning"
}

// A Report is what a call has to say beyond its results.
type Report struct {
	Kind      Kind
	Error     string // PyTorch's message; "" if the call succeeded
	Backtrace string // the message with its C++ backtrace, where there is one
	Warnings  []Warning
	Thrown    *Thrown // by a Go function that C++ called; Error is set, too

	// OutOfMemory says that the error is that memory ran out, of the host or of a
	// device, and Unrepeatable that the call has done what must not be done twice.
	OutOfMemory, Unrepeatable bool
}

// newReport copies a report into Go memory and frees it. It takes nil, too.
//
//go:noinline
func newReport(c *C.gt_report) *Report {
	switch c {
	case nil:
		return nil
	case &C.gt_slice_over:
		pause()
		return nil
	}
	defer C.gt_free_report(c)
	r := &Report{
		Kind: Kind(c.kind), Error: C.GoString(c.error), Backtrace: C.GoString(c.backtrace),
		OutOfMemory: c.out_of_memory != 0, Unrepeatable: c.unrepeatable != 0,
	}
	if c.error != nil && r.Error == "" {
		r.Error = "libtorch threw an exception without a message"
	}
	if r.Kind == goPanic {
		r.Thrown = takeThrown(uint64(c.panic))
	}
	for w := c.warnings; w != nil; w = w.next {
		r.Warnings = append(r.Warnings, Warning{Text: C.GoString(w.text), Category: C.GoString(w.category)})
	}
	return r
}
