package torch

import (
	"fmt"
	"strconv"
	"strings"
)

// A DeviceType is the kind of a [Device].
type DeviceType uint8

// The device types. Their numbers are libtorch's plus one; zero is none.
const (
	cpuType    DeviceType = 1
	cudaType   DeviceType = 2
	mkldnnType DeviceType = 3
	xpuType    DeviceType = 13
	mpsType    DeviceType = 14
	metaType   DeviceType = 15
)

// deviceTypes holds the names of libtorch's device types, in their order.
var deviceTypes = [...]string{
	"cpu", "cuda", "mkldnn", "opengl", "opencl", "ideep", "hip", "fpga", "maia", "xla", "vulkan", "metal", "xpu", "mps",
	"meta", "hpu", "ve", "lazy", "ipu", "mtia", "privateuseone",
}

// String returns the type's name in Python: "cuda".
func (t DeviceType) String() string {
	if t == 0 || int(t) > len(deviceTypes) {
		return fmt.Sprintf("DeviceType(%d)", uint8(t))
	}
	return deviceTypes[t-1]
}

// A Device is where a tensor's memory is, Python's torch.device. Devices can
// be compared with ==. The zero Device stands for None: "not given".
//
// A Device is also an option of the functions that take device=:
//
//	torch.Zeros([]int64{2, 3}, torch.CUDA(0))
type Device struct {
	kind  DeviceType
	index int16 // -1: the current device of this type
}

// CPU is the processor.
var CPU = Device{cpuType, -1}

// Meta is the device of tensors that have a shape and no data.
var Meta = Device{metaType, -1}

// CUDA returns the CUDA device with this index; without one, the current CUDA
// device.
func CUDA(index ...int) Device {
	if len(index) == 0 {
		return Device{cudaType, -1}
	}
	return Device{cudaType, int16(index[0])}
}

// NewDevice returns the device with this name: "cpu", "cuda", "cuda:1",
// "mps". Python's torch.device. A name that PyTorch does not know panics.
func NewDevice(name string) Device {
	kind, index, indexed := strings.Cut(name, ":")
	for i, known := range deviceTypes {
		if known != kind {
			continue
		}
		d := Device{DeviceType(i + 1), -1}
		if indexed {
			n, err := strconv.ParseUint(index, 10, 7)
			if err != nil || (len(index) > 1 && index[0] == '0') {
				refuse(runtimeErrorKind, "Invalid device string: '%s'", name)
			}
			d.index = int16(n)
		}
		return d
	}
	if name == "" {
		refuse(runtimeErrorKind, "Device string must not be empty")
	}
	if strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") != "" {
		refuse(runtimeErrorKind, "Invalid device string: '%s'", name)
	}
	refuse(runtimeErrorKind, "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, "+
		"lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: %s", kind)
	panic("unreachable")
}

// Type returns the device's type, whose String is "cpu", "cuda", ...
func (d Device) Type() DeviceType { return d.kind }

// Index returns the device's index among those of its type, or -1 where it is
// not given.
func (d Device) Index() int { return int(d.index) }

// String returns the device's name in Python: "cuda:1".
func (d Device) String() string {
	if d.kind == 0 {
		return "None"
	}
	if d.index < 0 {
		return d.kind.String()
	}
	return fmt.Sprintf("%s:%d", d.kind, d.index)
}
