package torch

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
)

// An Error is what a misused function panics with, and what [Try] returns. It
// carries PyTorch's own message.
type Error struct {
	// Kind is the Python exception that PyTorch raises: "RuntimeError",
	// "IndexError", "TypeError", "ValueError", "OutOfMemoryError", ..., or
	// "LoadError" if libgotorch.so cannot be used.
	Kind string
	// Op is the function of this library that was called: "torch.Mm".
	Op string
	// Message is PyTorch's message.
	Message string
	// Caller is the line of the program that called Op: "main.go:12".
	Caller string
	// Backtrace is the message with its C++ backtrace, if the environment has
	// GOTORCH_SHOW_CPP_STACKTRACES=1, and "" otherwise: it takes milliseconds.
	Backtrace string
}

// Error returns the operator and the message, with the C++ backtrace if there
// is one.
func (e *Error) Error() string {
	message := e.Message
	if e.Backtrace != "" {
		message = e.Backtrace
	}
	if e.Op == "" {
		return message
	}
	return e.Op + ": " + message
}

// Is reports whether target is an *Error whose fields, where they are set,
// equal those of e, so that
//
//	errors.Is(err, &torch.Error{Kind: "IndexError"})
//
// asks for the kind alone.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && (t.Kind == "" || t.Kind == e.Kind) && (t.Op == "" || t.Op == e.Op) &&
		(t.Message == "" || t.Message == e.Message)
}

// A LinAlgError is an [Error] of linear algebra: a matrix is singular, or an
// iteration does not converge. Python's torch.linalg.LinAlgError. It is found in
// what [Try] returns by errors.As:
//
//	var failed *linalg.LinAlgError
//	if errors.As(err, &failed) { ... }
type LinAlgError struct{ *plainError }

// plainError is Error under a name that leaves the method of that name visible.
type plainError = Error

// As sets a **LinAlgError if e is of that kind, for errors.As.
func (e *Error) As(target any) bool {
	t, ok := target.(**LinAlgError)
	if !ok || e.Kind != csrc.LinAlgError.String() {
		return false
	}
	*t = &LinAlgError{e}
	return true
}

// Try runs fn and returns the *Error that it panics with, or nil. Other panics
// go on.
func Try(fn func()) (err error) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			err = e
		default:
			panic(e)
		}
	}()
	fn()
	return nil
}

// Kinds that this package raises itself.
const (
	runtimeErrorKind        = csrc.RuntimeError
	typeErrorKind           = csrc.TypeError
	valueErrorKind          = csrc.ValueError
	indexErrorKind          = csrc.IndexError
	notImplementedErrorKind = csrc.NotImplementedError
)

// NewError returns an *Error of the kind named, such as "ValueError", on behalf
// of the program's line that called into this library: modules panic with one
// if they are misused.
//
//go:noinline
func NewError(kind, format string, args ...any) *Error {
	op, caller := callSite()
	return &Error{Kind: kind, Op: op, Message: fmt.Sprintf(format, args...), Caller: caller}
}

// refuse panics with an *Error of this kind.
//
//go:noinline
func refuse(kind csrc.Kind, format string, args ...any) {
	panic(NewError(kind.String(), format, args...))
}

// refuseArgument panics with a TypeError.
func refuseArgument(format string, args ...any) { refuse(typeErrorKind, format, args...) }

// refuseTensor panics because an argument is no usable tensor.
//
//go:noinline
func refuseTensor(t *Tensor, name string) {
	switch {
	case t == nil:
		refuse(typeErrorKind, "argument '%s' must be Tensor, not None", name)
	case t.state == outOfScope:
		refuse(runtimeErrorKind, "argument '%s' was freed when the torch.Scope that it was made in ended; "+
			"return it from the scope or call torch.Keep on it there", name)
	case t.state == closed:
		refuse(runtimeErrorKind, "argument '%s' was freed by Close", name)
	default:
		refuse(runtimeErrorKind, "argument '%s' is an empty torch.Tensor{}, which no function of this library made", name)
	}
}

