// Opens libgotorch.so and libgotorch_cuda.so. Compiled by cgo with the system's C compiler.

#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <time.h>

#include "_cgo_export.h"

const gt_library* gt_lib;
const gt_cuda_library* gt_cuda;

gt_report gt_slice_over;
__thread unsigned gt_calls;

// In nanoseconds; the first and the last are together what Go gives a goroutine.
static const int64_t kSlice = 6000000;
// Of 16 calls. If they are shorter, Go finds the goroutine outside C often enough; if
// they are longer, what its monitor costs each is little.
static const int64_t kShort = 70000, kLong = 4000000;

int gt_slice_is_over(void) {
  static __thread int64_t started, before;
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  const int64_t now = t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
  const int64_t took = now - before;
  before = now;
  if (took > kLong) {
    started = now;
    return 0;
  }
  if (took < kShort || now - started < kSlice) {
    return 0;
  }
  started = now;
  return 1;
}

// Opens the library at path and finds the function that returns its table.
// Global visibility, so that operator libraries opened later, such as
// torchvision's, find libtorch's symbols.
static char* open_library(const char* path, const char* symbol, void** function) {
  void* handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (handle == NULL) {
    return strdup(dlerror());
  }
  *function = dlsym(handle, symbol);
  if (*function == NULL) {
    char* problem = strdup(dlerror());
    dlclose(handle);
    return problem;
  }
  return NULL;
}

char* gt_open(const char* path) {
  const gt_library* (*table)(void);
  char* problem = open_library(path, "gotorch_library", (void**)&table);
  if (problem == NULL) {
    gt_lib = table();
    if (gt_cuda != NULL && gt_lib->use_cuda != NULL) {
      gt_lib->use_cuda(gt_cuda);
    }
  }
  return problem;
}

char* gt_open_cuda(const char* path) {
  const gt_cuda_library* (*table)(void);
  char* problem = open_library(path, "gotorch_cuda_library", (void**)&table);
  if (problem == NULL) {
    gt_cuda = table();
  }
  return problem;
}

char* gt_open_operators(const char* path) {
  return dlopen(path, RTLD_NOW | RTLD_LOCAL) == NULL ? strdup(dlerror()) : NULL;
}

void gt_accept_callbacks(void) {
  if (gt_lib->set_callback != NULL) {
    gt_lib->set_callback((gt_callback)gt_run_callback);
  }
}
