package torch

import (
	"iter"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/wangkuiyi/gotorch/csrc"
)

// A scope owns the tensors that one goroutine makes while it is open.
//
// libgotorch knows the identifier of the scope that is open on each thread and
// returns it with every call, so an operator finds its scope without a lock or
// a look-up by goroutine. The goroutine keeps its thread while the scope is
// open.
type scope struct {
	id      uint64
	tensors []*Tensor
	handles []uint64 // used when it ends
}

// scopes are all that exist, open or idle; the identifier is the index plus
// one.
var (
	scopes     atomic.Pointer[[]*scope]
	idle       []*scope
	scopesLock sync.Mutex
)

func takeScope() *scope {
	scopesLock.Lock()
	defer scopesLock.Unlock()
	if n := len(idle); n > 0 {
		s := idle[n-1]
		idle = idle[:n-1]
		return s
	}
	var all []*scope
	if p := scopes.Load(); p != nil {
		all = *p
	}
	s := &scope{id: uint64(len(all)) + 1}
	all = append(all[:len(all):len(all)], s)
	scopes.Store(&all)
	return s
}

func (s *scope) putBack() {
	scopesLock.Lock()
	idle = append(idle, s)
	scopesLock.Unlock()
}

// noSlabs stands for no scope, where tensors are not to share slabs either.
const noSlabs = 1 << 63

func scopeByID(id uint64) *scope {
	if id == 0 || id == noSlabs {
		return nil
	}
	return (*scopes.Load())[id-1]
}

func adoptInScope(id, handle uint64, c charge) *Tensor {
	s := scopeByID(id)
	t := &Tensor{handle: handle, charge: c, scope: s}
	s.tensors = append(s.tensors, t)
	return t
}

var setScope = csrc.Entry("set_scope(int id, bool? grad) -> (int, bool)")

// openScope makes the scope with this identifier the current one of the
// thread and, if it is given, sets whether gradients are recorded. It returns
// what was.
func openScope(id uint64, grad optional[bool]) (before uint64, gradBefore bool) {
	var f frame
	f.Put(id)
	f.putOptionalBool(grad)
	f.call(setScope)
	return f.Take(), f.TakeBool()
}

// end frees the tensors that are still in the scope.
func (s *scope) end() {
	var gone tally
	for _, t := range s.tensors {
		if t.scope == s && t.handle != 0 {
			s.handles = append(s.handles, t.handle)
			gone.add(t.charge)
			t.handle, t.state = 0, outOfScope
		}
	}
	gone.settle()
	forgetStacks(s.handles...)
	csrc.Release(s.handles)
	unpinReturned()
	clear(s.tensors)
	s.tensors, s.handles = s.tensors[:0], s.handles[:0]
	s.putBack()
}

// Scope runs fn and then frees, at once, all tensors that it made, except those
// passed to [Keep]. In a hot loop that is twice as fast as leaving them to the
// garbage collector, and keeps memory at its lowest:
//
//	for _, batch := range batches {
//		torch.Scope(func() {
//			loss := criterion.Forward(model.Forward(batch.X), batch.Y)
//			...
//		})
//	}
//
// Using a tensor after its scope has ended panics. What modules and optimizers
// store is kept. A scope belongs to its goroutine: tensors made by goroutines
// that fn starts are not in it. Scopes nest. If fn panics, its tensors are
// freed all the same.
func Scope(fn func()) { inScope(optional[bool]{}, func(*scope) { fn() }) }

// NoGradScope is [Scope] in [NoGrad], for less than the two cost together. It is
// what an optimizer's step runs in.
func NoGradScope(fn func()) { inScope(some(false), func(*scope) { fn() }) }

// inScope runs fn in a new scope, with gradients recorded as grad says, if it
// does. fn gets the enclosing scope, or nil.
func inScope(grad optional[bool], fn func(outer *scope)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s := takeScope()
	before, gradBefore := openScope(s.id, grad)
	defer func() {
		grad.value = gradBefore
		openScope(before, grad)
		s.end()
	}()
	fn(scopeByID(before))
}

// ScopeValue is [Scope] for a function with a result. The tensors in it are
// not freed: they go to the enclosing scope or, if there is none, to the
// garbage collector. They are found in *Tensor, and in slices, arrays, maps and
// structs with exported fields, to any depth.
func ScopeValue[T any](fn func() T) T {
	var result T
	inScope(optional[bool]{}, func(outer *scope) {
		result = fn()
		forEachTensor(reflect.ValueOf(&result).Elem(), func(t *Tensor) { t.moveTo(outer) })
	})
	return result
}

// Scoped counts from 0 to n-1, with a [Scope] around each turn of the loop:
//
//	for i := range torch.Scoped(1000) { ... }
func Scoped(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, more := 0, true; i < n && more; i++ {
			Scope(func() { more = yield(i) })
		}
	}
}

// Keep takes a tensor out of all scopes, leaving it to the garbage collector,
// and returns it. It does nothing for a tensor that is in no scope.
func Keep(t *Tensor) *Tensor {
	if t != nil {
		t.moveTo(nil)
	}
	return t
}

// moveTo changes the scope that frees t; nil is the garbage collector.
func (t *Tensor) moveTo(to *scope) {
	if t.scope == nil || t.scope == to || t.handle == 0 {
		return
	}
	t.scope = to // end skips tensors that are not its own
	if to == nil {
		t.leaveToCollector()
	} else {
		to.tensors = append(to.tensors, t)
	}
}

var tensorType = reflect.TypeFor[*Tensor]()

// forEachTensor calls fn for the tensors in v.
func forEachTensor(v reflect.Value, fn func(*Tensor)) {
	switch {
	case !v.IsValid():
	case v.Type() == tensorType:
		if t := v.Interface().(*Tensor); t != nil {
			fn(t)
		}
	case v.Kind() == reflect.Interface:
		forEachTensor(v.Elem(), fn)
	case v.Kind() == reflect.Pointer:
		if v.Type().Elem().Kind() == reflect.Struct {
			forEachTensor(v.Elem(), fn)
		}
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Array:
		for i := range v.Len() {
			forEachTensor(v.Index(i), fn)
		}
	case v.Kind() == reflect.Map:
		for _, key := range v.MapKeys() {
			forEachTensor(v.MapIndex(key), fn)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				forEachTensor(v.Field(i), fn)
			}
		}
	}
}
