package cuda

import (
	"fmt"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	newStream      = csrc.Entry("cuda::new_stream(int device, int priority) -> Stream")
	currentStream  = csrc.Entry("cuda::current_stream(int device) -> Stream")
	defaultStream  = csrc.Entry("cuda::default_stream(int device) -> Stream")
	externalStream = csrc.Entry("cuda::external_stream(int handle, int device) -> Stream")
	streamPriority = csrc.Entry("cuda::stream_priority(Stream s) -> int")
	priorityRange  = csrc.Entry("cuda::stream_priority_range() -> (int, int)")
)

// A Stream is a queue of work of a GPU, Python's torch.cuda.Stream. It can do what
// a [torch.Stream] can.
type Stream struct{ torch.Stream }

// NewStream returns a new stream of a device; without one, of the current device.
// Python's torch.cuda.Stream. Options: a [torch.Device], [torch.Priority].
func NewStream(opts ...torch.NewStreamOption) Stream {
	device, priority := torch.NewStreamArguments(opts)
	return askStream(newStream, index([]torch.Device{device}), priority)
}

// askStream calls a function that takes integers and returns a stream.
func askStream(fn *csrc.Function, arguments ...int) Stream {
	var f entry.Frame
	for _, a := range arguments {
		f.PutInt(int64(a))
	}
	f.Call(fn)
	return Stream{torch.TakeStream(&f)}
}

// CurrentStream returns the stream into which this goroutine's operators put the
// work of a device.
func CurrentStream(device ...torch.Device) Stream { return askStream(currentStream, index(device)) }

// DefaultStream returns a device's default stream.
func DefaultStream(device ...torch.Device) Stream { return askStream(defaultStream, index(device)) }

// ExternalStream returns the stream that another library made: handle is its
// cudaStream_t. It must live as long as the result is used, and belong to the
// device. Python's torch.cuda.ExternalStream and get_stream_from_external.
func ExternalStream(handle uintptr, device ...torch.Device) Stream {
	return askStream(externalStream, int(handle), index(device))
}

// WithStream runs fn with s as the current stream and its device as the current
// device, see [torch.Stream.With]. Python's "with torch.cuda.stream(s):". With nil
// it just runs fn.
func WithStream(s torch.AnyStream, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	if s == nil {
		fn()
		return
	}
	stream := s.AsStream()
	checkType(stream.Device())
	stream.With(fn)
}

// CudaStream returns the stream's cudaStream_t.
func (s Stream) CudaStream() uintptr { return s.NativeHandle() }

// Priority returns the stream's priority: the lower, the sooner its work is begun.
func (s Stream) Priority() int {
	var f entry.Frame
	s.PutInto(&f)
	f.Call(streamPriority)
	return int(f.TakeInt())
}

// PriorityRange returns the lowest priority that a stream can have, which is 0, and
// the highest, a negative number.
func PriorityRange() (least, greatest int) {
	start()
	var f entry.Frame
	f.Call(priorityRange)
	return int(f.TakeInt()), int(f.TakeInt())
}

// String returns what Python prints.
func (s Stream) String() string {
	return fmt.Sprintf("<torch.cuda.Stream device=%s cuda_stream=%#x>", s.Device(), s.CudaStream())
}
