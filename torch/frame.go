package torch

import (
	"github.com/wangkuiyi/gotorch/csrc"
)

// A frame is a csrc.Frame that knows this package's types. The generated
// functions in ops_*_gen.go, and the hand-written ones for libgotorch's own
// entries, put their arguments in the order of the schema, call, and take the
// results in order.
type frame struct{ csrc.Frame }

// call runs fn. It panics with an *Error if fn fails.
func (f *frame) call(fn *csrc.Function) {
	if report := f.Call(fn); report != nil {
		f.settle(fn, report)
	}
}

// callWithCallbacks is call for functions that may run Go code.
func (f *frame) callWithCallbacks(fn *csrc.Function) {
	if report := f.CallWithCallbacks(fn); report != nil {
		heed(again(report, false, nil))
	}
}

// optional is an argument that may be absent; its zero value is Python's None.
type optional[T any] struct {
	value T
	set   bool
}

func some[T any](value T) optional[T] { return optional[T]{value, true} }

func (f *frame) putTensor(t *Tensor, name string) {
	if t == nil || t.handle == 0 {
		t = usable(t, name)
	}
	f.Put(t.handle)
}

func (f *frame) putOptionalTensor(t *Tensor, name string) {
	if t == nil {
		f.Put(0)
		return
	}
	f.putTensor(t, name)
}

func (f *frame) putTensors(tensors []*Tensor, name string) {
	f.Put(uint64(len(tensors)))
	for _, t := range tensors {
		f.putTensor(t, name)
	}
}

func (f *frame) putOptionalTensors(tensors []*Tensor, name string) {
	f.Put(uint64(len(tensors)))
	for _, t := range tensors {
		f.putOptionalTensor(t, name)
	}
}

func (f *frame) putScalar(s scalar) {
	f.Put(uint64(s.tag))
	f.Put(s.bits)
	if s.tag == scalarComplex {
		f.Put(s.imag)
	}
}

func (f *frame) putOptionalScalar(s optional[scalar]) {
	f.PutBool(s.set)
	if s.set {
		f.putScalar(s.value)
	}
}

func (f *frame) putScalars(scalars []scalar) {
	f.Put(uint64(len(scalars)))
	for _, s := range scalars {
		f.putScalar(s)
	}
}

func (f *frame) putOptionalInt(v optional[int64]) {
	f.PutBool(v.set)
	if v.set {
		f.PutInt(v.value)
	}
}

func (f *frame) putOptionalFloat(v optional[float64]) {
	f.PutBool(v.set)
	if v.set {
		f.PutFloat(v.value)
	}
}

func (f *frame) putOptionalBool(v optional[bool]) {
	f.PutBool(v.set)
	if v.set {
		f.PutBool(v.value)
	}
}

func (f *frame) putOptionalString(v optional[string]) {
	f.PutBool(v.set)
	if v.set {
		f.PutString(v.value)
	}
}

// Of an optional list nil is None, and any other the list, even an empty one.

func (f *frame) putOptionalInts(v []int64) {
	f.PutBool(v != nil)
	if v != nil {
		f.PutInts(v)
	}
}

func (f *frame) putOptionalFloats(v []float64) {
	f.PutBool(v != nil)
	if v != nil {
		f.PutFloats(v)
	}
}

func (f *frame) putBools(v []bool) {
	for _, b := range v {
		f.PutBool(b)
	}
}

// The zero DType, Layout, MemoryFormat and Device are None; libtorch's own
// numbers begin one below ours.

func (f *frame) putDType(d DType, name string)   { f.putEnum(uint64(d), name, "dtype") }
func (f *frame) putLayout(l Layout, name string) { f.putEnum(uint64(l), name, "layout") }
func (f *frame) putMemoryFormat(m MemoryFormat, name string) {
	f.putEnum(uint64(m), name, "memory_format")
}

func (f *frame) putEnum(v uint64, name, kind string) {
	if v == 0 {
		refuseArgument("argument '%s' must be torch.%s, not None", name, kind)
	}
	f.Put(v - 1)
}

func (f *frame) putOptionalDType(d DType)               { f.putOptionalEnum(uint64(d)) }
func (f *frame) putOptionalLayout(l Layout)             { f.putOptionalEnum(uint64(l)) }
func (f *frame) putOptionalMemoryFormat(m MemoryFormat) { f.putOptionalEnum(uint64(m)) }

func (f *frame) putOptionalEnum(v uint64) {
	f.PutBool(v != 0)
	if v != 0 {
		f.Put(v - 1)
	}
}

func (f *frame) putDevice(d Device, name string) { f.Put(d.word(name)) }

// word is what stands for d in a frame, if d can be used.
func (d Device) word(name string) uint64 {
	if d.kind == 0 {
		refuseArgument("argument '%s' must be torch.device, not None", name)
	}
	if d.kind == cudaType {
		requireCUDA()
	}
	return uint64(d.kind-1)<<16 | uint64(uint16(d.index))
}

func (f *frame) putOptionalDevice(d Device) {
	f.PutBool(d.kind != 0)
	if d.kind != 0 {
		f.putDevice(d, "device")
	}
}

func (f *frame) putOptionalGenerator(g *Generator) {
	f.PutBool(g != nil)
	if g != nil {
		g.put(f)
	}
}

func (f *frame) putStream(s Stream) {
	f.PutInt(s.id)
	f.putDevice(s.device, "stream")
}

func (f *frame) takeStream() Stream {
	id := f.TakeInt()
	return Stream{id, f.takeDevice()}
}

// takeTensor returns the next result, or nil where libtorch has no tensor.
func (f *frame) takeTensor() *Tensor {
	handle, about := f.Take(), f.Take()
	if handle == 0 {
		return nil
	}
	return adopt(handle, description(about), f.Scope())
}

func (f *frame) takeTensors() []*Tensor {
	scope := f.Scope()
	words := f.TakeWords(2)
	tensors := make([]*Tensor, len(words)/2)
	for i := range tensors {
		if handle := words[2*i]; handle != 0 {
			tensors[i] = adopt(handle, description(words[2*i+1]), scope)
		}
	}
	return tensors
}

func (f *frame) takeScalar() scalar {
	s := scalar{tag: scalarTag(f.Take()), bits: f.Take()}
	if s.tag == scalarComplex {
		s.imag = f.Take()
	}
	return s
}

func (f *frame) takeDType() DType { return DType(f.Take() + 1) }

func (f *frame) takeDevice() Device { return deviceOf(f.Take()) }

func deviceOf(w uint64) Device { return Device{kind: DeviceType(w>>16) + 1, index: int16(w)} }

// A storage is named by the schemas of a few operators. Package torch calls those
// of tensors instead.
type storage struct{ handle uint64 }
