// The Go side's view of libgotorch.so: opens it and calls through its table.

#ifndef GOTORCH_GO_LIBRARY_H
#define GOTORCH_GO_LIBRARY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gotorch.h"

// Set once, by gt_open, before anything is called.
extern const gt_library* gt_lib;

// NULL, or set by gt_open_cuda.
extern const gt_cuda_library* gt_cuda;

// Has the library run Go functions (callback.go).
void gt_accept_callbacks(void);

// Opens the library at path. Returns NULL, or what went wrong (to be freed).
char* gt_open(const char* path);
char* gt_open_cuda(const char* path);

// Opens a library that registers operators. Returns as gt_open.
char* gt_open_operators(const char* path);

// Instead of NULL: the call has nothing to report, but its goroutine has run for long and
// should pause (slice.go).
extern gt_report gt_slice_over;

// How many calls this thread has made.
extern __thread unsigned gt_calls;

int gt_slice_is_over(void);

// The clock is asked at every 16th call only, as that takes as long as a twentieth of one.
static inline gt_report* gt_check_slice(gt_report* report) {
  if (++gt_calls % 16 == 0 && report == NULL && gt_slice_is_over()) {
    return &gt_slice_over;
  }
  return report;
}

// Functions come as numbers, since cgo checks what a pointer of no type points
// to, at 25 ns a call.
static inline gt_report* gt_call(uintptr_t function, uint64_t* frame) {
  return gt_check_slice(gt_lib->call((gt_function)function, frame));
}

static inline gt_report* gt_call_with_callbacks(uintptr_t function, uint64_t* frame) {
  return gt_check_slice(gt_lib->call_with_callbacks((gt_function)function, frame));
}

static inline gt_report* gt_copy_in(uint64_t* frame, const void* data, uint64_t bytes) {
  return gt_lib->copy_in(frame, data, bytes);
}

static inline gt_report* gt_copy_out(uint64_t* frame, void* data, uint64_t bytes) {
  return gt_lib->copy_out(frame, data, bytes);
}

static inline void gt_release(const uint64_t* handles, uint64_t count) {
  gt_lib->release(handles, count);
}

static inline void gt_retain(const uint64_t* handles, uint64_t count) {
  gt_lib->retain(handles, count);
}

static inline uint64_t gt_take_dropped(uint64_t* functions, uint64_t capacity) {
  return gt_lib->take_dropped(functions, capacity);
}

static inline const char* gt_running_version(void) { return gt_lib->running_version(); }

static inline void gt_free_report(gt_report* report) { gt_lib->free_report(report); }

static inline const gt_entry* gt_operator_at(uint64_t index) { return gt_lib->operator_at(index); }
static inline const gt_entry* gt_entry_named(const char* name) { return gt_lib->entry_named(name); }
static inline const gt_entry* gt_cuda_entry_named(const char* name) {
  return gt_cuda->entry_named(name);
}
static inline uintptr_t gt_address_of(const gt_entry* entry) { return (uintptr_t)entry->function; }

// Moves a block of results into Go memory.
static inline void gt_take_block(uintptr_t block, void* words, uint64_t count) {
  memcpy(words, (void*)block, count * sizeof(uint64_t));
  free((void*)block);
}

#endif  // GOTORCH_GO_LIBRARY_H
