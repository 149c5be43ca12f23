package cuda

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/wangkuiyi/gotorch/csrc"
	"github.com/wangkuiyi/gotorch/internal/entry"
	"github.com/wangkuiyi/gotorch/internal/stats"
	"github.com/wangkuiyi/gotorch/torch"
)

var (
	deviceName       = csrc.Entry("cuda::device_name(int device) -> str")
	deviceUUID       = csrc.Entry("cuda::device_uuid(int device) -> str")
	deviceProperties = csrc.Entry("cuda::device_properties(int device) -> int[]")
	canAccessPeer    = csrc.Entry("cuda::can_access_peer(int device, int peer) -> bool")
)

// DeviceProperties describe a GPU. Sizes are in bytes, rates in kHz, and the width of
// the memory's bus in bits.
type DeviceProperties struct {
	Name string
	Uuid [16]byte
	// GcnArchName is the name, except for AMD's GPUs.
	GcnArchName string
	DeviceNumbers
}

// DeviceNumbers are the [DeviceProperties] that are numbers.
type DeviceNumbers struct {
	Major, Minor                  int64 // of the compute capability
	IsMultiGpuBoard               int64 // 1 or 0
	IsIntegrated                  int64 // 1 or 0
	MultiProcessorCount           int64
	TotalMemory                   int64
	MaxThreadsPerMultiProcessor   int64
	MaxThreadsPerBlock            int64
	WarpSize                      int64
	RegsPerMultiprocessor         int64
	SharedMemoryPerBlock          int64
	SharedMemoryPerBlockOptin     int64
	SharedMemoryPerMultiprocessor int64
	L2CacheSize                   int64
	ClockRate                     int64
	MemoryClockRate               int64
	MemoryBusWidth                int64
	PciBusId                      int64
	PciDeviceId                   int64
	PciDomainId                   int64
}

// UuidString returns the Uuid as nvidia-smi writes it, without its "GPU-".
func (p *DeviceProperties) UuidString() string {
	u := p.Uuid
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// String returns what Python prints.
func (p *DeviceProperties) String() string {
	const mb = 1 << 20
	return fmt.Sprintf("_CudaDeviceProperties(name='%s', major=%d, minor=%d, total_memory=%dMB, multi_processor_count=%d, "+
		"uuid=%s, pci_bus_id=%d, pci_device_id=%d, pci_domain_id=%d, L2_cache_size=%dMB)", p.Name, p.Major, p.Minor,
		p.TotalMemory/mb, p.MultiProcessorCount, p.UuidString(), p.PciBusId, p.PciDeviceId, p.PciDomainId, p.L2CacheSize/mb)
}

// existing returns the index of the one device given, which must exist.
func existing(device []torch.Device, message string) int {
	start()
	i := index(device)
	if i >= DeviceCount() {
		panic(torch.NewError("AssertionError", "%s", message))
	}
	return i
}

// GetDeviceProperties describes a device.
func GetDeviceProperties(device ...torch.Device) *DeviceProperties {
	i := existing(device, "Invalid device id")
	p := &DeviceProperties{Name: textOf(deviceName, i)}
	p.GcnArchName = p.Name
	copy(p.Uuid[:], textOf(deviceUUID, i))
	var f entry.Frame
	f.PutInt(int64(i))
	f.Call(deviceProperties)
	stats.Fill(&p.DeviceNumbers, f.TakeInts())
	return p
}

func textOf(fn *csrc.Function, device int) string {
	var f entry.Frame
	f.PutInt(int64(device))
	f.Call(fn)
	return f.TakeString()
}

// GetDeviceName returns a device's name, such as "NVIDIA H100 80GB HBM3".
func GetDeviceName(device ...torch.Device) string {
	return textOf(deviceName, existing(device, "Invalid device id"))
}

// GetDeviceCapability returns a device's compute capability, such as 9 and 0.
func GetDeviceCapability(device ...torch.Device) (major, minor int) {
	p := GetDeviceProperties(device...)
	return int(p.Major), int(p.Minor)
}

// CanDeviceAccessPeer reports whether a device can read the memory of another one
// without a detour through the host's.
func CanDeviceAccessPeer(device, peer torch.Device) bool {
	i := existing([]torch.Device{device}, "Invalid device id")
	j := existing([]torch.Device{peer}, "Invalid peer device id")
	var f entry.Frame
	f.PutInt(int64(i))
	f.PutInt(int64(j))
	f.Call(canAccessPeer)
	return f.TakeBool()
}

// IncludingEmulation has [IsBf16Supported] count devices that compute with bfloat16 by
// other means than their hardware, as all do that libtorch knows. Its default is true.
type IncludingEmulation bool

// IsBf16Supported reports whether the current device computes with bfloat16, Python's
// torch.cuda.is_bf16_supported. False where CUDA is not available.
func IsBf16Supported(including ...IncludingEmulation) bool {
	switch {
	case !IsAvailable():
		return false
	case hasAmpere():
		return true
	case len(including) > 0 && !bool(including[0]):
		return false
	}
	return torch.Try(func() {
		torch.Zeros([]int64{1}, torch.BFloat16, torch.CUDA(CurrentDevice())).Close()
	}) == nil
}

// IsTf32Supported reports whether the current device has TF32 arithmetic.
func IsTf32Supported() bool { return IsAvailable() && hasAmpere() }

// hasAmpere reports whether the current device is of that generation or a newer one,
// which have bfloat16 and TF32 in hardware.
func hasAmpere() bool {
	major, _ := GetDeviceCapability()
	return major >= 8
}

var architecture = regexp.MustCompile(`arch=compute_\w+,code=(\w+)`)

// GetArchList returns the architectures that libtorch was compiled for, such as
// "sm_90"; none, where libtorch_cuda.so is not open.
func GetArchList() []string {
	if csrc.CUDA() != nil {
		return nil
	}
	var list []string
	for _, a := range architecture.FindAllStringSubmatch(torch.ShowConfig(), -1) {
		if !slices.Contains(list, a[1]) { // the text may have them twice
			list = append(list, a[1])
		}
	}
	return list
}

// GetGencodeFlags returns nvcc's flags for the architectures of [GetArchList].
func GetGencodeFlags() string {
	var flags []string
	for _, a := range GetArchList() {
		kind, number, _ := strings.Cut(a, "_")
		flags = append(flags, fmt.Sprintf("-gencode compute=compute_%s,code=%s_%s", number, kind, number))
	}
	return strings.Join(flags, " ")
}
