// Opens libgotorch.so. Compiled by cgo with the system's C compiler.

#include "library.h"

#include <dlfcn.h>
#include <stdio.h>

#include "_cgo_export.h"

const gt_library* gt_lib;

// Global visibility, so that operator libraries opened later, such as
// torchvision's, find libtorch's symbols.
char* gt_open(const char* path) {
  void* handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (handle == NULL) {
    return strdup(dlerror());
  }
  const gt_library* (*table)(void);
  *(void**)&table = dlsym(handle, "gotorch_library");
  if (table == NULL) {
    char* problem = strdup(dlerror());
    dlclose(handle);
    return problem;
  }
  gt_lib = table();
  return NULL;
}

char* gt_open_operators(const char* path) {
  return dlopen(path, RTLD_NOW | RTLD_LOCAL) == NULL ? strdup(dlerror()) : NULL;
}

void gt_accept_callbacks(void) {
  if (gt_lib->set_callback != NULL) {
    gt_lib->set_callback((gt_callback)gt_run_callback);
  }
}
