package accelerator

import (
	"github.com/wangkuiyi/gotorch/torch"
)

// InitialSeed returns the seed of a device's default generator that was set last.
func InitialSeed(device ...torch.Device) uint64 {
	return torch.DefaultGenerator(deviceOr(device)).InitialSeed()
}

// GetRngState returns the state of a device's default generator, a tensor of bytes on the
// CPU. torch.DefaultGenerator(device).SetState takes it.
func GetRngState(device ...torch.Device) *torch.Tensor {
	return torch.DefaultGenerator(deviceOr(device)).GetState()
}

// GetRngStateAll returns the states of the default generators of all devices.
func GetRngStateAll() []*torch.Tensor {
	var states []*torch.Tensor
	for i := range DeviceCount() {
		states = append(states, GetRngState(CurrentAccelerator().WithIndex(i)))
	}
	return states
}
