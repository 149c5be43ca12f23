package torch

import (
	"runtime"
	"slices"

	"github.com/wangkuiyi/gotorch/csrc"
)

var (
	entryManualSeed      = csrc.Entry("manual_seed(int seed) -> ()")
	newGenerator         = csrc.Entry("new_generator(Device device) -> Generator")
	defaultGenerator     = csrc.Entry("default_generator(Device device) -> Generator")
	releaseGenerator     = csrc.Entry("release_generator(int handle) -> ()")
	generatorSetSeed     = csrc.Entry("generator_set_seed(Generator self, int seed) -> ()")
	generatorInitialSeed = csrc.Entry("generator_initial_seed(Generator self) -> int")
	generatorSeed        = csrc.Entry("generator_seed(Generator self) -> int")
	generatorDevice      = csrc.Entry("generator_device(Generator self) -> Device")
	generatorGetState    = csrc.Entry("generator_get_state(Generator self) -> Tensor")
	generatorSetState    = csrc.Entry("generator_set_state(Generator self, Tensor state) -> ()")
)

// A Generator produces pseudo-random numbers, Python's torch.Generator. It is
// also an option of the functions that take generator=.
type Generator struct{ handle uint64 }

// ManualSeed seeds the default generators of all devices, Python's
// torch.manual_seed, and returns the CPU's. Negative seeds count from 2^64.
func ManualSeed(seed int64) *Generator {
	var f frame
	f.PutInt(seed)
	f.call(entryManualSeed)
	return DefaultGenerator()
}

// Seed seeds the default generators of all devices from the system's entropy,
// Python's torch.seed, and returns the seed.
func Seed() uint64 {
	seed := DefaultGenerator().Seed()
	ManualSeed(int64(seed))
	return seed
}

// ForkRng runs fn and then puts the default generators back into the state that
// they were in, Python's "with torch.random.fork_rng():": those of the CPU and
// of the devices given; without devices, of all CUDA devices.
func ForkRng(fn func(), devices ...Device) {
	if len(devices) == 0 {
		for i := range CudaDeviceCount() {
			devices = append(devices, CUDA(i))
		}
	}
	for _, d := range slices.Concat(devices, []Device{CPU}) {
		g := defaultGeneratorOf(d)
		state := Keep(g.GetState())
		defer state.Close()
		defer g.SetState(state)
	}
	fn()
}

// InitialSeed returns the seed of the CPU's default generator, Python's
// torch.initial_seed.
func InitialSeed() uint64 { return DefaultGenerator().InitialSeed() }

// NewGenerator returns a generator of its own for this device; without one, for
// the CPU. Python's torch.Generator(device).
func NewGenerator(device ...Device) *Generator {
	d := CPU
	if len(device) > 0 {
		d = device[0]
	}
	var f frame
	f.putDevice(d, "device")
	f.call(newGenerator)
	return adoptGenerator(f.Take())
}

// DefaultGenerator returns the default generator of a device; without one, of
// the CPU. Python's
// torch.default_generator.
func DefaultGenerator(device ...Device) *Generator {
	if len(device) == 0 {
		return defaultGeneratorOf(CPU)
	}
	return defaultGeneratorOf(device[0])
}

func defaultGeneratorOf(d Device) *Generator {
	var f frame
	f.putDevice(d, "device")
	f.call(defaultGenerator)
	return adoptGenerator(f.Take())
}

// deadGenerators are released when the next one is made.
var deadGenerators = graveyard{release: releaseGenerator}

func adoptGenerator(handle uint64) *Generator {
	deadGenerators.welcome()
	g := &Generator{handle}
	runtime.AddCleanup(g, deadGenerators.add, handle)
	return g
}

// put puts the generator as an argument of a libgotorch entry.
func (g *Generator) put(f *frame) {
	switch {
	case g == nil:
		refuseArgument("argument 'generator' must be a torch.Generator, not None")
	case g.handle == 0:
		refuseArgument("argument 'generator' is an empty torch.Generator{}; make one with torch.NewGenerator")
	}
	f.Put(g.handle)
}

func (g *Generator) ask(fn *csrc.Function) frame {
	var f frame
	g.put(&f)
	f.call(fn)
	runtime.KeepAlive(g)
	return f
}

// ManualSeed sets the seed, and returns g.
func (g *Generator) ManualSeed(seed int64) *Generator {
	var f frame
	g.put(&f)
	f.PutInt(seed)
	f.call(generatorSetSeed)
	runtime.KeepAlive(g)
	return g
}

// InitialSeed returns the seed that was set last.
func (g *Generator) InitialSeed() uint64 {
	f := g.ask(generatorInitialSeed)
	return f.Take()
}

// Seed seeds the generator from the system's entropy, and returns the seed.
func (g *Generator) Seed() uint64 {
	f := g.ask(generatorSeed)
	return f.Take()
}

// Device returns the device that the generator is for.
func (g *Generator) Device() Device {
	f := g.ask(generatorDevice)
	return f.takeDevice()
}

// GetState returns the generator's state, a tensor of bytes.
func (g *Generator) GetState() *Tensor {
	f := g.ask(generatorGetState)
	return f.takeTensor()
}

// CloneState returns a generator of its own in g's state.
func (g *Generator) CloneState() *Generator {
	own := NewGenerator(g.Device())
	state := g.GetState()
	defer state.Close()
	own.SetState(state)
	return own
}

// SetState puts the generator into a state that GetState returned.
func (g *Generator) SetState(state *Tensor) {
	var f frame
	g.put(&f)
	f.putTensor(state, "new_state")
	f.call(generatorSetState)
	runtime.KeepAlive(g)
	runtime.KeepAlive(state)
}

// GetRngState returns the state of the CPU's default generator, Python's
// torch.get_rng_state.
func GetRngState() *Tensor { return DefaultGenerator().GetState() }

// SetRngState sets the state of the CPU's default generator, Python's
// torch.set_rng_state.
func SetRngState(state *Tensor) { DefaultGenerator().SetState(state) }
