// The parts that make up the library's table.

#pragma once

#include <initializer_list>
#include <span>

#include "frame.h"

namespace gotorch {

const char* build_stamp();
const char* built_for();
const char* running_version();

// operators.cpp, over the generated ops_*.cpp
uint64_t operator_count();
const gt_entry* operator_at(uint64_t index) noexcept;

// entries.cpp
const gt_entry* entry_named(const char* name) noexcept;

// tensor.cpp
at::Tensor copy_in(at::ScalarType dtype, at::IntArrayRef sizes, const void* data, uint64_t bytes);
void copy_out(const at::Tensor& t, void* data, uint64_t bytes);

// memory.cpp: from now on, the number of bytes that libtorch's CPU allocator has
// given out is here.
const int64_t* count_allocations();

// accelerator.cpp: notes whether this thread's current streams have become others
// than the default ones, so that uses of tensors must be recorded (frame.h).
void note_streams(c10::DeviceType type);

// callback.cpp
void set_callback(gt_callback callback) noexcept;
const int64_t* dropped_functions();
uint64_t take_dropped(uint64_t* functions, uint64_t capacity) noexcept;

// engine.cpp: has libtorch ask us for saved-tensor hooks and stacks.
void install_engine();

// decompositions.cpp: gives vmap what PyTorch has in Python, once.
void load_decompositions();

// The entry of this name, which ends at its schema's parenthesis, or NULL. Go asks
// for each entry once, so a search is good enough.
inline const gt_entry* find_entry(std::initializer_list<std::span<const gt_entry>> groups,
                                  std::string_view name) {
  for (const auto& group : groups) {
    for (const gt_entry& entry : group) {
      const std::string_view schema(entry.schema);
      if (schema.substr(0, schema.find('(')) == name) {
        return &entry;
      }
    }
  }
  return nullptr;
}

// Each file of entries defines one of these.
std::span<const gt_entry> tensor_entries();
std::span<const gt_entry> autograd_entries();
std::span<const gt_entry> autocast_entries();
std::span<const gt_entry> hook_entries();
std::span<const gt_entry> node_entries();
std::span<const gt_entry> function_entries();
std::span<const gt_entry> engine_entries();
std::span<const gt_entry> random_entries();
std::span<const gt_entry> context_entries();
std::span<const gt_entry> accelerator_entries();
std::span<const gt_entry> dispatch_entries();
std::span<const gt_entry> functorch_entries();
std::span<const gt_entry> storage_entries();
std::span<const gt_entry> device_entries();
std::span<const gt_entry> backend_entries();

}  // namespace gotorch
