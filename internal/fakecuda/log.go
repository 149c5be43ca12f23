package fakecuda

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

// An Event is something that was asked of a device.
type Event struct {
	// Kind is "operator", "kernel" (one of CUDA's own, of which there are no values),
	// "copy" or "set" (of memory, beneath operators), "record" or "wait" (of an
	// event), "synchronize", "capture" ("begin" or "end"), "replay" or "host function".
	Kind string
	// Name is an operator's with its overload, "aten::add.Tensor", or what there is to
	// say of the others: "event 94", "stream", "1024 bytes".
	Name   string
	Device int
	// Stream is CUDA's handle of the stream, a cudaStream_t; 0 is the device's default
	// stream.
	Stream uintptr
}

func (e Event) String() string {
	return fmt.Sprintf("%s %s on cuda:%d, stream %#x", e.Kind, e.Name, e.Device, e.Stream)
}

// Need skips the test unless there are n simulated devices. In the test the default
// device is the CPU.
func Need(t testing.TB, n int) {
	t.Helper()
	testkit.NeedDevices(t, n)
	if !Simulated() {
		t.Skip(testkit.SkippedDevice + "needs simulated CUDA devices, and these are real")
	}
}

// Simulated reports whether the CUDA devices, which there are, are simulated.
func Simulated() bool { return len(torch.OperatorSchemas("fakecuda::")) > 0 }

// Log runs a function and returns what was asked of the devices meanwhile, by any
// goroutine, in order. Without simulated devices it skips the test.
func Log(t testing.TB, fn func()) []Event {
	t.Helper()
	Need(t, 1)
	torch.Call("fakecuda::keep_log", true)
	defer torch.Call("fakecuda::keep_log", false)
	defer torch.Call("fakecuda::take_log") // if fn panics
	fn()
	events, err := parse(torch.Call("fakecuda::take_log")[0].(string))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// Operators returns those of the events that are operators.
func Operators(events []Event) []Event {
	var operators []Event
	for _, e := range events {
		if e.Kind == "operator" {
			operators = append(operators, e)
		}
	}
	return operators
}

// Launches returns how many of CUDA's own kernels were asked for so far, each of which
// was an error.
func Launches() int64 { return torch.Call("fakecuda::launches")[0].(int64) }

// parse reads the lines of the log: runtime/interface.h says what is in them.
func parse(lines string) ([]Event, error) {
	var events []Event
	for line := range strings.Lines(lines) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 4 {
			return nil, fmt.Errorf("the log has a line of %d fields: %q", len(fields), line)
		}
		device, err := strconv.Atoi(fields[2])
		if err != nil {
			return nil, err
		}
		stream, err := strconv.ParseUint(fields[3], 10, 64)
		if err != nil {
			return nil, err
		}
		events = append(events, Event{fields[0], fields[1], device, uintptr(stream)})
	}
	return events, nil
}
