// Entries about what libtorch computes with: torch.backends.

#include <ATen/ATen.h>
#include <ATen/Config.h>
#include <ATen/Context.h>
#include <c10/core/QEngine.h>

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "library.h"

// libtorch_cpu.so has these without a header of their own.
namespace torch::verbose {
TORCH_API int _mkl_set_verbose(int enable);
TORCH_API int _mkldnn_set_verbose(int level);
}  // namespace torch::verbose

namespace gotorch {
namespace {

at::Context& context() { return at::globalContext(); }

// A setting that is on or off. Its name is Python's, below torch.backends.
struct Switch {
  std::string_view name;
  bool (*get)();
  void (*set)(bool on);
};

template <auto get, auto set>
constexpr Switch switch_of(std::string_view name) {
  return {name, [] { return (context().*get)(); }, [](bool on) { (context().*set)(on); }};
}

using C = at::Context;

constexpr Switch kSwitches[] = {
    switch_of<&C::userEnabledCuDNN, &C::setUserEnabledCuDNN>("cudnn.enabled"),
    switch_of<&C::benchmarkCuDNN, &C::setBenchmarkCuDNN>("cudnn.benchmark"),
    switch_of<&C::deterministicCuDNN, &C::setDeterministicCuDNN>("cudnn.deterministic"),
    {"cudnn.allow_tf32", [] { return context().allowTF32CuDNN(); },
     [](bool on) { context().setAllowTF32CuDNN(on); }},
    switch_of<&C::userEnabledMkldnn, &C::setUserEnabledMkldnn>("mkldnn.enabled"),
    switch_of<&C::deterministicMkldnn, &C::setDeterministicMkldnn>("mkldnn.deterministic"),
    // Without Intel's GPUs, libtorch warns when it is asked; Python does not ask.
    {"mkldnn.allow_tf32", [] { return C::hasXPU() && context().allowTF32OneDNN(); },
     [](bool on) { context().setAllowTF32OneDNN(on); }},
    switch_of<&C::userEnabledNNPACK, &C::setUserEnabledNNPACK>("nnpack.enabled"),
    switch_of<&C::immediateMiopen, &C::setImmediateMiopen>("miopen.immediate"),
    switch_of<&C::allowTF32CuBLAS, &C::setAllowTF32CuBLAS>("cuda.matmul.allow_tf32"),
    switch_of<&C::allowFP16AccumulationCuBLAS, &C::setAllowFP16AccumulationCuBLAS>(
        "cuda.matmul.allow_fp16_accumulation"),
    switch_of<&C::preferCublasltGroupedGemm, &C::setPreferCublasltGroupedGemm>(
        "cuda.matmul.prefer_cublaslt_grouped_gemm"),
    switch_of<&C::userEnabledFlashSDP, &C::setSDPUseFlash>("cuda.flash_sdp"),
    switch_of<&C::userEnabledMemEfficientSDP, &C::setSDPUseMemEfficient>("cuda.mem_efficient_sdp"),
    switch_of<&C::userEnabledMathSDP, &C::setSDPUseMath>("cuda.math_sdp"),
    switch_of<&C::userEnabledCuDNNSDP, &C::setSDPUseCuDNN>("cuda.cudnn_sdp"),
    switch_of<&C::userEnabledOverrideableSDP, &C::setSDPUseOverrideable>("cuda.overrideable_sdp"),
    switch_of<&C::allowFP16BF16ReductionMathSDP, &C::setAllowFP16BF16ReductionMathSDP>(
        "cuda.fp16_bf16_reduction_math_sdp"),
    // These are of torch.autograd.graph.
    switch_of<&C::warnOnAccumulateGradStreamMismatch, &C::setWarnOnAccumulateGradStreamMismatch>(
        "autograd.warn_on_accumulate_grad_stream_mismatch"),
    switch_of<&C::overrideStaleCaptureStream, &C::setOverrideStaleCaptureStream>(
        "autograd.override_stale_capture_stream"),
};

const Switch& switch_named(std::string_view name) {
  for (const Switch& s : kSwitches) {
    if (s.name == name) {
      return s;
    }
  }
  TORCH_CHECK(false, "no switch of torch.backends is called ", name);
}

bool backend_switch(std::string_view name) { return switch_named(name).get(); }
void set_backend_switch(std::string_view name, bool on) { switch_named(name).set(on); }

// What this libtorch was built with, or has opened.
struct Feature {
  std::string_view name;
  bool (*has)();
};

constexpr Feature kFeatures[] = {
    {"mkl", C::hasMKL},
    {"mkldnn", C::hasMKLDNN},
    {"mkldnn_acl", [] { return bool(AT_MKLDNN_ACL_ENABLED()); }},
    {"openmp", C::hasOpenMP},
    {"kleidiai", C::hasKleidiAI},
    {"nnpack", at::_nnpack_available},
    {"xnnpack", C::isXNNPACKAvailable},
    {"mps", C::hasMPS},
    {"xpu", C::hasXPU},
    {"cudnn", C::hasCuDNN},
};

bool backend_has(std::string_view name) {
  for (const Feature& f : kFeatures) {
    if (f.name == name) {
      return f.has();
    }
  }
  TORCH_CHECK(false, "no feature of torch.backends is called ", name);
}

// Of cuDNN, as the library in use counts: 92300 is 9.23.0.
int64_t cudnn_version() { return C::versionRuntimeCuDNN(); }

// The precision of an operation on float32, a tree of settings: those of a
// backend's operations, of the backend, of all.
std::string fp32_precision(std::string_view backend, std::string_view op) {
  return at::precision2str(context().float32Precision(at::str2backend(std::string(backend)),
                                                      at::str2op(std::string(op))));
}
void set_fp32_precision(std::string_view backend, std::string_view op, std::string_view precision) {
  context().setFloat32Precision(at::str2backend(std::string(backend)), at::str2op(std::string(op)),
                                at::str2precision(std::string(precision)));
}

// Whether cuBLAS may add up products in less than float32, and split the sum.
std::tuple<bool, bool> reductions(at::CuBLASReductionOption option) {
  return {option == at::CuBLASReductionOption::AllowReducedPrecisionWithSplitK,
          option != at::CuBLASReductionOption::DisallowReducedPrecisionDisallowSplitK};
}
std::tuple<bool, bool> fp16_reduction() { return reductions(context().allowFP16ReductionCuBLAS()); }
std::tuple<bool, bool> bf16_reduction() { return reductions(context().allowBF16ReductionCuBLAS()); }
void set_fp16_reduction(bool reduced, bool splitk) {
  context().setAllowFP16ReductionCuBLAS(reduced, splitk);
}
void set_bf16_reduction(bool reduced, bool splitk) {
  context().setAllowBF16ReductionCuBLAS(reduced, splitk);
}

at::LinalgBackend linalg_backend() { return context().linalgPreferredBackend(); }
void set_linalg_backend(at::LinalgBackend backend) { context().setLinalgPreferredBackend(backend); }
at::BlasBackend blas_backend() { return context().blasPreferredBackend(); }
at::BlasBackend blas_default_backend() { return context().blasDefaultBackend(); }
void set_blas_backend(at::BlasBackend backend) { context().setBlasPreferredBackend(backend); }

int64_t cudnn_benchmark_limit() { return context().benchmarkLimitCuDNN(); }
void set_cudnn_benchmark_limit(int64_t n) { context().setBenchmarkLimitCuDNN(static_cast<int>(n)); }
std::string cudnn_depthwise_kernel() {
  return at::cudnn_depthwise2str(context().cudnnDepthwiseKernel());
}
void set_cudnn_depthwise_kernel(std::string_view name) {
  context().setCuDNNDepthwiseKernel(at::str2cudnn_depthwise(std::string(name)));
}

std::vector<int64_t> sdp_priority_order() {
  std::vector<int64_t> order;
  for (const at::SDPBackend backend : context().sDPPriorityOrder()) {
    order.push_back(static_cast<int64_t>(backend));
  }
  return order;
}
void set_sdp_priority_order(at::IntArrayRef order) { context().setSDPPriorityOrder(order.vec()); }

int64_t quantized_engine() { return static_cast<int64_t>(context().qEngine()); }
void set_quantized_engine(int64_t engine) {
  context().setQEngine(static_cast<at::QEngine>(engine));
}
std::vector<int64_t> quantized_engines() {
  std::vector<int64_t> engines;
  for (const at::QEngine engine : C::supportedQEngines()) {
    engines.push_back(static_cast<int64_t>(engine));
  }
  return engines;
}

int64_t fft_plans(int64_t device) { return at::_cufft_get_plan_cache_size(device); }
int64_t fft_most_plans(int64_t device) { return at::_cufft_get_plan_cache_max_size(device); }
void set_fft_most_plans(int64_t device, int64_t n) {
  at::_cufft_set_plan_cache_max_size(device, n);
}
void clear_fft_plans(int64_t device) { at::_cufft_clear_plan_cache(device); }

bool set_mkl_verbose(int64_t level) {
  return torch::verbose::_mkl_set_verbose(static_cast<int>(level));
}
bool set_mkldnn_verbose(int64_t level) {
  return torch::verbose::_mkldnn_set_verbose(static_cast<int>(level));
}

constexpr gt_entry kEntries[] = {
    entry<backend_switch>("backend_switch(str name) -> bool"),
    entry<set_backend_switch>("set_backend_switch(str name, bool on) -> ()"),
    entry<backend_has>("backend_has(str name) -> bool"),
    entry<cudnn_version>("cudnn_version() -> int"),
    entry<fp32_precision>("fp32_precision(str backend, str op) -> str"),
    entry<set_fp32_precision>("set_fp32_precision(str backend, str op, str precision) -> ()"),
    entry<fp16_reduction>("fp16_reduction() -> (bool reduced, bool splitk)"),
    entry<bf16_reduction>("bf16_reduction() -> (bool reduced, bool splitk)"),
    entry<set_fp16_reduction>("set_fp16_reduction(bool reduced, bool splitk) -> ()"),
    entry<set_bf16_reduction>("set_bf16_reduction(bool reduced, bool splitk) -> ()"),
    entry<linalg_backend>("linalg_backend() -> int"),
    entry<set_linalg_backend>("set_linalg_backend(int backend) -> ()"),
    entry<blas_backend>("blas_backend() -> int"),
    entry<blas_default_backend>("blas_default_backend() -> int"),
    entry<set_blas_backend>("set_blas_backend(int backend) -> ()"),
    entry<cudnn_benchmark_limit>("cudnn_benchmark_limit() -> int"),
    entry<set_cudnn_benchmark_limit>("set_cudnn_benchmark_limit(int n) -> ()"),
    entry<cudnn_depthwise_kernel>("cudnn_depthwise_kernel() -> str"),
    entry<set_cudnn_depthwise_kernel>("set_cudnn_depthwise_kernel(str name) -> ()"),
    entry<sdp_priority_order>("sdp_priority_order() -> int[]"),
    entry<set_sdp_priority_order>("set_sdp_priority_order(int[] order) -> ()"),
    entry<quantized_engine>("quantized_engine() -> int"),
    entry<set_quantized_engine>("set_quantized_engine(int engine) -> ()"),
    entry<quantized_engines>("quantized_engines() -> int[]"),
    entry<fft_plans>("fft_plans(int device) -> int"),
    entry<fft_most_plans>("fft_most_plans(int device) -> int"),
    entry<set_fft_most_plans>("set_fft_most_plans(int device, int n) -> ()"),
    entry<clear_fft_plans>("clear_fft_plans(int device) -> ()"),
    entry<set_mkl_verbose>("set_mkl_verbose(int level) -> bool"),
    entry<set_mkldnn_verbose>("set_mkldnn_verbose(int level) -> bool"),
};

}  // namespace

std::span<const gt_entry> backend_entries() { return kEntries; }

}  // namespace gotorch
