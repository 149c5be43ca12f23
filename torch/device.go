package torch

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
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
	return CUDA().WithIndex(index[0])
}

// WithIndex returns the device of the same type that has this index, Python's
// torch.device(type, index).
func (d Device) WithIndex(index int) Device {
	switch {
	case index < 0:
		refuse(runtimeErrorKind, "Device index must not be negative")
	case index > math.MaxInt8:
		refuse(runtimeErrorKind, "Device index must not be larger than %d, but it is %d", math.MaxInt8, index)
	}
	return Device{d.kind, int16(index)}
}

// deviceName matches what can name a device: "cuda", "cuda:1".
var deviceName = regexp.MustCompile(`^([a-zA-Z_]+)(?::(0|[1-9][0-9]*))?$`)

// NewDevice returns the device with this name: "cpu", "cuda", "cuda:1",
// "mps". Python's torch.device. A name that PyTorch does not know panics.
func NewDevice(name string) Device {
	if name == "" {
		refuse(runtimeErrorKind, "Device string must not be empty")
	}
	m := deviceName.FindStringSubmatch(name)
	if m == nil {
		refuse(runtimeErrorKind, "Invalid device string: '%s'", name)
	}
	kind := slices.Index(deviceTypes[:], m[1])
	if kind < 0 || m[1] == "metal" { // which has a number, and cannot be asked for
		refuse(runtimeErrorKind, "Expected one of cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, "+
			"lazy, vulkan, mps, meta, hpu, mtia, privateuseone device type at start of device string: %s", m[1])
	}
	d := Device{DeviceType(kind + 1), -1}
	if m[2] != "" {
		index, err := strconv.ParseInt(m[2], 10, 8) // libtorch keeps the index in a byte
		if err != nil {
			refuse(runtimeErrorKind, "Could not parse device index '%s' in device string '%s'", m[2], name)
		}
		d.index = int16(index)
	}
	return d
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
