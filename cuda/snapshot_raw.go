package cuda

import "github.com/wangkuiyi/gotorch/accelerator"

// What libgotorch_cuda.so sends, with its names.

type rawSnapshot struct {
	Segments     []rawSegment `json:"segments"`
	DeviceTraces [][]rawTrace `json:"device_traces"`
	Settings     struct {
		Conf                  string  `json:"conf"`
		MaxSplitSize          int64   `json:"max_split_size"`
		CollectionThreshold   float64 `json:"garbage_collection_threshold"`
		Expandable            bool    `json:"expandable_segments"`
		RegisterThreads       int64   `json:"pinned_num_register_threads"`
		ReleaseLock           bool    `json:"release_lock_on_malloc"`
		HostRegister          bool    `json:"pinned_use_host_register"`
		RecordStreamReuse     bool    `json:"graph_capture_record_stream_reuse"`
		MaxRoundThreshold     int64   `json:"max_round_threshold"`
		MaxCachedSize         int64   `json:"max_cached_size"`
		RoundupPower2Division []int64 `json:"roundup_power2_divisions"`
	} `json:"allocator_settings"`
	HostSegments []rawHostSegment `json:"host_segments"`
	HostTraces   []rawTrace       `json:"host_traces"`
}

type rawSegment struct {
	Device        int                `json:"device"`
	Address       uint64             `json:"address"`
	TotalSize     int64              `json:"total_size"`
	AllocatedSize int64              `json:"allocated_size"`
	ActiveSize    int64              `json:"active_size"`
	RequestedSize int64              `json:"requested_size"`
	Stream        uint64             `json:"stream"`
	Large         bool               `json:"large"`
	Pool          accelerator.PoolId `json:"pool"`
	Expandable    bool               `json:"expandable"`
	Blocks        []rawBlock         `json:"blocks"`
	Stack         int                `json:"stack"`
}

type rawBlock struct {
	Size          int64 `json:"size"`
	RequestedSize int64 `json:"requested_size"`
	Allocated     bool  `json:"allocated"`
	Active        bool  `json:"active"`
	Stack         int   `json:"stack"`
}

type rawHostSegment struct {
	Address   uint64             `json:"address"`
	Size      int64              `json:"size"`
	Allocated bool               `json:"allocated"`
	Active    bool               `json:"active"`
	Pool      accelerator.PoolId `json:"pool"`
	Stack     int                `json:"stack"`
}

type rawTrace struct {
	Action           int                `json:"action"`
	Addr             uint64             `json:"addr"`
	Size             int64              `json:"size"`
	Stream           uint64             `json:"stream"`
	TimeUs           int64              `json:"time_us"`
	Pool             accelerator.PoolId `json:"pool"`
	CompileContext   string             `json:"compile_context"`
	UserMetadata     string             `json:"user_metadata"`
	InternalMetadata string             `json:"internal_metadata"`
	Stack            int                `json:"stack"`
}

func (r *rawSnapshot) snapshot() *Snapshot {
	s := &Snapshot{HostTraces: tracesOf(r.HostTraces)}
	for i := range r.Segments {
		s.Segments = append(s.Segments, r.Segments[i].segment())
	}
	for _, t := range r.DeviceTraces {
		s.DeviceTraces = append(s.DeviceTraces, tracesOf(t))
	}
	for i := range r.HostSegments {
		s.HostSegments = append(s.HostSegments, r.HostSegments[i].segment())
	}
	c := &r.Settings
	s.AllocatorSettings = AllocatorSettings{c.Conf, c.MaxSplitSize, c.CollectionThreshold, c.Expandable, c.RegisterThreads,
		c.ReleaseLock, c.HostRegister, c.RecordStreamReuse, c.MaxRoundThreshold, c.MaxCachedSize, c.RoundupPower2Division}
	return s
}

func (r *rawSegment) segment() Segment {
	s := Segment{Device: r.Device, Address: r.Address, TotalSize: r.TotalSize, AllocatedSize: r.AllocatedSize,
		ActiveSize: r.ActiveSize, RequestedSize: r.RequestedSize, Stream: r.Stream, SegmentType: "small",
		SegmentPoolId: r.Pool, IsExpandable: r.Expandable, Frames: framesOf(r.Stack)}
	if r.Large {
		s.SegmentType = "large"
	}
	address := r.Address
	for _, b := range r.Blocks {
		s.Blocks = append(s.Blocks, Block{address, b.Size, b.RequestedSize, blockState(b.Allocated, b.Active), framesOf(b.Stack)})
		address += uint64(b.Size)
	}
	return s
}

func blockState(allocated, active bool) string {
	switch {
	case allocated:
		return "active_allocated"
	case active:
		return "active_pending_free"
	}
	return "inactive"
}

// segment returns a block of pinned memory as Python shows it: as a segment with one
// block.
func (r *rawHostSegment) segment() Segment {
	frames := framesOf(r.Stack)
	s := Segment{Device: -1, Address: r.Address, TotalSize: r.Size, RequestedSize: r.Size, SegmentType: "small",
		SegmentPoolId: r.Pool, Frames: frames,
		Blocks: []Block{{r.Address, r.Size, r.Size, blockState(r.Allocated, r.Active), frames}}}
	if r.Allocated {
		s.AllocatedSize = r.Size
	}
	if r.Active {
		s.ActiveSize = r.Size
	}
	return s
}

// actions are the names of libtorch's TraceEntry::Action.
var actions = [...]string{
	"alloc", "free_requested", "free_completed", "segment_alloc", "segment_free", "segment_map", "segment_unmap", "snapshot",
	"oom", "annotate",
}

func tracesOf(raw []rawTrace) []TraceEntry {
	traces := make([]TraceEntry, len(raw))
	for i, r := range raw {
		traces[i] = TraceEntry{Action: actions[r.Action], Addr: r.Addr, Size: r.Size, Stream: r.Stream, TimeUs: r.TimeUs,
			CompileContext: r.CompileContext, UserMetadata: r.UserMetadata, InternalMetadata: r.InternalMetadata,
			PoolId: r.Pool, Frames: framesOf(r.Stack)}
		if t := &traces[i]; t.Action == "oom" {
			t.Addr, t.DeviceFree = 0, r.Addr
		}
	}
	return traces
}
