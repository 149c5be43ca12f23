package torch

import (
	"reflect"
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entrySetSavedHooks      = csrc.Entry("set_saved_hooks(int pack) -> int")
	entryDisableSavedHooks  = csrc.Entry("disable_saved_hooks(str message) -> ()")
	entryEnableSavedHooks   = csrc.Entry("enable_saved_hooks() -> ()")
	entrySavedHooksDisabled = csrc.Entry("saved_hooks_disabled() -> bool")
	entryDisabledMessage    = csrc.Entry("disabled_message() -> str")
)

// WithSavedTensorsHooks runs fn while pack is called with each tensor that an
// operation saves for backward, and unpack with what pack returned when
// backward needs the tensor. Package autograd calls it SavedTensorsHooks.
//
// A pack that returns the result of an operation as it is, as that of exp, makes a graph
// that holds itself, which is never freed, in Python neither: return x.Detach().
func WithSavedTensorsHooks(pack func(*Tensor) any, unpack func(any) *Tensor, fn func()) {
	number := csrc.Register(callback(func(f *frame) {
		packed := pack(f.takeTensor())
		// Backward may come after the scope that is open now.
		forEachTensor(reflect.ValueOf(&packed).Elem(), func(t *Tensor) { Keep(t) })
		f.Reply()
		f.Put(registerUnpack(unpack, packed))
	}), nil)
	defer csrc.Unregister(number)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	csrc.WithCallbacks(func() {
		before := setSavedHooks(number)
		defer setSavedHooks(before)
		fn()
	})
}

func registerUnpack(unpack func(any) *Tensor, packed any) uint64 {
	return csrc.Register(callback(func(f *frame) {
		t := unpack(packed)
		if t == nil {
			refuse(typeErrorKind, "Output of saved tensor unpack_hook expected to be a Tensor but got result of type NoneType")
		}
		f.Reply()
		f.putResult(t)
	}), nil)
}

func setSavedHooks(number uint64) (before uint64) {
	var f frame
	f.Put(number)
	f.call(entrySetSavedHooks)
	return f.Take()
}

// WithoutSavedTensorsHooks runs fn while saved-tensor hooks are refused, with
// this message. Package autograd calls it DisableSavedTensorsHooks.
func WithoutSavedTensorsHooks(message string, fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var f frame
	f.call(entrySavedHooksDisabled)
	if f.TakeBool() {
		f = frame{}
		f.call(entryDisabledMessage)
		defer disableSavedHooks(f.TakeString())
	} else {
		defer func() {
			var f frame
			f.call(entryEnableSavedHooks)
		}()
	}
	disableSavedHooks(message)
	fn()
}

func disableSavedHooks(message string) {
	var f frame
	f.PutString(message)
	f.call(entryDisableSavedHooks)
}
