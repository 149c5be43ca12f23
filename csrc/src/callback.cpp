#include "callback.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "library.h"

namespace gotorch {
namespace {

std::atomic<gt_callback> run_go{nullptr};

// Go reads it where it lies.
constinit std::atomic<int64_t> dropped{0};

struct Queue {
  std::mutex mutex;
  std::vector<uint64_t> numbers;
};

// Never destroyed: graphs may be, after static objects.
Queue& queue() {
  static auto* q = new Queue;
  return *q;
}

// A thread that libtorch made, such as the engine's for a GPU, never called us
// before: there Go code may always run, in streams that libtorch has chosen.
void adopt_thread() {
  if (!thread_state.listening) {
    listen_to_warnings();
    thread_state.callbacks = thread_state.of_libtorch = true;
  }
  if (thread_state.of_libtorch && cuda_library != nullptr) {
    note_streams(c10::kCUDA);
  }
}

}  // namespace

void set_callback(gt_callback callback) noexcept { run_go = callback; }

const int64_t* dropped_functions() { return reinterpret_cast<const int64_t*>(&dropped); }

uint64_t take_dropped(uint64_t* functions, uint64_t capacity) noexcept {
  Queue& q = queue();
  const std::lock_guard lock(q.mutex);
  const uint64_t n = std::min<uint64_t>(capacity, q.numbers.size());
  std::copy(q.numbers.end() - n, q.numbers.end(), functions);
  q.numbers.resize(q.numbers.size() - n);
  dropped -= static_cast<int64_t>(n);
  return n;
}

GoFunction::~GoFunction() {
  if (number_ == 0) {
    return;
  }
  Queue& q = queue();
  const std::lock_guard lock(q.mutex);
  q.numbers.push_back(number_);
  dropped++;
}

Reader& Callback::run() {
  adopt_thread();
  ThreadState& state = thread_state;
  TORCH_CHECK(state.callbacks,
              "Go code would have to run in a call that cannot run any; this operator is to be "
              "called by its own function, such as Backward");
  words_[0] = state.scope;
  // What the Go function calls says for itself whether it may run Go code.
  state.callbacks = false;
  const uint64_t thrown = run_go.load()(function_, words_);
  state.callbacks = true;
  state.unrepeatable = true;
  if (thrown != 0) {
    throw GoPanic(thrown);
  }
  if (words_[0] != 0) {
    block_ = reinterpret_cast<uint64_t*>(words_[0]);
    results_ = Reader(block_);
  }
  return results_;
}

at::Tensor take_tensor(Reader& results) {
  const uint64_t handle = results.word();
  if (handle == 0) {
    return {};
  }
  return at::Tensor(
      c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(tensor_of(handle)));
}

std::vector<at::Tensor> take_tensors(Reader& results) {
  std::vector<at::Tensor> tensors(results.word());
  for (at::Tensor& t : tensors) {
    t = take_tensor(results);
  }
  return tensors;
}

}  // namespace gotorch
