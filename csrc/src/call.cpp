// The one crossing: runs a function on a frame, catches what it throws and
// collects what it warns of.

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/variable.h>

#include "callback.h"
#include "frame.h"
#include "library.h"
#include "state.h"

namespace gotorch {

thread_local constinit ThreadState thread_state{};
constinit std::atomic<bool> flush_denormal{false};
constinit std::atomic<int> settings{1};
const gt_cuda_library* cuda_library = nullptr;

namespace {

char* copy_text(const std::string& s) {
  auto* p = static_cast<char*>(std::malloc(s.size() + 1));
  if (p != nullptr) {
    std::memcpy(p, s.c_str(), s.size() + 1);
  }
  return p;
}

const char* category_of(const c10::Warning& warning) {
  struct Name {
    const char* operator()(const c10::UserWarning&) const { return "UserWarning"; }
    const char* operator()(const c10::DeprecationWarning&) const { return "DeprecationWarning"; }
  };
  return std::visit(Name(), warning.type());
}

// Queues warnings until the call in progress returns and Go can print them
// with the line of the Go program that caused them.
class WarningQueue : public c10::WarningHandler {
 public:
  void process(const c10::Warning& warning) override {
    auto* w = new gt_warning{copy_text(warning.msg()), category_of(warning), nullptr};
    ThreadState& state = thread_state;
    (state.last_warning == nullptr ? state.first_warning : state.last_warning->next) = w;
    state.last_warning = w;
  }
};

struct ErrorKind {
  int32_t kind;
  std::string message;
  std::string backtrace;
  uint64_t panic = 0;
  bool out_of_memory = false;
};

ErrorKind out_of_memory(ErrorKind e) {
  e.out_of_memory = true;
  return e;
}

// What libtorch's CPU allocator throws is no c10::OutOfMemoryError.
bool is_out_of_host_memory(const c10::Error& e) {
  return std::string_view(e.what_without_backtrace()).find("DefaultCPUAllocator: ") !=
         std::string_view::npos;
}

// Nor what is thrown where memory does not come from the caching allocator:
// pinned memory, the workspaces of CUDA's libraries.
bool is_out_of_device_memory(const c10::AcceleratorError& e) {
  constexpr int32_t kMemoryAllocation = 2;  // cudaErrorMemoryAllocation
  return e.get_error_code() == kMemoryAllocation;
}

// Putting names to the addresses of a backtrace takes milliseconds: only who
// asks for it waits.
std::string backtrace_of(const c10::Error& e) {
  const char* show = std::getenv("GOTORCH_SHOW_CPP_STACKTRACES");
  return show != nullptr && std::string_view(show) == "1" ? e.what() : "";
}

// Describes the exception that is being handled.
ErrorKind current_error() {
  const auto of = [](int32_t kind, const c10::Error& e) {
    return ErrorKind{kind, e.what_without_backtrace(), backtrace_of(e)};
  };
  try {
    throw;
  } catch (const c10::IndexError& e) {
    return of(GT_INDEX_ERROR, e);
  } catch (const c10::ValueError& e) {
    return of(GT_VALUE_ERROR, e);
  } catch (const c10::TypeError& e) {
    return of(GT_TYPE_ERROR, e);
  } catch (const c10::NotImplementedError& e) {
    return of(GT_NOT_IMPLEMENTED_ERROR, e);
  } catch (const c10::OutOfMemoryError& e) {
    return out_of_memory(of(GT_OUT_OF_MEMORY_ERROR, e));
  } catch (const c10::LinAlgError& e) {
    return of(GT_LINALG_ERROR, e);
  } catch (const c10::SyntaxError& e) {
    return of(GT_SYNTAX_ERROR, e);
  } catch (const c10::BufferError& e) {
    return of(GT_BUFFER_ERROR, e);
  } catch (const c10::AcceleratorError& e) {
    const ErrorKind error = of(GT_ACCELERATOR_ERROR, e);
    return is_out_of_device_memory(e) ? out_of_memory(error) : error;
  } catch (const c10::DistError& e) {
    return of(GT_DISTRIBUTED_ERROR, e);
  } catch (const c10::Error& e) {
    const ErrorKind error = of(GT_RUNTIME_ERROR, e);
    return is_out_of_host_memory(e) ? out_of_memory(error) : error;
  } catch (const GoPanic& e) {
    return {GT_GO_PANIC, e.what(), "", e.number()};
  } catch (const std::bad_alloc&) {
    return out_of_memory({GT_OUT_OF_MEMORY_ERROR, "out of memory", ""});
  } catch (const std::exception& e) {
    return {GT_RUNTIME_ERROR, e.what(), ""};
  } catch (...) {
    return {GT_RUNTIME_ERROR, "an exception that is no std::exception", ""};
  }
}

gt_report* take_warnings() {
  ThreadState& state = thread_state;
  auto* report = new gt_report{.warnings = state.first_warning};
  state.first_warning = state.last_warning = nullptr;
  return report;
}

// Whether work becomes a CUDA graph, which holds what a failed call has begun.
bool is_capturing() { return cuda_library != nullptr && cuda_library->capturing() != 0; }

gt_report* report_error() noexcept {
  const ErrorKind e = current_error();
  gt_report* report = take_warnings();
  report->kind = e.kind;
  report->error = copy_text(e.message);
  report->backtrace = copy_text(e.backtrace);
  report->panic = e.panic;
  report->out_of_memory = e.out_of_memory;
  report->unrepeatable = thread_state.unrepeatable || (e.out_of_memory && is_capturing());
  return report;
}

// Flushes denormals for as long as it lives. The processor's mode belongs to the
// thread, on which Go computes, too, and from which goroutines move on.
class FlushDenormals {
 public:
  explicit FlushDenormals(bool on) : on_(on) { set(true); }
  ~FlushDenormals() { set(false); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  void set(bool on) const {
    if (on_) [[unlikely]] {
      at::globalContext().setFlushDenormal(on);
    }
  }
  bool on_;
};

// OpenMP and MKL keep the number of threads for each thread, where goroutines move
// between them; MKL's default would otherwise hold where libtorch's has not been used.
void take_settings() noexcept {
  thread_state.settings = settings.load(std::memory_order_relaxed);
  listen_to_warnings();
  at::init_num_threads();
}

// Runs body as one call: under the frame's flags, with everything that it
// throws or warns of in the report.
template <class Body>
gt_report* run_call(uint64_t* frame, Body body) noexcept {
  ThreadState& state = thread_state;
  if (state.settings != settings.load(std::memory_order_relaxed)) [[unlikely]] {
    take_settings();
  }
  const uint64_t flags = frame[0];
  frame[0] = state.scope;
  state.unrepeatable = false;
  const FlushDenormals flush(flush_denormal.load(std::memory_order_relaxed));
  try {
    if (flags & GT_FLAG_NO_GRAD) {
      const c10::AutoGradMode no_grad(false);
      body();
    } else {
      body();
    }
  } catch (...) {
    frame[0] = flags;  // so that the frame can be called again
    return report_error();
  }
  return state.first_warning == nullptr ? nullptr : take_warnings();
}

gt_report* call(gt_function function, uint64_t* frame) noexcept {
  return run_call(frame, [&] { function(frame + 1); });
}

gt_report* call_with_callbacks(gt_function function, uint64_t* frame) noexcept {
  const AllowCallbacks allow;
  return call(function, frame);
}

gt_report* call_copy_in(uint64_t* frame, const void* data, uint64_t bytes) noexcept {
  return run_call(frame, [&] {
    Reader r(frame + 1);
    const auto dtype = Argument<at::ScalarType>::read(r);
    const auto sizes = Argument<at::IntArrayRef>::read(r);
    Writer(frame + 1).put(copy_in(dtype, sizes, data, bytes));
  });
}

gt_report* call_copy_out(uint64_t* frame, void* data, uint64_t bytes) noexcept {
  return run_call(frame, [&] {
    Reader r(frame + 1);
    copy_out(Argument<at::Tensor>::read(r), data, bytes);
  });
}

using TensorPtr = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

void release(const uint64_t* handles, uint64_t count) noexcept {
  for (uint64_t i = 0; i < count; i++) {
    if (handles[i] & GT_NODE) [[unlikely]] {
      c10::intrusive_ptr<torch::autograd::Node>::reclaim(
          reinterpret_cast<torch::autograd::Node*>(handles[i] & ~uint64_t{GT_NODE}));
    } else if (handles[i] != 0) {
      TensorPtr::reclaim(tensor_of(handles[i]));
    }
  }
}

void retain(const uint64_t* handles, uint64_t count) noexcept {
  for (uint64_t i = 0; i < count; i++) {
    if (handles[i] != 0) {
      TensorPtr::reclaim_copy(tensor_of(handles[i])).release();
    }
  }
}

void use_cuda(const gt_cuda_library* cuda) noexcept { cuda_library = cuda; }

void free_report(gt_report* report) noexcept {
  for (gt_warning* w = report->warnings; w != nullptr;) {
    gt_warning* next = w->next;
    std::free(const_cast<char*>(w->text));
    delete w;
    w = next;
  }
  std::free(const_cast<char*>(report->error));
  std::free(const_cast<char*>(report->backtrace));
  delete report;
}

}  // namespace

void listen_to_warnings() {
  static WarningQueue queue;
  c10::WarningUtils::set_warning_handler(&queue);
  thread_state.listening = true;
}

const gt_library* library() {
  static const gt_library lib = {
      .stamp = build_stamp(),
      .torch_version = built_for(),
      .running_version = running_version,
      .operator_count = operator_count(),
      .operator_at = operator_at,
      .entry_named = entry_named,
      .call = call,
      .copy_in = call_copy_in,
      .copy_out = call_copy_out,
      .call_with_callbacks = call_with_callbacks,
      .release = release,
      .retain = retain,
      .free_report = free_report,
      .allocated = count_allocations(),
      .set_callback = set_callback,
      .dropped = dropped_functions(),
      .take_dropped = take_dropped,
      .use_cuda = use_cuda,
  };
  install_engine();
  return &lib;
}

}  // namespace gotorch

extern "C" __attribute__((visibility("default"))) const gt_library* gotorch_library(void) {
  return gotorch::library();
}
