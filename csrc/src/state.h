// What libgotorch keeps for each thread.

#pragma once

#include <atomic>

#include "../gotorch.h"

namespace gotorch {

// Trivially constructible, so that reading it costs one instruction.
struct ThreadState {
  uint64_t scope;             // identifier of the open memory scope, or 0
  gt_warning* first_warning;  // issued during the call that is running
  gt_warning* last_warning;
  bool listening;        // warnings of this thread come to us
  int settings;          // which of the process's settings this thread has
  int64_t dual_owner;    // who has a level of forward mode open on this thread, or 0
  bool callbacks;        // Go code may run: this is no nocallback call
  uint64_t saved_hooks;  // Go's number of the saved-tensor hooks in force, or 0
  bool unrepeatable;     // the call that is running has done what must not be done twice
  bool of_libtorch;      // libtorch made the thread, such as the engine's for a GPU
};

// The static TLS model avoids a function call; the few bytes fit into what
// the dynamic linker sets aside for libraries opened later.
extern thread_local constinit ThreadState thread_state __attribute__((tls_model("initial-exec")));

// Whether calls flush denormal numbers to zero.
extern std::atomic<bool> flush_denormal;

// libgotorch_cuda.so's table, or NULL if it is not open.
extern const gt_cuda_library* cuda_library;

// Changes with the settings of the process that libtorch and its libraries keep for
// each thread. A thread takes them over with its next call.
extern std::atomic<int> settings;

// Sends this thread's warnings to thread_state.
void listen_to_warnings();

}  // namespace gotorch
