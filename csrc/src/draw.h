// Puts generators of devices back where an operator found them that runs out of
// memory.
//
// An operator that draws random numbers may do so before it asks for memory. Were
// it called again, it would draw others than if there had been enough memory. Its
// numbers come from a place in the generator's sequence, which is one word for
// devices (Philox) and can be put back; a generator of the CPU is not watched, and
// such an operator is not called again.

#pragma once

#include <ATen/Context.h>

#include "frame.h"
#include "state.h"

namespace gotorch {

// Finds the generator that an operator draws from, by its arguments.
class Draw {
 public:
  template <class... A>
  explicit Draw(const A&... arguments) {
    if (cuda_library != nullptr) [[unlikely]] {
      (see(arguments), ...);
      remember();
    }
  }

  // Says how the operator failed.
  void out_of_memory() noexcept;
  void failed() noexcept { thread_state.unrepeatable = true; }

 private:
  void see(const at::Tensor& t) {
    if (t.defined()) {
      device_ = t.device();
    }
  }
  void see(const std::optional<at::Tensor>& t) {
    if (t.has_value()) {
      see(*t);
    }
  }
  void see(at::TensorList list) {
    if (!list.empty()) {
      see(list[0]);
    }
  }
  void see(std::optional<at::Device> device) {
    if (device.has_value()) {
      device_ = *device;
    }
  }
  void see(const std::optional<at::Generator>& generator) {
    if (generator.has_value() && generator->defined()) {
      generator_ = generator->unsafeGetGeneratorImpl();
    }
  }
  template <class T>
  void see(const T&) {}

  void remember();

  at::Device device_{at::kCPU};
  c10::GeneratorImpl* generator_ = nullptr;
  uint64_t offset_ = 0;
};

template <class Op, class Signature>
struct Drawing;

// An operator of ATen that draws random numbers.
template <class Op, class R, class... A>
struct Drawing<Op, R(A...)> {
  static R call(A... arguments) {
    Draw draw(arguments...);
    try {
      return Op::call(static_cast<A>(arguments)...);
    } catch (const c10::OutOfMemoryError&) {
      draw.out_of_memory();
      throw;
    } catch (...) {
      draw.failed();
      throw;
    }
  }
};

}  // namespace gotorch
