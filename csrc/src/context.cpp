// Entries about the process: versions, threads, default types, devices.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/DefaultDtype.h>
#include <torch/csrc/api/include/torch/version.h>

#include "library.h"
#include "state.h"

namespace gotorch {
namespace {

// The version of the libtorch that is running, which can differ from the one
// that this library was built against. "PyTorch built with" lacks it, and the
// headers only know the latter.
std::string build_configuration() { return at::show_config(); }
std::string cpu_capability() { return at::get_cpu_capability(); }
std::string parallel_info() { return at::get_parallel_info(); }

at::ScalarType default_dtype() { return c10::get_default_dtype_as_scalartype(); }
void set_default_dtype(at::ScalarType dtype) {
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(dtype));
}

int64_t num_threads() { return at::get_num_threads(); }
void set_num_threads(int64_t n) {
  at::set_num_threads(static_cast<int>(n));
  settings++;
}
int64_t num_interop_threads() { return at::get_num_interop_threads(); }
void set_num_interop_threads(int64_t n) { at::set_num_interop_threads(static_cast<int>(n)); }

bool has_cuda() { return at::hasCUDA(); }
int64_t cuda_device_count() { return at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; }

// Throws if the devices of this type cannot be used.
void init_device(c10::DeviceType type) { at::globalContext().lazyInitDevice(type); }

// Whether sparse tensors are checked: -1 if nobody has said so yet, about which
// libtorch may warn.
int64_t check_sparse_tensor_invariants(bool warn) {
  const std::optional<bool> checks = at::globalContext().checkSparseTensorInvariants(warn);
  return checks.has_value() ? *checks : -1;
}
void set_check_sparse_tensor_invariants(std::optional<bool> checks) {
  at::globalContext().setCheckSparseTensorInvariants(checks);
}

// Modes of the whole process.
bool deterministic_algorithms() { return at::globalContext().deterministicAlgorithms(); }
bool deterministic_warn_only() { return at::globalContext().deterministicAlgorithmsWarnOnly(); }
void set_deterministic_algorithms(bool mode, bool warn_only) {
  at::globalContext().setDeterministicAlgorithms(mode, warn_only);
}

int64_t float32_matmul_precision() {
  return static_cast<int64_t>(at::globalContext().float32MatmulPrecision());
}
void set_float32_matmul_precision(std::string_view precision) {
  at::globalContext().setFloat32MatmulPrecision(std::string(precision));
}

// Reports whether the processor can flush denormals. The mode belongs to the
// thread; calls turn it on for as long as they run (see run_call).
bool set_flush_denormal(bool on) {
  const bool can = at::globalContext().setFlushDenormal(on);
  at::globalContext().setFlushDenormal(false);
  flush_denormal = can && on;
  return can;
}

bool warn_always() { return c10::WarningUtils::get_warnAlways(); }
void set_warn_always(bool on) { c10::WarningUtils::set_warnAlways(on); }

void warn(std::string_view text) { TORCH_WARN(std::string(text)); }

constexpr gt_entry kEntries[] = {
    entry<build_configuration>("build_configuration() -> str"),
    entry<cpu_capability>("cpu_capability() -> str"),
    entry<parallel_info>("parallel_info() -> str"),
    entry<default_dtype>("default_dtype() -> ScalarType"),
    entry<set_default_dtype>("set_default_dtype(ScalarType dtype) -> ()"),
    entry<num_threads>("num_threads() -> int"),
    entry<set_num_threads>("set_num_threads(int n) -> ()"),
    entry<num_interop_threads>("num_interop_threads() -> int"),
    entry<set_num_interop_threads>("set_num_interop_threads(int n) -> ()"),
    entry<has_cuda>("has_cuda() -> bool"),
    entry<cuda_device_count>("cuda_device_count() -> int"),
    entry<init_device>("init_device(DeviceType type) -> ()"),
    entry<check_sparse_tensor_invariants>("check_sparse_tensor_invariants(bool warn) -> int"),
    entry<set_check_sparse_tensor_invariants>(
        "set_check_sparse_tensor_invariants(bool? checks) -> ()"),
    entry<deterministic_algorithms>("deterministic_algorithms() -> bool"),
    entry<deterministic_warn_only>("deterministic_warn_only() -> bool"),
    entry<set_deterministic_algorithms>(
        "set_deterministic_algorithms(bool mode, bool warn_only) -> ()"),
    entry<float32_matmul_precision>("float32_matmul_precision() -> int"),
    entry<set_float32_matmul_precision>("set_float32_matmul_precision(str precision) -> ()"),
    entry<set_flush_denormal>("set_flush_denormal(bool on) -> bool"),
    entry<warn_always>("warn_always() -> bool"),
    entry<set_warn_always>("set_warn_always(bool on) -> ()"),
    entry<warn>("warn(str text) -> ()"),
};

}  // namespace

std::span<const gt_entry> context_entries() { return kEntries; }

}  // namespace gotorch
