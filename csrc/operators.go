package csrc

/*
#include "library.h"
*/
import "C"

import (
	"errors"
	"strings"
	"unsafe"
)

// LoadLibrary opens a shared library, which registers operators with PyTorch's
// dispatcher. A path without a slash is searched for as the dynamic linker does.
func LoadLibrary(path string) error {
	if report := load(); report != nil {
		return errors.New(report.Error)
	}
	if strings.ContainsRune(path, '/') {
		if err := checkWhole(path); err != nil {
			return err
		}
	}
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if problem := C.gt_open_operators(name); problem != nil {
		defer C.free(unsafe.Pointer(problem))
		return errors.New(C.GoString(problem))
	}
	return nil
}

// Operators returns the functions of the table of ATen's operators, in its
// order, by what libgotorch says of them.
func Operators() ([]*Function, error) {
	if report := load(); report != nil {
		return nil, errors.New(report.Error)
	}
	var functions []*Function
	for i := range int(C.gt_lib.operator_count) {
		if entry := C.gt_operator_at(C.uint64_t(i)); entry.schema != nil {
			functions = append(functions, &Function{Schema: C.GoString(entry.schema), Index: i})
		}
	}
	return functions, nil
}