// heed prints a report's warnings, and panics with its error if it has one.
//
//go:noinline
func heed(report *csrc.Report) {
	for _, w := range report.Warnings {
		warn(w)
	}
	if report.Error == "" {
		return
	}
	op, caller := callSite()
	if thrown := report.Thrown; thrown != nil {
		if e, ok := thrown.Value().(*Error); ok && e.Caller == "" {
			e.Op, e.Caller = op, caller
		}
		thrown.Again()
	}
	panic(&Error{Kind: report.Kind.String(), Op: op, Message: inPython(asWithCUDA(report.Error)), Caller: caller, Backtrace: report.Backtrace})
}

// cppTensorType matches libtorch's names of tensor types: CPUFloatType.
var cppTensorType = regexp.MustCompile(`(?:Variable\[)?(Sparse)?(CPU|CUDA)(Byte|Char|Double|Float|Int|Long|Short|Half)Type\]?`)

// inPython replaces the names of C++ types in a message by those that Python
// uses, as PyTorch's Python binding does: torch.FloatTensor.
func inPython(message string) string {
	if !strings.Contains(message, "Type") {
		return message
	}
	return cppTensorType.ReplaceAllStringFunc(message, func(name string) string {
		m := cppTensorType.FindStringSubmatch(name)
		python := "torch."
		if m[2] == "CUDA" {
			python += "cuda."
		}
		if m[1] != "" {
			python += "sparse."
		}
		return python + m[3] + "Tensor"
	})
}

// modulePath begins the names of all functions of this project.
const modulePath = "github.com/wangkuiyi/gotorch/"

// callSite returns the function of this library that the program called, and
// the line where it did.
func callSite() (op, caller string) {
	program := programFrame(wholeStack(), func(f runtime.Frame) {
		if name := publicName(f.Function); name != "" && name != "torch.NewError" {
			op = name
		}
	})
	if program.File == "" {
		return op, ""
	}
	return op, fmt.Sprintf("%s:%d", program.File, program.Line)
}

// programFrame returns the innermost frame in a stack that is of the program
// that uses this library. It has visit see the library's frames on the way there;
// nil is none.
func programFrame(stack []uintptr, visit func(runtime.Frame)) runtime.Frame {
	frames := runtime.CallersFrames(stack)
	for {
		f, more := frames.Next()
		if !isLibrary(f) {
			return f
		}
		if visit != nil {
			visit(f)
		}
		if !more {
			return runtime.Frame{}
		}
	}
}

// isLibrary reports whether a stack frame belongs to this library rather than
// to a program that uses it. The project's own tests and examples are users.
func isLibrary(f runtime.Frame) bool {
	path, ok := strings.CutPrefix(f.Function, modulePath)
	if !ok {
		// Iterators and deferred calls pass through the runtime, functions that
		// package functorch makes through reflect, and hooks begin in a coroutine.
		return strings.HasPrefix(f.Function, "runtime.") || strings.HasPrefix(f.Function, "reflect.") ||
			strings.HasPrefix(f.Function, "iter.")
	}
	if strings.HasSuffix(f.File, "_test.go") {
		return false
	}
	pkg, _, _ := strings.Cut(path, ".")
	return !strings.HasPrefix(pkg, "examples/") && !strings.HasPrefix(pkg, "benchmarks") &&
		!strings.HasPrefix(pkg, "cmd/")
}

var withoutSyntax = strings.NewReplacer("(*", "", ")", "", "[...]", "")

// publicName turns a function's full name into the one in its documentation,
// torch.Tensor.Add, or "" if it is not exported.
func publicName(function string) string {
	name := function[strings.LastIndexByte(function, '/')+1:]
	name = withoutSyntax.Replace(name)
	// A closure in an exported function counts as that function.
	parts := strings.Split(name, ".")
	if len(parts) > 1 && len(parts[1]) > 0 && parts[1][0] >= 'A' && parts[1][0] <= 'Z' {
		if len(parts) > 2 && !strings.HasPrefix(parts[2], "func") {
			if parts[2][0] < 'A' || parts[2][0] > 'Z' {
				return ""
			}
			return strings.Join(parts[:3], ".")
		}
		return strings.Join(parts[:2], ".")
	}
	return ""
}
