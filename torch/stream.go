package torch

import (
	"fmt"
	"runtime"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
)

var (
	entryNewStream       = csrc.Entry("new_stream(Device device, int priority) -> Stream")
	entryEnterStream     = csrc.Entry("enter_stream(Stream s) -> (int, Stream)")
	entryLeaveStream     = csrc.Entry("leave_stream(int device, Stream before) -> ()")
	streamQuery          = csrc.Entry("stream_query(Stream s) -> bool")
	streamSynchronize    = csrc.Entry("stream_synchronize(Stream s) -> ()")
	streamIsCapturing    = csrc.Entry("stream_is_capturing(Stream s) -> bool")
	streamNativeHandle   = csrc.Entry("stream_native_handle(Stream s) -> int")
	streamWaitStream     = csrc.Entry("stream_wait_stream(Stream s, Stream other) -> ()")
	entryAcceleratorType = csrc.Entry("accelerator_type() -> int")
)

// A Stream is a queue of work of a device, Python's torch.Stream. What is put
// into one stream is done in order; streams of one device may work at the same
// time. Each device has a default stream, in which everything runs until
// [Stream.With] says otherwise.
//
// Streams can be compared with ==. They need no closing: libtorch keeps a pool of
// 32 for each device and priority, and hands them out in turn.
type Stream struct {
	id     int64
	device Device
}

// AnyStream is a Stream, or a type that embeds one, such as cuda.Stream.
type AnyStream interface{ AsStream() Stream }

// streamOf returns the stream in s.
func streamOf(s AnyStream) Stream {
	if s == nil {
		refuseArgument("argument 's' must be Stream, not None")
	}
	return s.AsStream()
}

// AsStream returns s.
func (s Stream) AsStream() Stream { return s }

// A NewStreamOption is an option of [NewStream]: a [Device], [Priority].
type NewStreamOption interface{ applyNewStream(*streamArguments) }

type streamArguments struct {
	device   Device
	priority int64
}

func streamArgumentsOf(opts []NewStreamOption) (a streamArguments) {
	for _, o := range opts {
		o.applyNewStream(&a)
	}
	return a
}

func (d Device) applyNewStream(a *streamArguments) { a.device = d }

type priorityOption int64

func (p priorityOption) applyNewStream(a *streamArguments) { a.priority = int64(p) }

// Priority is a stream's rank among those of its device: the lower the number,
// the sooner its work is begun. Python's priority=. Its default is 0; numbers
// beyond what the device has count as the nearest that it has.
func Priority(p int) NewStreamOption { return priorityOption(p) }

// NewStream returns a new stream of a device: Python's torch.Stream. Without a
// device it is the current one of the accelerator, or the CPU where there is none.
func NewStream(opts ...NewStreamOption) Stream {
	a := streamArgumentsOf(opts)
	var f frame
	f.putDevice(a.device.orAccelerator(), "device")
	f.PutInt(a.priority)
	f.call(entryNewStream)
	return f.takeStream()
}

// StreamOf describes the stream of a device that has this number, Python's
// torch.Stream(stream_id=, device_index=, device_type=). The stream 0 is a
// device's default one.
func StreamOf(id int64, device Device) Stream { return Stream{id, device} }

// orAccelerator is the accelerator of this libtorch, for None; or the CPU.
func (d Device) orAccelerator() Device {
	if d.kind != 0 {
		return d
	}
	switch kind := acceleratorType(); {
	case kind != 0:
		return Device{kind, -1}
	case cudaWithoutDriver():
		return Device{cudaType, -1}
	}
	return CPU
}

// StreamId returns the number of the stream among those of its device.
func (s Stream) StreamId() int64 { return s.id }

// Device returns the stream's device.
func (s Stream) Device() Device { return s.device }

// String returns what Python prints.
func (s Stream) String() string {
	return fmt.Sprintf("torch.Stream device_type=%s, device_index=%d, stream_id=%d", s.device.kind, s.device.index, s.id)
}

// With runs fn with s as the current stream, into which operators put their work,
// and its device as the current device: Python's "with stream:". Both hold for
// this goroutine, and end with fn, also if it panics. Goroutines that fn starts
// are not in it. Work that a backward pass does for an operator goes into the
// stream of that operator's forward.
//
// What another stream has computed may not be ready: see [Stream.WaitStream] and
// [Tensor.RecordStream].
func (s Stream) With(fn func()) {
	entry.RequireFunc("fn", fn != nil)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	device, before := s.enter()
	defer leaveStream(device, before)
	fn()
}

func (s Stream) enter() (device int64, before Stream) {
	var f frame
	f.putStream(s)
	f.call(entryEnterStream)
	return f.TakeInt(), f.takeStream()
}

func leaveStream(device int64, before Stream) {
	var f frame
	f.PutInt(device)
	f.putStream(before)
	f.call(entryLeaveStream)
}

func (s Stream) ask(fn *csrc.Function) frame {
	var f frame
	f.putStream(s)
	f.call(fn)
	return f
}

// Query reports whether all work in s is done.
func (s Stream) Query() bool {
	f := s.ask(streamQuery)
	return f.TakeBool()
}

// Synchronize waits until all work in s is done.
func (s Stream) Synchronize() { s.ask(streamSynchronize) }

// IsCapturing reports whether work in s is being recorded for a graph.
func (s Stream) IsCapturing() bool {
	f := s.ask(streamIsCapturing)
	return f.TakeBool()
}

// NativeHandle returns the device's own handle of the stream, such as a
// cudaStream_t. It is valid as long as the program runs.
func (s Stream) NativeHandle() uintptr {
	f := s.ask(streamNativeHandle)
	return uintptr(f.Take())
}

// WaitStream has what is put into s from now on wait for what is in other now.
// It returns at once. The streams may be of two devices.
func (s Stream) WaitStream(other AnyStream) {
	var f frame
	f.putStream(s)
	f.putStream(streamOf(other))
	f.call(streamWaitStream)
}

// WaitEvent has what is put into s from now on wait for the event, see
// [Event.Wait].
func (s Stream) WaitEvent(e AnyEvent) { eventOf(e).Wait(s) }

// RecordEvent records an event in s, see [Event.Record]: this one or, without
// one, a new one. It returns the event.
func (s Stream) RecordEvent(e ...AnyEvent) *Event {
	if len(e) == 0 {
		e = []AnyEvent{NewEvent(s.device)}
	}
	event := eventOf(e[0])
	event.Record(s)
	return event
}

// sameHandle reports whether two handles are of one tensor.
func sameHandle(a, b uint64) bool { return (a^b)&^csrc.Side == 0 }

// RecordStream tells the allocator that work in the stream uses t, so that t's
// memory is not reused before that is done: Python's t.record_stream. It is
// needed where t was made in another stream and may be freed before the work is
// done. Only devices with streams have it.
func (t *Tensor) RecordStream(s AnyStream) { opRecordStream(t, streamOf(s)) }
