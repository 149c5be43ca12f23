package cuda

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/wangkuiyi/gotorch/accelerator"
	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
)

var memorySnapshot = csrc.Entry("cuda::memory_snapshot(int pool, int graph, bool traces) -> str")

// A Snapshot is the state of the allocators at one moment and, where
// [RecordMemoryHistory] was called, how it came about. Addresses are the GPU's.
type Snapshot struct {
	Segments            []Segment
	DeviceTraces        [][]TraceEntry // of each device
	AllocatorSettings   AllocatorSettings
	ExternalAnnotations []struct{} // always empty
	HostSegments        []Segment  // of pinned memory
	HostTraces          []TraceEntry
}

// A Segment is a piece of memory that the allocator has got from the device.
type Segment struct {
	Device        int
	Address       uint64
	TotalSize     int64
	AllocatedSize int64 // of blocks that tensors hold
	ActiveSize    int64 // of those, and of blocks that wait for a stream
	RequestedSize int64
	Stream        uint64 // a cudaStream_t
	SegmentType   string // "small" or "large"
	SegmentPoolId accelerator.PoolId
	IsExpandable  bool
	Blocks        []Block
	Frames        []Frame // who needed it
}

// A Block is a part of a segment.
type Block struct {
	Address       uint64
	Size          int64
	RequestedSize int64  // before rounding
	State         string // "active_allocated", "active_pending_free" (it waits for a stream) or "inactive"
	Frames        []Frame
}

// A TraceEntry is something that an allocator did.
type TraceEntry struct {
	// Action is "alloc", "free_requested", "free_completed", "segment_alloc",
	// "segment_free", "segment_map", "segment_unmap", "snapshot", "oom" or "annotate".
	Action           string
	Addr             uint64 // not for "oom"
	DeviceFree       uint64 // for "oom" alone
	Size             int64
	Stream           uint64
	TimeUs           int64 // since 1970
	CompileContext   string
	UserMetadata     string // see [SetMemoryMetadata]
	InternalMetadata string
	PoolId           accelerator.PoolId
	Frames           []Frame
}

// A Frame is a line of the program, or of this library, innermost first.
type Frame struct {
	Name     string
	Filename string
	Line     int
}

// AllocatorSettings is what the environment variable PYTORCH_ALLOC_CONF has set. -1 is
// no limit.
type AllocatorSettings struct {
	Conf                          string
	MaxSplitSize                  int64
	GarbageCollectionThreshold    float64
	ExpandableSegments            bool
	PinnedNumRegisterThreads      int64
	ReleaseLockOnCudamalloc       bool
	PinnedUseCudaHostRegister     bool
	GraphCaptureRecordStreamReuse bool
	MaxRoundThreshold             int64
	MaxCachedSize                 int64
	RoundupPower2Divisions        []int64 // for 1, 2, 4 ... MB
}

// TakeSnapshot returns the state of all devices' memory, Python's
// torch.cuda.memory._snapshot.
func TakeSnapshot() *Snapshot { return takeSnapshot(accelerator.PoolId{}, true) }

// MemorySnapshot returns the segments of all devices' memory, Python's
// torch.cuda.memory_snapshot: of one private pool, or of all.
func MemorySnapshot(pool ...accelerator.PoolId) []Segment {
	if len(pool) == 0 {
		pool = make([]accelerator.PoolId, 1)
	}
	return takeSnapshot(pool[0], false).Segments
}

func takeSnapshot(pool accelerator.PoolId, traces bool) *Snapshot {
	if !IsInitialized() {
		return &Snapshot{}
	}
	var f entry.Frame
	f.Put(pool[0])
	f.Put(pool[1])
	f.PutBool(traces)
	f.Call(memorySnapshot)
	var raw rawSnapshot
	if err := json.Unmarshal([]byte(f.TakeString()), &raw); err != nil {
		panic(fmt.Errorf("cuda: a snapshot that cannot be read: %w", err)) // libgotorch wrote it
	}
	return raw.snapshot()
}

// DumpSnapshot writes a snapshot to a file that PyTorch's viewer reads, at
// https://pytorch.org/memory_viz, and Python's torch.cuda._memory_viz. Python's
// torch.cuda.memory._dump_snapshot.
func DumpSnapshot(path string) error {
	return os.WriteFile(path, pickle(TakeSnapshot()), 0o666)
}
