package cuda

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"

	"github.com/wangkuiyi/gotorch/accelerator"
)

// pickle returns the snapshot as Python's pickle module writes it, with the keys of
// torch.cuda.memory._snapshot().
func pickle(s *Snapshot) []byte {
	p := pickler{seen: map[string]uint32{}}
	p.out.WriteString("\x80\x02") // the protocol
	p.value(s)
	p.out.WriteByte('.')
	return p.out.Bytes()
}

// A pickler writes the opcodes of protocol 2.
type pickler struct {
	out  bytes.Buffer
	seen map[string]uint32 // texts that were written, with their number in the reader's memory
}

// An item is one of a dictionary's.
type item struct {
	key   string
	value any
}

func (p *pickler) dict(items ...item) {
	p.out.WriteString("}(")
	for _, i := range items {
		p.value(i.key)
		p.value(i.value)
	}
	p.out.WriteByte('u')
}

func pickleList[T any](p *pickler, list []T) {
	p.out.WriteString("](")
	for i := range list {
		p.value(&list[i])
	}
	p.out.WriteByte('e')
}

func (p *pickler) value(v any) {
	switch v := v.(type) {
	case string:
		p.text(v)
	case bool:
		p.out.WriteByte(map[bool]byte{true: 0x88, false: 0x89}[v])
	case int:
		p.integer(int64(v))
	case int64:
		p.integer(v)
	case uint64:
		p.unsigned(v)
	case float64:
		p.out.WriteByte('G')
		p.out.Write(binary.BigEndian.AppendUint64(nil, math.Float64bits(v)))
	case accelerator.PoolId:
		p.unsigned(v[0])
		p.unsigned(v[1])
		p.out.WriteByte(0x86) // a tuple of the two
	default:
		p.structure(v)
	}
}

// structure writes a list, or a struct as a dictionary.
func (p *pickler) structure(v any) {
	switch v := v.(type) {
	case []struct{}:
		p.out.WriteByte(']')
	case []Segment:
		pickleList(p, v)
	case []Block:
		pickleList(p, v)
	case []Frame:
		pickleList(p, v)
	case []TraceEntry:
		pickleList(p, v)
	case *[]TraceEntry:
		pickleList(p, *v)
	case [][]TraceEntry:
		pickleList(p, v)
	case *Snapshot:
		p.dict(item{"segments", v.Segments}, item{"device_traces", v.DeviceTraces}, item{"allocator_settings", &v.AllocatorSettings},
			item{"external_annotations", v.ExternalAnnotations}, item{"host_segments", v.HostSegments},
			item{"host_traces", v.HostTraces})
	case divisions:
		p.divisions(v)
	case *AllocatorSettings:
		p.settings(v)
	case *Segment:
		p.dict(item{"device", v.Device}, item{"address", v.Address}, item{"total_size", v.TotalSize},
			item{"allocated_size", v.AllocatedSize}, item{"active_size", v.ActiveSize}, item{"requested_size", v.RequestedSize},
			item{"stream", v.Stream}, item{"segment_type", v.SegmentType}, item{"segment_pool_id", v.SegmentPoolId},
			item{"is_expandable", v.IsExpandable}, item{"blocks", v.Blocks}, item{"frames", v.Frames})
	case *Block:
		p.dict(item{"address", v.Address}, item{"size", v.Size}, item{"requested_size", v.RequestedSize}, item{"state", v.State},
			item{"frames", v.Frames})
	case *Frame:
		p.dict(item{"name", v.Name}, item{"filename", v.Filename}, item{"line", v.Line})
	case *TraceEntry:
		p.trace(v)
	default:
		panic(fmt.Sprintf("cuda: a %T in a snapshot", v))
	}
}

func (p *pickler) trace(t *TraceEntry) {
	items := []item{{"action", t.Action}, {"addr", t.Addr}, {"size", t.Size}, {"stream", t.Stream}, {"time_us", t.TimeUs},
		{"compile_context", t.CompileContext}, {"user_metadata", t.UserMetadata}}
	if t.Action == "oom" {
		items[1] = item{"device_free", t.DeviceFree}
	}
	if t.InternalMetadata != "" {
		items = append(items, item{"internal_metadata", t.InternalMetadata})
	}
	p.dict(append(items, item{"pool_id", t.PoolId}, item{"frames", t.Frames})...)
}

func (p *pickler) settings(s *AllocatorSettings) {
	p.dict(item{"PYTORCH_CUDA_ALLOC_CONF", s.Conf}, item{"max_split_size", s.MaxSplitSize},
		item{"garbage_collection_threshold", s.GarbageCollectionThreshold}, item{"expandable_segments", s.ExpandableSegments},
		item{"pinned_num_register_threads", s.PinnedNumRegisterThreads},
		item{"release_lock_on_cudamalloc", s.ReleaseLockOnCudamalloc},
		item{"pinned_use_cuda_host_register", s.PinnedUseCudaHostRegister},
		item{"graph_capture_record_stream_reuse", s.GraphCaptureRecordStreamReuse},
		item{"max_round_threshold", s.MaxRoundThreshold}, item{"max_cached_size", s.MaxCachedSize},
		item{"roundup_power2_divisions", divisions(s.RoundupPower2Divisions)})
}

// divisions are of sizes of 1, 2, 4 ... MB.
type divisions []int64

func (p *pickler) divisions(d divisions) {
	items := make([]item, len(d))
	for i, n := range d {
		items[i] = item{strconv.Itoa(1 << i), n}
	}
	p.dict(items...)
}

// text writes a string, once; then only its number.
func (p *pickler) text(s string) {
	if n, ok := p.seen[s]; ok {
		p.out.WriteByte('j')
		p.out.Write(binary.LittleEndian.AppendUint32(nil, n))
		return
	}
	n := uint32(len(p.seen))
	p.seen[s] = n
	p.out.WriteByte('X')
	p.out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(s))))
	p.out.WriteString(s)
	p.out.WriteByte('r')
	p.out.Write(binary.LittleEndian.AppendUint32(nil, n))
}

func (p *pickler) integer(n int64) {
	if n == int64(int32(n)) {
		p.out.WriteByte('J')
		p.out.Write(binary.LittleEndian.AppendUint32(nil, uint32(n)))
		return
	}
	p.out.WriteString("\x8a\x08") // 8 bytes follow
	p.out.Write(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func (p *pickler) unsigned(n uint64) {
	if n <= math.MaxInt64 {
		p.integer(int64(n))
		return
	}
	p.out.WriteString("\x8a\x09") // 9 bytes, as the highest bit is the sign
	p.out.Write(append(binary.LittleEndian.AppendUint64(nil, n), 0))
}
