package accelerator

import (
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var currentStream = csrc.Entry("current_stream(Device device) -> Stream")

// CurrentStream returns the stream into which this goroutine's operators put the
// work of a device.
func CurrentStream(device ...torch.Device) torch.Stream {
	var f entry.Frame
	deviceOr(device).PutInto(&f)
	f.Call(currentStream)
	return torch.TakeStream(&f)
}

// WithStream runs fn with s as the current stream and its device as the current
// device, see [torch.Stream.With]. Python's "with stream:".
func WithStream(s torch.AnyStream, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	if s == nil {
		panic(torch.NewError("TypeError", "argument 's' must be Stream, not None"))
	}
	stream := s.AsStream()
	check(stream.Device())
	stream.With(fn)
}
