package cuda

import (
	"math"
	"runtime"
	"strings"
	"sync"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	stackRecorder   = csrc.Entry("stack_recorder(int function) -> int")
	recordHistory   = csrc.Entry("cuda::record_history(bool enabled, int entries, int when, bool clear, str skipped, bool host, bool device, int recorder) -> ()")
	allocationStack = csrc.Entry("cuda::allocation_stack(int address) -> int")
	setMetadata     = csrc.Entry("cuda::set_metadata(str text) -> ()")
	metadata        = csrc.Entry("cuda::metadata() -> str")
	annotate        = csrc.Entry("cuda::annotate(int address, str text) -> ()")
)

// A HistoryOption is an option of [RecordMemoryHistory].
type HistoryOption func(*historyArguments)

type historyArguments struct {
	enabled, context string
	maxEntries       int64
	clear            bool
	skipped          []string
	host, noDevice   bool
}

// HistoryEnabled says what is recorded: "all", which is the default, every request;
// "state", only who has asked for what is in use.
func HistoryEnabled(what string) HistoryOption {
	return func(a *historyArguments) { a.enabled = what }
}

// HistoryContext says of what the program's stack is recorded: "all", which is the
// default; "alloc", requests; "state", memory in use; "none".
func HistoryContext(what string) HistoryOption {
	return func(a *historyArguments) { a.context = what }
}

// HistoryMaxEntries limits how many events are kept, the latest. Its default is all,
// some hundred bytes for each.
func HistoryMaxEntries(n int) HistoryOption {
	return func(a *historyArguments) { a.maxEntries = int64(n) }
}

// ClearHistory forgets what was recorded before. Its default is false.
func ClearHistory(on bool) HistoryOption { return func(a *historyArguments) { a.clear = on } }

// SkipActions leaves out events, by the names in [TraceEntry].
func SkipActions(actions ...string) HistoryOption {
	return func(a *historyArguments) { a.skipped = actions }
}

// RecordPinnedHostMemory records pinned memory, too. Its default is false.
func RecordPinnedHostMemory(on bool) HistoryOption {
	return func(a *historyArguments) { a.host = on }
}

// RecordCuda records memory of the devices. Its default is true.
func RecordCuda(on bool) HistoryOption { return func(a *historyArguments) { a.noDevice = !on } }

// recording is the state of the history.
var recording struct {
	sync.Mutex
	function uint64 // Go's number of the function that returns stacks, or 0
	stop     func() // ends the calls' readiness for it; nil: nothing is recorded
}

// RecordMemoryHistory has the allocators record what is asked of them and from which
// line of the program, until [StopMemoryHistory]: Python's
// torch.cuda.memory._record_memory_history. See [TakeSnapshot] and [DumpSnapshot].
// Operators are slower meanwhile, by some microseconds for each request.
//
// Memory that the garbage collector frees, and requests of a backward pass, which has
// threads of its own, have no stack.
func RecordMemoryHistory(opts ...HistoryOption) {
	a := historyArguments{enabled: "all", context: "all", maxEntries: math.MaxInt64}
	for _, o := range opts {
		o(&a)
	}
	when, ok := map[string]int64{"none": 0, "state": 1, "alloc": 2, "all": 3}[a.context]
	switch {
	case a.enabled != "all" && a.enabled != "state":
		panic(torch.NewError("RuntimeError", "expected state to be 'state', 'all', or None"))
	case !ok:
		panic(torch.NewError("RuntimeError", "expected context to be 'state', 'alloc', 'all', or None"))
	case a.enabled == "state":
		a.maxEntries = 1
	}
	start()
	recording.Lock()
	defer recording.Unlock()
	fresh := recording.stop == nil
	if fresh {
		readStacks()
	}
	done := false
	defer func() {
		if fresh && !done { // PyTorch has refused the arguments
			stopReadingStacks()
		}
	}()
	setHistory(true, when, a)
	done = true
}

// StopMemoryHistory ends what [RecordMemoryHistory] has begun. What was recorded is kept.
func StopMemoryHistory() {
	recording.Lock()
	defer recording.Unlock()
	if recording.stop != nil {
		setHistory(false, 0, historyArguments{})
		stopReadingStacks()
	}
}

// readStacks lets the allocators ask for the program's stack.
func readStacks() {
	recording.function = csrc.RegisterDirect(func(f *csrc.Frame) {
		number := stacks.number()
		f.Reply()
		f.PutInt(int64(number))
	})
	recording.stop = csrc.AllowCallbacks()
}

func stopReadingStacks() {
	recorder(0)
	csrc.Unregister(recording.function)
	recording.stop()
	recording.function, recording.stop = 0, nil
}

