// Entries of random number generators.

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <mutex>

#include "library.h"

namespace gotorch {
namespace {

void manual_seed(int64_t seed) { at::manual_seed(static_cast<uint64_t>(seed)); }

at::Generator new_generator(at::Device device) {
  if (device.is_cpu()) {
    return at::make_generator<at::CPUGeneratorImpl>();
  }
  return at::globalContext()
      .getAcceleratorHooksInterface(device.type())
      .getNewGenerator(device.index());
}

at::Generator default_generator(at::Device device) {
  return at::globalContext().defaultGenerator(device);
}

void release_generator(int64_t handle) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(reinterpret_cast<c10::GeneratorImpl*>(handle));
}

void generator_set_seed(at::Generator g, int64_t seed) {
  const std::lock_guard lock(g.mutex());
  g.set_current_seed(static_cast<uint64_t>(seed));
}

int64_t generator_initial_seed(at::Generator g) {
  const std::lock_guard lock(g.mutex());
  return static_cast<int64_t>(g.current_seed());
}

int64_t generator_seed(at::Generator g) {
  const std::lock_guard lock(g.mutex());
  return static_cast<int64_t>(g.seed());
}

at::Device generator_device(at::Generator g) { return g.device(); }

at::Tensor generator_get_state(at::Generator g) {
  const std::lock_guard lock(g.mutex());
  return g.get_state();
}

void generator_set_state(at::Generator g, const at::Tensor& state) {
  const std::lock_guard lock(g.mutex());
  g.set_state(state);
}

constexpr gt_entry kEntries[] = {
    entry<manual_seed>("manual_seed(int seed) -> ()"),
    entry<new_generator>("new_generator(Device device) -> Generator"),
    entry<default_generator>("default_generator(Device device) -> Generator"),
    entry<release_generator>("release_generator(int handle) -> ()"),
    entry<generator_set_seed>("generator_set_seed(Generator self, int seed) -> ()"),
    entry<generator_initial_seed>("generator_initial_seed(Generator self) -> int"),
    entry<generator_seed>("generator_seed(Generator self) -> int"),
    entry<generator_device>("generator_device(Generator self) -> Device"),
    entry<generator_get_state>("generator_get_state(Generator self) -> Tensor"),
    entry<generator_set_state>("generator_set_state(Generator self, Tensor state) -> ()"),
};

}  // namespace

std::span<const gt_entry> random_entries() { return kEntries; }

}  // namespace gotorch
