package csrc

/*
#include "library.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"unsafe"
)

// A Function is something that libgotorch can call. It is resolved at its
// first call, when the schema that the Go code was written or generated for is
// compared with that of the library.
type Function struct {
	Schema string // name(arguments) -> results
	Index  int    // of an ATen operator in the table; -1 for an entry, which is found by its name

	repeatable bool // for an entry; see Repeatable

	ptr atomic.Uintptr // the function's address, once it is resolved
}

// Entry is one of libgotorch's own functions; one whose name starts with cuda::
// is of libgotorch_cuda.so.
func Entry(schema string) *Function {
	return &Function{Schema: schema, Index: -1}
}

// RepeatableEntry is Entry for a function that changes nothing but what it returns.
func RepeatableEntry(schema string) *Function {
	return &Function{Schema: schema, Index: -1, repeatable: true}
}

// Repeatable reports whether the function may be called again with the same frame
// after it ran out of memory, as far as its schema tells: it changes none of its
// arguments, where an earlier part may have been written already, and has results.
// Batch norm's schema does not say that it changes the running statistics.
func (fn *Function) Repeatable() bool {
	if fn.Index < 0 {
		return fn.repeatable
	}
	return !strings.Contains(fn.Schema, "!") && !strings.HasSuffix(fn.Schema, "-> ()") &&
		!strings.Contains(fn.Schema, " running_mean")
}

// Name returns the function's name: "add.Tensor", "backward".
func (fn *Function) Name() string {
	name, _, _ := strings.Cut(fn.Schema, "(")
	return name
}

// address returns the function's address, or 0 if it cannot be called.
func (fn *Function) address() uintptr {
	if p := fn.ptr.Load(); p != 0 {
		return p
	}
	return fn.resolve()
}

//go:noinline
func (fn *Function) resolve() uintptr {
	if load() != nil {
		return 0
	}
	entry := fn.lookUp()
	if entry == nil || entry.schema == nil || C.GoString(entry.schema) != fn.Schema {
		return 0
	}
	p := uintptr(C.gt_address_of(entry))
	fn.ptr.Store(p)
	return p
}

// Check returns why the function cannot be called, or nil.
func (fn *Function) Check() error {
	if fn.address() != 0 {
		return nil
	}
	return errors.New(fn.unavailable().Error)
}

// needsCUDA reports whether libgotorch_cuda.so has the function.
func (fn *Function) needsCUDA() bool {
	return fn.Index < 0 && strings.HasPrefix(fn.Schema, cudaPrefix)
}

func (fn *Function) lookUp() *C.gt_entry {
	if fn.Index >= 0 {
		return C.gt_operator_at(C.uint64_t(fn.Index))
	}
	name := C.CString(fn.Name())
	defer C.free(unsafe.Pointer(name))
	if fn.needsCUDA() {
		if C.gt_cuda == nil {
			return nil
		}
		return C.gt_cuda_entry_named(name)
	}
	return C.gt_entry_named(name)
}

// MadeFor is the version of libtorch whose operators this Go code was generated
// from.
const MadeFor = "2.15.0"

// unavailable says why the function has no address.
//
//go:noinline
func (fn *Function) unavailable() *Report {
	if report := load(); report != nil {
		return report
	}
	if err := loading.noCUDA; err != nil && fn.needsCUDA() {
		return &Report{Kind: LoadError, Error: err.Error()}
	}
	has := ""
	if entry := fn.lookUp(); entry != nil && entry.schema != nil {
		has = C.GoString(entry.schema)
	}
	return &Report{Kind: NotImplementedError, Error: fn.skew(has)}
}

// skew describes the difference between fn and what the library has instead;
// has is "" if that is nothing.
func (fn *Function) skew(has string) string {
	library := libraryName
	if fn.needsCUDA() {
		library = cudaLibraryName
	}
	switch {
	case fn.Index < 0 && has == "":
		return fmt.Sprintf("%s does not have %s", library, fn.Schema)
	case fn.Index < 0:
		return fmt.Sprintf("%s has %s, but this program calls %s", library, has, fn.Schema)
	case has == "":
		return fmt.Sprintf("libtorch %s does not have aten::%s, which libtorch %s has, the version that this GoTorch was made for",
			TorchVersion(), fn.Schema, MadeFor)
	default:
		return fmt.Sprintf("libtorch %s has aten::%s, but this GoTorch was made for libtorch %s, which has aten::%s",
			TorchVersion(), has, MadeFor, fn.Schema)
	}
}
