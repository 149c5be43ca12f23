// A libgotorch_cuda.so without CUDA, for the tests of gotorch doctor. They define
// GOTORCH_STAMP, DRIVER (a version of CUDA, or 0), and either COUNT (of devices) or
// PROBLEM (why there are none). libtorch finds no CUDA in it, so no device works.

#include <cstring>
#include <stdexcept>

#include "../../../csrc/gotorch.h"

namespace {

template <int kResult>
void answer(uint64_t* words) {
  words[0] = kResult;
}

void device_count(uint64_t* words) {
#ifdef PROBLEM
  throw std::runtime_error(PROBLEM);
#else
  words[0] = COUNT;
#endif
}

constexpr gt_entry kEntries[] = {
    {device_count, "cuda::device_count_ensured() -> int"},
    {answer<DRIVER>, "cuda::driver_version() -> int"},
    {answer<13020>, "cuda::runtime_version() -> int"},
    {answer<13010>, "cuda::compiled_version() -> int"},
};

const gt_entry* entry_named(const char* name) {
  for (const gt_entry& entry : kEntries) {
    if (std::strncmp(entry.schema, name, std::strcspn(entry.schema, "(")) == 0) {
      return &entry;
    }
  }
  return nullptr;
}

constexpr gt_cuda_library kLibrary = {
    .stamp = GOTORCH_STAMP, .torch_version = "1.2.3", .entry_named = entry_named};

}  // namespace

const gt_cuda_library* gotorch_cuda_library() { return &kLibrary; }
