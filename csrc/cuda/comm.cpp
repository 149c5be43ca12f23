// Entries that move tensors between the GPUs of one process, and about NCCL, by which
// libtorch does so where it can.

#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "cuda.h"

// The headers of these, torch/csrc/cuda/comm.h and nccl.h, include all of CUDA's toolkit.
namespace torch::cuda {

using OptionalStreams = std::vector<std::optional<c10::cuda::CUDAStream>>;

std::vector<at::Tensor> broadcast(const at::Tensor& tensor, at::IntArrayRef devices);
std::vector<at::Tensor>& broadcast_out(const at::Tensor& tensor, std::vector<at::Tensor>& out);
std::vector<std::vector<at::Tensor>> broadcast_coalesced(at::TensorList tensors,
                                                         at::IntArrayRef devices,
                                                         size_t buffer_size);
std::vector<at::Tensor> scatter(const at::Tensor& tensor, at::IntArrayRef devices,
                                const std::optional<std::vector<int64_t>>& chunk_sizes, int64_t dim,
                                const std::optional<OptionalStreams>& streams);
std::vector<at::Tensor>& scatter_out(const at::Tensor& tensor, std::vector<at::Tensor>& out,
                                     int64_t dim, const std::optional<OptionalStreams>& streams);
at::Tensor gather(at::TensorList tensors, int64_t dim, std::optional<int32_t> destination);
at::Tensor& gather_out(at::TensorList tensors, at::Tensor& out, int64_t dim);

namespace nccl {
uint64_t version();
const char* version_suffix();
void reduce(const std::vector<at::Tensor>& inputs, at::Tensor& output, int32_t root, int32_t op,
            const OptionalStreams& streams, const std::vector<void*>& communicators);
}  // namespace nccl

}  // namespace torch::cuda

namespace gotorch::cuda {
namespace {

namespace nccl = torch::cuda::nccl;

using Tensors = std::vector<at::Tensor>;

Tensors broadcast(const at::Tensor& t, at::IntArrayRef devices) {
  TORCH_CHECK(!devices.empty(), "Expected at least one device to broadcast to");
  return torch::cuda::broadcast(t, devices);
}

void broadcast_out(const at::Tensor& t, at::TensorList out) {
  Tensors list = out.vec();
  torch::cuda::broadcast_out(t, list);
}

// All copies of the first device, then those of the second, and so on.
Tensors broadcast_coalesced(at::TensorList tensors, at::IntArrayRef devices, int64_t buffer_size) {
  TORCH_CHECK(!devices.empty(), "Expected at least one device to broadcast to");
  TORCH_CHECK(buffer_size >= 0, "buffer_size must not be negative, got ", buffer_size);
  Tensors all;
  for (Tensors& copies :
       torch::cuda::broadcast_coalesced(tensors, devices, static_cast<size_t>(buffer_size))) {
    std::ranges::move(copies, std::back_inserter(all));
  }
  return all;
}

using Streams = std::optional<torch::cuda::OptionalStreams>;

// Of three numbers each: whether there is one, its number and its device.
Streams streams_of(at::IntArrayRef numbers, size_t needed) {
  if (numbers.empty()) {
    return std::nullopt;
  }
  torch::cuda::OptionalStreams streams(std::max(needed, numbers.size() / 3));
  for (size_t i = 0; 3 * i < numbers.size(); i++) {
    if (numbers[3 * i] != 0) {
      const c10::Device device(c10::kCUDA, index_of(numbers[3 * i + 2]));
      streams[i] =
          c10::cuda::CUDAStream(c10::Stream(c10::Stream::UNSAFE, device, numbers[3 * i + 1]));
    }
  }
  return streams;
}

Tensors scatter(const at::Tensor& t, at::IntArrayRef devices, at::OptionalIntArrayRef sizes,
                int64_t dim, at::IntArrayRef streams) {
  TORCH_CHECK(!devices.empty(), "Expected at least one device to scatter to");
  std::optional<std::vector<int64_t>> chunks;
  if (sizes) {
    chunks = sizes->vec();
  }
  return torch::cuda::scatter(t, devices, chunks, dim, streams_of(streams, devices.size()));
}

void scatter_out(const at::Tensor& t, at::TensorList out, int64_t dim, at::IntArrayRef streams) {
  Tensors list = out.vec();
  torch::cuda::scatter_out(t, list, dim, streams_of(streams, list.size()));
}

// The destination -1 is the CPU.
Tensors gather(at::TensorList tensors, int64_t dim, int64_t destination) {
  return {torch::cuda::gather(tensors, dim, static_cast<int32_t>(destination))};
}

void gather_out(at::TensorList tensors, at::Tensor& out, int64_t dim) {
  torch::cuda::gather_out(tensors, out, dim);
}

void nccl_reduce(at::TensorList inputs, at::Tensor& output, int64_t root) {
  nccl::reduce(inputs.vec(), output, static_cast<int32_t>(root), 0, {}, {});  // 0: sum
}

std::tuple<int64_t, int64_t, int64_t> nccl_version() {
  const uint64_t version = nccl::version();
  return {static_cast<int64_t>(version >> 32), static_cast<int64_t>(version >> 16 & 0xffff),
          static_cast<int64_t>(version & 0xffff)};
}
std::string nccl_version_suffix() { return nccl::version_suffix(); }

constexpr gt_entry kEntries[] = {
    entry<broadcast>("cuda::broadcast(Tensor t, int[] devices) -> Tensor[]"),
    entry<broadcast_out>("cuda::broadcast_out(Tensor t, Tensor[] out) -> ()"),
    entry<broadcast_coalesced>(
        "cuda::broadcast_coalesced(Tensor[] tensors, int[] devices, int buffer_size) -> Tensor[]"),
    entry<scatter>(
        "cuda::scatter(Tensor t, int[] devices, int[]? sizes, int dim, int[] streams) -> Tensor[]"),
    entry<scatter_out>("cuda::scatter_out(Tensor t, Tensor[] out, int dim, int[] streams) -> ()"),
    entry<gather>("cuda::gather(Tensor[] tensors, int dim, int destination) -> Tensor[]"),
    entry<gather_out>("cuda::gather_out(Tensor[] tensors, Tensor(a!) out, int dim) -> ()"),
    entry<nccl_reduce>("cuda::nccl_reduce(Tensor[] inputs, Tensor(a!) output, int root) -> ()"),
    entry<nccl_version>("cuda::nccl_version() -> (int, int, int)"),
    entry<nccl_version_suffix>("cuda::nccl_version_suffix() -> str"),
};

}  // namespace

std::span<const gt_entry> comm_entries() { return kEntries; }

}  // namespace gotorch::cuda
