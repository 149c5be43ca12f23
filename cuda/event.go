package cuda

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	newEvent           = csrc.Entry("cuda::new_event(bool timing, bool blocking, bool interprocess, bool external) -> int")
	eventFromIpcHandle = csrc.Entry("cuda::event_from_ipc_handle(int device, str handle) -> int")
	eventIpcHandle     = csrc.Entry("cuda::event_ipc_handle(int event) -> str")
)

// An Event is a mark in the work of a stream, Python's torch.cuda.Event. It can do
// what a [torch.Event] can, and be shared with other processes.
type Event struct{ *torch.Event }

// A NewEventOption is an option of [NewEvent].
type NewEventOption func(*eventArguments)

type eventArguments struct{ timing, blocking, interprocess, external bool }

// EnableTiming has an event take the time, for ElapsedTime. Its default is false.
func EnableTiming(on bool) NewEventOption { return func(a *eventArguments) { a.timing = on } }

// Blocking has Synchronize sleep, rather than wait with the processor at full load. Its
// default is false.
func Blocking(on bool) NewEventOption { return func(a *eventArguments) { a.blocking = on } }

// Interprocess lets an event be shared, see [Event.IpcHandle]; it cannot take the time,
// then. Its default is false.
func Interprocess(on bool) NewEventOption { return func(a *eventArguments) { a.interprocess = on } }

// External has an event, when it is captured in a graph, stay an event that others can
// wait for. Its default is false.
func External(on bool) NewEventOption { return func(a *eventArguments) { a.external = on } }

// NewEvent returns an event. It belongs to the device of the stream that first records
// it.
func NewEvent(opts ...NewEventOption) *Event {
	start()
	var a eventArguments
	for _, o := range opts {
		o(&a)
	}
	var f entry.Frame
	f.PutBool(a.timing)
	f.PutBool(a.blocking)
	f.PutBool(a.interprocess)
	f.PutBool(a.external)
	f.Call(newEvent)
	return &Event{torch.TakeEvent(&f)}
}

// EventFromIpcHandle returns another process's event, of which it has sent the handle.
func EventFromIpcHandle(device torch.Device, handle []byte) *Event {
	var f entry.Frame
	f.PutInt(int64(index([]torch.Device{device})))
	f.PutString(string(handle))
	f.Call(eventFromIpcHandle)
	return &Event{torch.TakeEvent(&f)}
}

// IpcHandle returns what another process needs to use the event: 64 bytes. One that was
// not recorded yet then belongs to the current device.
func (e *Event) IpcHandle() []byte {
	var f entry.Frame
	e.CallWith(eventIpcHandle, &f)
	return []byte(f.TakeString())
}

// CudaEvent returns the event's cudaEvent_t, or 0 until it is recorded.
func (e *Event) CudaEvent() uintptr { return e.EventId() }

// RecordEvent records an event in s: this one or, without one, or with nil, a new one.
// It returns the event.
func (s Stream) RecordEvent(e ...*Event) *Event {
	if len(e) == 0 || e[0] == nil {
		e = []*Event{NewEvent()}
	}
	e[0].Record(s)
	return e[0]
}

// String returns what Python prints.
func (e *Event) String() string {
	if e.CudaEvent() == 0 {
		return "<torch.cuda.Event uninitialized>"
	}
	return fmt.Sprintf("<torch.cuda.Event %#x>", e.CudaEvent())
}
