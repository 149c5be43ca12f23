// What opening libcudamath.so does: every CUDA kernel of the aten library is
// replaced by a call of the CPU's, but for those that work as they are.

#include <ATen/Context.h>
#include <torch/csrc/jit/codegen/fuser/interface.h>

#include <set>

#include "../runtime/interface.h"
#include "cudamath.h"

using c10::OperatorHandle;

namespace {

// These launch no kernels.
const std::set<std::string> kKept{"empty",
                                  "empty_strided",
                                  "as_strided",
                                  "view",
                                  "_reshape_alias",
                                  "resize_",
                                  "set_",
                                  "record_stream",
                                  "_local_scalar_dense",
                                  "_pin_memory",
                                  "is_pinned",
                                  "view_as_real",
                                  "view_as_complex",
                                  "unfold",
                                  "alias",
                                  "_efficientzerotensor",
                                  "is_set_to",
                                  "_cudnn_init_dropout_state"};

bool replaceable(const OperatorHandle& op, const std::string& name) {
  if (kKept.count(name) || name.rfind("cudnn", 0) == 0) return false;
  // The composite convolution would choose CUDA's own kernels by the device.
  if (name == "convolution" && op.schema().overload_name().empty()) return true;
  return op.hasKernelForDispatchKey(c10::DispatchKey::CUDA);
}

void replace_all(torch::Library& library) {
  const std::string prefix = "aten::";
  for (const auto& op_name : c10::Dispatcher::singleton().getAllOpNames()) {
    if (op_name.name.rfind(prefix, 0) != 0) continue;
    auto op = c10::Dispatcher::singleton().findSchema(op_name);
    std::string name = op_name.name.substr(prefix.size());
    if (!op || !replaceable(*op, name)) continue;
    if (!op_name.overload_name.empty()) name += "." + op_name.overload_name;
    library.impl(name.c_str(), torch::CppFunction::makeFromBoxedFunction<&cudamath::run_on_cpu>());
  }
}

// Whatever would go past the operators, to libraries that are only stubs.
void avoid_other_libraries() {
  auto& context = at::globalContext();
  context.setUserEnabledCuDNN(false);
  context.setSDPUseFlash(false);
  context.setSDPUseMemEfficient(false);
  context.setSDPUseCuDNN(false);
  torch::jit::overrideCanFuseOnGPU(false);
}

// Replacing kernels is the purpose here, so the dispatcher need not warn.
struct Silence : c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

}  // namespace

TORCH_LIBRARY_IMPL(aten, CUDA, library) {
  Silence silence;
  c10::WarningUtils::WarningHandlerGuard quiet(&silence);
  replace_all(library);
  library.impl("copy_", cudamath::copy_into);
  library.impl("_copy_from_and_resize", cudamath::copy_and_resize);
  cudamath::add_wider_kernels(library);
  cudamath::add_recurrent_cells(library);
  avoid_other_libraries();
  fakecuda_reject_kernels(true);
}

// Operators by which a test, in any language, reads the log of the runtime.
TORCH_LIBRARY(fakecuda, library) {
  library.def("keep_log(bool keep) -> ()", [](bool keep) { fakecuda_keep_log(keep); });
  library.def("take_log() -> str", [] {
    std::string lines;
    fakecuda_take_log(&lines);
    return lines;
  });
  library.def("launches() -> int", [] { return static_cast<int64_t>(fakecuda_launches()); });
}
