// A libgotorch_cuda.so without CUDA, for the tests of package csrc.

#include <string.h>

#include "../gotorch.h"

// cuda::answer() -> int
static void answer(uint64_t* words) { words[0] = 42; }

static const gt_entry entries[] = {{answer, "cuda::answer() -> int"}};

static const gt_entry* entry_named(const char* name) {
  return strcmp(name, "cuda::answer") == 0 ? entries : NULL;
}

static const gt_cuda_library library = {
    .stamp = GOTORCH_STAMP, .torch_version = "1.2.3", .entry_named = entry_named};

const gt_cuda_library* gotorch_cuda_library(void) { return &library; }
