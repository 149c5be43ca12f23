package cuda

import "github.com/wangkuiyi/gotorch/torch"

// Each device has a generator of random numbers of its own. torch.ManualSeed seeds them
// all.

// generator returns the default generator of a device, which must exist.
func generator(device []torch.Device) *torch.Generator {
	i := index(device)
	if i >= DeviceCount() {
		panic(torch.NewError("IndexError", "tuple index out of range"))
	}
	return torch.DefaultGenerator(torch.CUDA(i))
}

// ManualSeed seeds the current device's generator. Where CUDA is not available, it does
// nothing.
func ManualSeed(seed int64) {
	if IsAvailable() {
		generator(nil).ManualSeed(seed)
	}
}

// ManualSeedAll seeds the generators of all devices.
func ManualSeedAll(seed int64) {
	for i := range DeviceCount() {
		torch.DefaultGenerator(torch.CUDA(i)).ManualSeed(seed)
	}
}

// Seed seeds the current device's generator from the system's entropy. Where CUDA is not
// available, it does nothing.
func Seed() {
	if IsAvailable() {
		generator(nil).Seed()
	}
}

// SeedAll seeds the generators of all devices with one number from the system's entropy.
func SeedAll() {
	if IsAvailable() {
		ManualSeedAll(int64(torch.DefaultGenerator(torch.CUDA(0)).Seed()))
	}
}

// InitialSeed returns the seed of the current device's generator that was set last.
func InitialSeed() uint64 { return generator(nil).InitialSeed() }

// GetRngState returns the state of a device's generator, a tensor of bytes on the CPU.
// Python's torch.cuda.get_rng_state, which takes a device of another type for the GPU of
// the same index: here it is a ValueError.
func GetRngState(device ...torch.Device) *torch.Tensor { return generator(device).GetState() }

// SetRngState puts a device's generator into a state that [GetRngState] has returned.
func SetRngState(state *torch.Tensor, device ...torch.Device) { generator(device).SetState(state) }

// GetRngStateAll returns the states of all devices' generators.
func GetRngStateAll() []*torch.Tensor {
	var states []*torch.Tensor
	for i := range DeviceCount() {
		states = append(states, GetRngState(torch.CUDA(i)))
	}
	return states
}

// SetRngStateAll puts all devices' generators into states that [GetRngStateAll] has
// returned.
func SetRngStateAll(states []*torch.Tensor) {
	for i, state := range states {
		SetRngState(state, torch.CUDA(i))
	}
}
