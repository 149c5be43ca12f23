package torch

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
)

// What the packages over this one need to call libgotorch's own functions. The
// functions take an internal type, so that no one else can call them.

func init() {
	entry.Torch.Heed = heed
	entry.Torch.RequireCUDA = requireCUDA
	entry.Torch.CUDAReady = cudaReady.Load
	entry.Torch.RefuseArgument = refuseArgument
}

// PutInto adds d to the arguments of a call, for the packages of this project.
func (d Device) PutInto(f *entry.Frame) { f.Put(d.word("device")) }

// PutInto adds s to the arguments of a call, for the packages of this project.
func (s Stream) PutInto(f *entry.Frame) {
	f.PutInt(s.id)
	f.Put(s.device.word("stream"))
}

// TakeDevice returns a call's next result, for the packages of this project.
func TakeDevice(f *entry.Frame) Device { return deviceOf(f.Take()) }

// TakeStream returns a call's next result, for the packages of this project.
func TakeStream(f *entry.Frame) Stream {
	id := f.TakeInt()
	return Stream{id, TakeDevice(f)}
}

// TakeEvent returns a call's next result, a CUDA event, for package cuda.
func TakeEvent(f *entry.Frame) *Event {
	e := adoptEvent(f.Take())
	e.special = true
	return e
}

// CallWith calls fn with the event, for package cuda.
func (e *Event) CallWith(fn *csrc.Function, f *entry.Frame) {
	e.given().lock.Lock() // fn may create what the event stands for
	defer e.lock.Unlock()
	var own frame
	e.put(&own)
	own.call(fn)
	f.Frame = own.Frame
}

// NewStreamArguments returns what the options of cuda.NewStream say, for package
// cuda.
func NewStreamArguments(opts []NewStreamOption) (device Device, priority int) {
	a := streamArgumentsOf(opts)
	return a.device, int(a.priority)
}
