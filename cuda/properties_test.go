package cuda_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/wangkuiyi/gotorch/cuda"
	"github.com/wangkuiyi/gotorch/internal/parity"
	"github.com/wangkuiyi/gotorch/internal/testkit"
	"github.com/wangkuiyi/gotorch/torch"
)

func TestProperties(t *testing.T) {
	py := parity.RunOnDevices(t, 1, `
		d = torch.cuda.device_count() - 1
		p = torch.cuda.get_device_properties(d)
		out["text"] = repr(p)
		out["name"] = torch.cuda.get_device_name(d)
		out["capability"] = torch.cuda.get_device_capability(d)
		out["uuid"] = str(p.uuid)
		out["gcn"] = p.gcnArchName
		out["numbers"] = [p.major, p.minor, p.is_multi_gpu_board, p.is_integrated, p.multi_processor_count, p.total_memory,
		    p.max_threads_per_multi_processor, p.max_threads_per_block, p.warp_size, p.regs_per_multiprocessor,
		    p.shared_memory_per_block, p.shared_memory_per_block_optin, p.shared_memory_per_multiprocessor, p.L2_cache_size,
		    p.clock_rate, p.memory_clock_rate, p.memory_bus_width, p.pci_bus_id, p.pci_device_id, p.pci_domain_id]
		out["count"] = len([n for n in dir(p) if n[0] != "_"])
		out["archs"] = torch.cuda.get_arch_list()
		out["flags"] = torch.cuda.get_gencode_flags()
		out["supported"] = [torch.cuda.is_bf16_supported(), torch.cuda.is_tf32_supported(), torch.cuda.is_bf16_supported(including_emulation=False)]
	`)
	p := cuda.GetDeviceProperties(last())
	assert.Equal(t, py.Text("text"), p.String())
	assert.Equal(t, py.Text("name"), cuda.GetDeviceName(last()))
	major, minor := cuda.GetDeviceCapability(last())
	assert.Equal(t, py.Numbers("capability"), []float64{float64(major), float64(minor)})
	assert.Equal(t, py.Text("uuid"), p.UuidString())
	assert.Equal(t, py.Text("gcn"), p.GcnArchName)
	var numbers []float64
	v := reflect.ValueOf(p.DeviceNumbers)
	for i := range v.NumField() {
		numbers = append(numbers, float64(v.Field(i).Int()))
	}
	assert.Equal(t, py.Numbers("numbers"), numbers)
	assert.Equal(t, py.Number("count"), float64(len(numbers)+3), "fields that Python shows")
	assert.Equal(t, py.Strings("archs"), cuda.GetArchList())
	assert.Equal(t, py.Text("flags"), cuda.GetGencodeFlags())
	assert.Equal(t, []string{"true", "true", "true"}, py.Strings("supported"))
	assert.True(t, cuda.IsBf16Supported())
	assert.True(t, cuda.IsBf16Supported(cuda.IncludingEmulation(false)))
	assert.True(t, cuda.IsTf32Supported())
}

func TestPeerAccess(t *testing.T) {
	py := parity.RunOnDevices(t, 2, `out["can"] = int(torch.cuda.can_device_access_peer(0, 1))`)
	assert.Equal(t, py.Number("can") == 1, cuda.CanDeviceAccessPeer(torch.CUDA(0), torch.CUDA(1)))
}

func TestRandom(t *testing.T) {
	testkit.NeedDevices(t, 2)
	draw := func(i int) []float32 { return torch.Data[float32](torch.Rand([]int64{4}, torch.CUDA(i))) }
	cuda.ManualSeedAll(5)
	first := draw(0)
	assert.Equal(t, first, draw(1))
	assert.Equal(t, uint64(5), cuda.InitialSeed())
	cuda.ManualSeed(6)
	assert.Equal(t, uint64(6), cuda.InitialSeed())
	cuda.WithDevice(torch.CUDA(1), func() { assert.Equal(t, uint64(5), cuda.InitialSeed()) })

	states := cuda.GetRngStateAll()
	assert.Len(t, states, 2)
	one, two := draw(0), draw(1)
	assert.NotEqual(t, one, two)
	cuda.SetRngStateAll(states)
	assert.Equal(t, one, draw(0))
	assert.Equal(t, two, draw(1))
	state := cuda.GetRngState(torch.CUDA(1))
	three := draw(1)
	cuda.SetRngState(state, torch.CUDA(1))
	assert.Equal(t, three, draw(1))

	cuda.Seed()
	assert.NotEqual(t, uint64(6), cuda.InitialSeed())
	cuda.SeedAll()
	assert.Equal(t, draw(0), draw(1))
	torch.ManualSeed(5)
	assert.Equal(t, first, draw(0))
	assert.Equal(t, first, draw(1))
}

func TestSyncDebugMode(t *testing.T) {
	testkit.NeedDevices(t, 1)
	x := torch.Ones([]int64{2}, torch.CUDA())
	assert.Equal(t, 0, cuda.GetSyncDebugMode())
	defer cuda.SetSyncDebugMode("default")
	cuda.SetSyncDebugMode("error")
	assert.Equal(t, 2, cuda.GetSyncDebugMode())
	assert.Contains(t, refusal(t, func() { x.Sum().Item() }).Message, "called a synchronizing CUDA operation")
	cuda.SetSyncDebugMode("default")
	assert.Equal(t, 2.0, x.Sum().Item())
}
