package cuda

import (
	"fmt"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	utilization = csrc.Entry("cuda::utilization(int device) -> (int, int)")
	temperature = csrc.Entry("cuda::temperature(int device) -> int")
	powerDraw   = csrc.Entry("cuda::power_draw(int device) -> int")
	clockRate   = csrc.Entry("cuda::clock_rate(int device) -> int")
	memoryUsed  = csrc.Entry("cuda::memory_used(int device) -> int")
	processes   = csrc.Entry("cuda::processes(int device) -> int[]")
)

// What nvidia-smi shows of a GPU, whoever uses it. The driver's library NVML says so;
// without it these functions panic with "cuda driver can't be loaded, is cuda enabled?".

// Utilization returns the percentage of the last moment, of a sixth of a second to a
// second, in which kernels ran on a device.
func Utilization(device ...torch.Device) int {
	f := askOf(device, utilization)
	return int(f.TakeInt())
}

// MemoryUsage returns the percentage of the last moment in which a device's memory was
// read or written.
func MemoryUsage(device ...torch.Device) int {
	f := askOf(device, utilization)
	f.Take()
	return int(f.TakeInt())
}

// Temperature returns a device's temperature in degrees centigrade.
func Temperature(device ...torch.Device) int {
	f := askOf(device, temperature)
	return int(f.TakeInt())
}

// PowerDraw returns the power that a device takes, in milliwatts.
func PowerDraw(device ...torch.Device) int {
	f := askOf(device, powerDraw)
	return int(f.TakeInt())
}

// ClockRate returns the rate of a device's multiprocessors in MHz.
func ClockRate(device ...torch.Device) int {
	f := askOf(device, clockRate)
	return int(f.TakeInt())
}

// DeviceMemoryUsed returns the bytes of a device that all programs together use.
func DeviceMemoryUsed(device ...torch.Device) int64 {
	f := askOf(device, memoryUsed)
	return f.TakeInt()
}

// ListGpuProcesses lists the processes that use a device, with the memory of each, for
// people to read.
func ListGpuProcesses(device ...torch.Device) string {
	f := askOf(device, processes)
	numbers := f.TakeInts()
	lines := []string{fmt.Sprintf("GPU:%d", numbers[0])}
	if len(numbers) == 1 {
		lines = append(lines, "no processes are running")
	}
	for i := 1; i < len(numbers); i += 2 {
		lines = append(lines, fmt.Sprintf("process %10d uses %12.3f MB GPU memory", numbers[i], float64(numbers[i+1])/(1<<20)))
	}
	return strings.Join(lines, "\n")
}

// askOf calls a function about a device.
func askOf(device []torch.Device, fn *csrc.Function) entry.Frame {
	var f entry.Frame
	f.PutInt(int64(existing(device, "Invalid device id")))
	f.Call(fn)
	return f
}
