package cuda_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/nn"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestHistory(t *testing.T) {
	testkit.NeedDevices(t, 1)
	torch.CollectGarbage()
	cuda.EmptyCache()
	cuda.RecordMemoryHistory(cuda.RecordPinnedHostMemory(true), cuda.ClearHistory(true))
	defer cuda.StopMemoryHistory()
	x := allocateHere(last())
	defer x.Close()
	torch.Empty([]int64{100}, torch.PinMemory(true)).Close()
	cuda.WithMemoryMetadata("a layer", func() {
		assert.Equal(t, "a layer", cuda.GetMemoryMetadata())
		m := nn.NewLinear(100, 100)
		m.To(last())
		m.Forward(torch.Ones([]int64{100}, last()))
	})
	assert.Empty(t, cuda.GetMemoryMetadata())
	cuda.AnnotateTensor(x.Narrow(0, 5, 5), "mine")
	here := cuda.AllocationTraceback(x)
	require.NotEmpty(t, here)
	assert.Equal(t, "github.com/wangkuiyi/gotorch/torch.Ones", here[0].Name)
	assert.True(t, strings.HasSuffix(here[1].Name, "cuda_test.allocateHere"), here[1].Name)
	assert.Equal(t, "snapshot_test.go", filepath.Base(here[1].Filename))

	s := cuda.TakeSnapshot()
	d := last().Index()
	require.Len(t, s.DeviceTraces, cuda.DeviceCount())
	traces := s.DeviceTraces[d]
	require.GreaterOrEqual(t, len(traces), 4)
	assert.Equal(t, "segment_alloc", traces[0].Action)
	assert.Equal(t, "alloc", traces[1].Action)
	assert.Equal(t, int64(40), traces[1].Size)
	assert.Equal(t, here, traces[1].Frames)
	texts, annotations := 0, 0
	for _, e := range traces {
		if e.UserMetadata == "a layer" {
			texts++
		}
		if e.Action == "annotate" {
			annotations++
			assert.Equal(t, "mine", e.UserMetadata)
			assert.Equal(t, traces[1].Addr, e.Addr)
		}
	}
	assert.GreaterOrEqual(t, texts, 3)
	assert.Equal(t, 1, annotations)
	require.NotEmpty(t, s.HostTraces)
	assert.Equal(t, int64(512), s.HostTraces[0].Size)
	var block *cuda.Block
	for _, segment := range s.Segments {
		for i := range segment.Blocks {
			if segment.Blocks[i].Address == traces[1].Addr {
				block = &segment.Blocks[i]
				assert.Equal(t, d, segment.Device)
			}
		}
	}
	require.NotNil(t, block)
	assert.Equal(t, "active_allocated", block.State)
	assert.Equal(t, int64(40), block.RequestedSize)
	assert.Equal(t, here, block.Frames)

	cuda.StopMemoryHistory()
	count := len(cuda.TakeSnapshot().DeviceTraces[d])
	torch.Ones([]int64{10}, last()).Close()
	assert.Len(t, cuda.TakeSnapshot().DeviceTraces[d], count)
	assert.Equal(t, s.Segments[0].Address, cuda.MemorySnapshot()[0].Address)
}

//go:noinline
func allocateHere(d torch.Device) *torch.Tensor { return torch.Ones([]int64{10}, d) }

// PyTorch's own tools read the file, and what they find is what Python's own snapshot
// has, in its order.
func TestDumpSnapshot(t *testing.T) {
	testkit.NeedDevices(t, 1)
	torch.CollectGarbage()
	cuda.EmptyCache()
	cuda.RecordMemoryHistory(cuda.RecordPinnedHostMemory(true), cuda.ClearHistory(true))
	defer cuda.StopMemoryHistory()
	x := allocateHere(torch.CUDA(0))
	defer x.Close()
	pinned := torch.Empty([]int64{100}, torch.PinMemory(true))
	defer pinned.Close()
	cuda.SetPerProcessMemoryFraction(0.5)
	defer cuda.SetPerProcessMemoryFraction(1)
	assert.Error(t, torch.Try(func() { torch.Empty([]int64{800 * mb}, torch.Uint8, torch.CUDA()) }))
	file := filepath.Join(t.TempDir(), "snapshot.pickle")
	require.NoError(t, cuda.DumpSnapshot(file))
	py := parity.RunOnDevices(t, 1, `
		import pickle
		from torch.cuda import _memory_viz as viz
		go = pickle.load(open("`+file+`", "rb"))
		torch.cuda.empty_cache() # which has what other tests freed
		torch.cuda.memory._record_memory_history(record_pinned_host_memory=True, stacks="python")
		x = torch.ones(10, device="cuda:0")
		h = torch.empty(100, pin_memory=True)
		torch.cuda.set_per_process_memory_fraction(0.5)
		try: torch.empty(800 << 20, dtype=torch.uint8, device="cuda:0")
		except torch.OutOfMemoryError: pass
		own = torch.cuda.memory._snapshot()
		torch.cuda.memory._record_memory_history(None)
		torch.cuda.set_per_process_memory_fraction(1.0)
		def shape(v):
		    if isinstance(v, dict): return {k: shape(x) for k, x in v.items() if k not in ("blocks", "frames")}
		    return type(v).__name__
		def action(s, name): return shape(next(e for e in s["device_traces"][0] if e["action"] == name))
		def keys(s): return [list(s), shape(s["segments"][0]), shape(s["segments"][0]["blocks"][0]), action(s, "alloc"),
		    action(s, "oom"), shape(s["host_segments"][0]), shape(s["host_traces"][0]), s["allocator_settings"],
		    shape(next(b for b in s["segments"][0]["blocks"] if b["frames"])["frames"][0])]
		out["own"], out["go"] = str(keys(own)), str(keys(go))
		out["plot"] = viz.trace_plot(go) + viz.segment_plot(go)
		out["text"] = viz.segsum(go)
		out["frame"] = go["device_traces"][0][1]["frames"][1]["name"]
		out["trace"] = viz.trace(go)
	`)
	assert.Equal(t, py.Text("own"), py.Text("go"))
	assert.Contains(t, py.Text("plot"), "<script")
	assert.Contains(t, py.Text("text"), "total_reserved: ")
	assert.Contains(t, py.Text("trace"), "a[0:40.0B]\nraise OutOfMemoryError # 800.0MiB requested")
	assert.Contains(t, py.Text("frame"), "cuda_test.allocateHere")
}

// The frames of a stack are known by number, one for each stack.
func TestHistoryOptions(t *testing.T) {
	testkit.NeedDevices(t, 1)
	cuda.RecordMemoryHistory(cuda.HistoryContext("none"), cuda.HistoryMaxEntries(2), cuda.ClearHistory(true),
		cuda.SkipActions("free_completed", "free_requested"))
	defer cuda.StopMemoryHistory()
	for range 5 {
		torch.Ones([]int64{10}, torch.CUDA()).Close()
	}
	traces := cuda.TakeSnapshot().DeviceTraces[0]
	assert.Len(t, traces, 2)
	for _, e := range traces {
		assert.Equal(t, "alloc", e.Action)
		assert.Empty(t, e.Frames)
	}
	cuda.RecordMemoryHistory(cuda.HistoryEnabled("state"), cuda.ClearHistory(true))
	x := allocateHere(torch.CUDA())
	defer x.Close()
	assert.NotEmpty(t, cuda.AllocationTraceback(x))
	assert.Empty(t, cuda.AllocationTraceback(torch.Ones([]int64{1})))
}