// recorder returns the C++ function that allocators call, and which calls the Go
// function with this number, unless that is 0.
func recorder(number uint64) uint64 {
	var f entry.Frame
	f.Put(number)
	f.Call(stackRecorder)
	return f.Take()
}

func setHistory(enabled bool, when int64, a historyArguments) {
	var f entry.Frame
	f.PutBool(enabled)
	f.PutInt(a.maxEntries)
	f.PutInt(when)
	f.PutBool(a.clear)
	f.PutString(strings.Join(a.skipped, " "))
	f.PutBool(a.host)
	f.PutBool(!a.noDevice)
	f.Put(recorder(recording.function))
	f.Call(recordHistory)
}

// stacks are the program's stacks that the history names by number. A program has few
// places that ask for memory, so they are kept.
var stacks stackTable

type stackTable struct {
	sync.Mutex
	numbers map[[maxDepth]uintptr]int
	list    [][maxDepth]uintptr // the number is the index plus one
}

const maxDepth = 64

// number returns the number of the calling goroutine's stack.
func (t *stackTable) number() int {
	var pcs [maxDepth]uintptr
	runtime.Callers(2, pcs[:])
	t.Lock()
	defer t.Unlock()
	if n, ok := t.numbers[pcs]; ok {
		return n
	}
	if t.numbers == nil {
		t.numbers = map[[maxDepth]uintptr]int{}
	}
	t.list = append(t.list, pcs)
	t.numbers[pcs] = len(t.list)
	return len(t.list)
}

// framesOf returns the stack with this number, from the function of this library that
// the program called; nothing for 0.
func framesOf(number int) []Frame {
	list := []Frame{}
	if number == 0 {
		return list
	}
	stacks.Lock()
	pcs := stacks.list[number-1]
	stacks.Unlock()
	frames := runtime.CallersFrames(pcs[:])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if f.Function == "" || len(list) == 0 && isPlumbing(f.Function) {
			continue
		}
		list = append(list, Frame{f.Function, f.File, f.Line})
	}
	return list
}

// isPlumbing reports whether a function is on the way from an operator into libtorch.
func isPlumbing(function string) bool {
	for _, prefix := range []string{"runtime.", "github.com/wangkuiyi/gotorch/csrc.", "github.com/wangkuiyi/gotorch/cuda.(*stackTable)",
		"github.com/wangkuiyi/gotorch/cuda.readStacks", "_cgoexp_"} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	name, ok := strings.CutPrefix(function, "github.com/wangkuiyi/gotorch/torch.")
	return ok && (strings.HasPrefix(name, "(*frame)") || name[0] >= 'a' && name[0] <= 'z')
}

// AllocationTraceback returns where a tensor's memory was asked for, innermost first;
// nothing, if the history did not record that.
func AllocationTraceback(t *torch.Tensor) []Frame {
	if !t.IsCuda() {
		return nil
	}
	var f entry.Frame
	f.Put(base(t))
	f.Call(allocationStack)
	runtime.KeepAlive(t)
	return framesOf(int(f.TakeInt()))
}

// base returns the address where the memory of t's storage begins.
func base(t *torch.Tensor) uint64 {
	return uint64(t.DataPtr()) - uint64(t.StorageOffset())*uint64(t.DType().Itemsize())
}

// WithMemoryMetadata runs fn, and has the history say text of all memory that its
// goroutine asks for meanwhile: Python's torch.cuda.memory._set_memory_metadata.
func WithMemoryMetadata(text string, fn func()) {
	entry.RequireFunc("fn", fn != nil)
	start()
	runtime.LockOSThread() // libtorch keeps the text for each thread
	defer runtime.UnlockOSThread()
	defer putMetadata(GetMemoryMetadata())
	putMetadata(text)
	fn()
}

func putMetadata(text string) {
	var f entry.Frame
	f.PutString(text)
	f.Call(setMetadata)
}

// GetMemoryMetadata returns the text of [WithMemoryMetadata], or "".
func GetMemoryMetadata() string {
	start()
	var f entry.Frame
	f.Call(metadata)
	return f.TakeString()
}

// AnnotateTensor adds text to the history of a tensor's memory, Python's
// torch.cuda.memory._annotate_tensor.
func AnnotateTensor(t *torch.Tensor, text string) {
	if !t.IsCuda() {
		panic(torch.NewError("ValueError", "expected a CUDA tensor, got device %s", t.Device()))
	}
	var f entry.Frame
	f.Put(base(t))
	f.PutString(text)
	f.Call(annotate)
	runtime.KeepAlive(t)
}
