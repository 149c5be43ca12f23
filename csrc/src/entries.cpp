// Finds the functions of our own, those that are not ATen operators.

#include <caffe2/core/common.h>

#include <torch/headeronly/version.h>

#include "library.h"
#include "stamp.h"

namespace gotorch {

const char* build_stamp() { return GOTORCH_STAMP; }

const char* built_for() { return TORCH_VERSION; }

const char* running_version() {
  const auto& options = caffe2::GetBuildOptions();
  const auto version = options.find("TORCH_VERSION");
  return version == options.end() ? "of unknown version" : version->second.c_str();
}

const gt_entry* entry_named(const char* name) noexcept {
  return find_entry({tensor_entries(), autograd_entries(), hook_entries(), node_entries(),
                     function_entries(), engine_entries(), random_entries(), context_entries(),
                     accelerator_entries(), device_entries(), dispatch_entries(),
                     functorch_entries(), storage_entries(), backend_entries(), autocast_entries()},
                    name);
}

}  // namespace gotorch
