// Entries for NVTX, by which programs name what they do to NVIDIA's profilers.
// NVTX is a header: without a profiler its functions do nothing.

#include <nvtx3/nvToolsExt.h>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

int64_t nvtx_range_push(std::string_view message) {
  return nvtxRangePushA(std::string(message).c_str());
}
int64_t nvtx_range_pop() { return nvtxRangePop(); }
int64_t nvtx_range_start(std::string_view message) {
  return static_cast<int64_t>(nvtxRangeStartA(std::string(message).c_str()));
}
void nvtx_range_end(int64_t range) { nvtxRangeEnd(static_cast<nvtxRangeId_t>(range)); }
void nvtx_mark(std::string_view message) { nvtxMarkA(std::string(message).c_str()); }

constexpr gt_entry kEntries[] = {
    entry<nvtx_range_push>("cuda::nvtx_range_push(str message) -> int"),
    entry<nvtx_range_pop>("cuda::nvtx_range_pop() -> int"),
    entry<nvtx_range_start>("cuda::nvtx_range_start(str message) -> int"),
    entry<nvtx_range_end>("cuda::nvtx_range_end(int range) -> ()"),
    entry<nvtx_mark>("cuda::nvtx_mark(str message) -> ()"),
};

}  // namespace

std::span<const gt_entry> nvtx_entries() { return kEntries; }

}  // namespace gotorch::cuda
