// Entries about TunableOp, which tries which of several kernels computes a product of
// matrices fastest.

#include <ATen/cuda/tunable/Tunable.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

namespace tunable = at::cuda::tunable;

tunable::TuningContext& context() { return *tunable::getTuningContext(); }

// A setting that is a number, or a flag as 0 or 1.
struct Setting {
  std::string_view name;
  int64_t (*get)();
  void (*set)(int64_t);
};

template <auto get, auto set>
constexpr Setting setting(std::string_view name) {
  return {name, [] { return static_cast<int64_t>((context().*get)()); },
          [](int64_t value) { (context().*set)(static_cast<int>(value)); }};
}

using C = tunable::TuningContext;

constexpr Setting kSettings[] = {
    setting<&C::IsTunableOpEnabled, &C::EnableTunableOp>("enabled"),
    setting<&C::IsTuningEnabled, &C::EnableTuning>("tuning"),
    setting<&C::IsRecordUntunedEnabled, &C::EnableRecordUntuned>("record_untuned"),
    setting<&C::IsWildcardFallbackEnabled, &C::EnableWildcardFallback>("wildcard_fallback"),
    setting<&C::GetMaxTuningDurationMs, &C::SetMaxTuningDurationMs>("max_tuning_duration"),
    setting<&C::GetMaxTuningIterations, &C::SetMaxTuningIterations>("max_tuning_iterations"),
    setting<&C::GetCublasLtRequestedAlgoCount, &C::SetCublasLtRequestedAlgoCount>(
        "cublaslt_requested_algo_count"),
    setting<&C::GetRotatingBufferSize, &C::SetRotatingBufferSize>("rotating_buffer_size"),
};

const Setting& setting_named(std::string_view name) {
  const auto* found = std::ranges::find(kSettings, name, &Setting::name);
  TORCH_CHECK(found != std::end(kSettings), "no setting of TunableOp is called ", name);
  return *found;
}

int64_t get(std::string_view name) { return setting_named(name).get(); }
void set(std::string_view name, int64_t value) { setting_named(name).set(value); }

void set_filename(std::string_view name, bool insert_device) {
  context().SetFilename(std::string(name), insert_device);
}
std::string filename() { return context().GetFilename(); }
bool read_file(std::string_view name) { return context().ReadFile(std::string(name)); }
void set_numerical_check(bool enable, double atol, double rtol) {
  context().SetNumericalCheckConfig(enable, atol, rtol);
}
void clear_all() { context().GetTuningResultsManager().ClearAll(); }

// One line for each: operator, parameters, solution and time, between tabs.
std::string results() {
  std::string lines;
  for (const auto& [op, kernels] : context().GetTuningResultsManager().Dump()) {
    for (const auto& [parameters, result] : kernels) {
      char digits[32];
      const auto end = std::to_chars(digits, std::end(digits), result.GetTime()).ptr;
      lines.append(op).append("\t").append(parameters).append("\t").append(result.GetKey());
      lines.append("\t").append(digits, end).append("\n");
    }
  }
  return lines;
}

// One line for each: name and value, between tabs.
std::string validators() {
  std::string lines;
  for (const auto& [name, value] : context().GetTuningResultsValidator().GetAllValidators()) {
    lines.append(name).append("\t").append(value).append("\n");
  }
  return lines;
}

// Must be undone by pop_mask, on the same thread.
int64_t push_mask(bool m, bool n, bool k, bool batch) {
  return reinterpret_cast<int64_t>(
      new tunable::TunableDynamicDimsGuard(tunable::DynamicDimsMask(m, n, k, batch)));
}
void pop_mask(int64_t mask) { delete reinterpret_cast<tunable::TunableDynamicDimsGuard*>(mask); }
int64_t current_mask() { return tunable::GetCurrentDynamicDimsMask().bits; }

constexpr gt_entry kEntries[] = {
    entry<get>("cuda::tunable_get(str name) -> int"),
    entry<set>("cuda::tunable_set(str name, int value) -> ()"),
    entry<set_filename>("cuda::tunable_set_filename(str name, bool insert_device) -> ()"),
    entry<filename>("cuda::tunable_filename() -> str"),
    entry<read_file>("cuda::tunable_read_file(str name) -> bool"),
    entry<set_numerical_check>(
        "cuda::tunable_set_numerical_check(bool enable, float atol, float rtol) -> ()"),
    entry<clear_all>("cuda::tunable_clear_all() -> ()"),
    entry<results>("cuda::tunable_results() -> str"),
    entry<validators>("cuda::tunable_validators() -> str"),
    entry<push_mask>("cuda::tunable_push_mask(bool m, bool n, bool k, bool batch) -> int"),
    entry<pop_mask>("cuda::tunable_pop_mask(int mask) -> ()"),
    entry<current_mask>("cuda::tunable_current_mask() -> int"),
};

}  // namespace

std::span<const gt_entry> tunable_entries() { return kEntries; }

}  // namespace gotorch::cuda
