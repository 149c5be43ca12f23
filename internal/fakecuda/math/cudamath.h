// Shared by the parts of libcudamath.so, which gives the simulated CUDA device its
// values.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <ATen/cuda/PhiloxCudaState.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/library.h>

#include <functional>
#include <mutex>
#include <optional>

namespace cudamath {

using torch::jit::Stack;

// --- operators (operator.cpp)

// Runs an operator that was called for CUDA tensors with the CPU's kernel. In a
// graph capture it becomes a node of the graph as well.
void run_on_cpu(const c10::OperatorHandle& op, Stack* stack);

// Whether a CPU kernel is computing for a CUDA operator: copies to and from the
// device are then part of that operator, and nothing of their own.
bool inside_operator();

cudaStream_t current_stream(c10::Device device);

// What waits for the device on a real GPU is an error in a capture.
void synchronize(cudaStream_t stream);

// --- arguments (arguments.cpp)

// The device of the CUDA tensors among the arguments, which all others must be on.
// The rest of the stack, from first on, are the arguments.
c10::Device common_device(const c10::OperatorHandle& op, const Stack& stack, size_t first);

// Calls visit for each tensor that there is in a value.
void for_each_tensor(const c10::IValue& value, const std::function<void(const at::Tensor&)>& visit);

std::vector<at::Tensor> tensors_in(at::ArrayRef<c10::IValue> values);

// The same memory as the tensor's, without ownership, as a tensor of this device.
at::Tensor alias_on(c10::Device device, const at::Tensor& tensor);
at::Tensor on_host(const at::Tensor& tensor);

// --- copies (copies.cpp)

// copy_ between any two devices, by memory access.
at::Tensor& copy_into(at::Tensor& target, const at::Tensor& source, bool non_blocking);
at::Tensor copy_and_resize(const at::Tensor& source, const at::Tensor& target);

// --- random numbers (random.cpp)

// Where a CUDA generator stands.
struct RandomPlace {
  at::PhiloxCudaState philox;
  int argument = -1;       // where the generator is among the operator's, if it is
  bool replaying = false;  // a graph, rather than computing or capturing

  // Runs the operator with a generator of the CPU's that stands there. Returns the
  // offset that it came to.
  uint64_t run(const c10::OperatorHandle& op, Stack* stack, size_t first) const;

  // What the CUDA generator's state says.
  uint64_t seed() const;
  uint64_t offset() const;
};

// An operator's use of a CUDA generator, which is locked meanwhile.
class Draw {
 public:
  Draw(const c10::OperatorHandle& op, const Stack& stack, size_t first, c10::Device device);

  // Nothing for an operator that draws no random numbers.
  const std::optional<RandomPlace>& place() const { return place_; }

  // Lets the generator go on to this offset.
  void finish(uint64_t offset);

 private:
  std::optional<RandomPlace> place_;
  at::Generator generator_;
  std::unique_lock<std::mutex> lock_;
};

// --- kernels that the CPU lacks, or has in a narrower form

void add_recurrent_cells(torch::Library& library);
void add_wider_kernels(torch::Library& library);

}  // namespace cudamath
