// Entries of autocast, in which each operator runs in the dtype that suits it.

#include <ATen/autocast_mode.h>

#include <algorithm>

#include "library.h"

namespace gotorch {
namespace {

namespace autocast = at::autocast;
using c10::DeviceType;

// Like the gradient modes, autocast belongs to the thread: Go holds the thread
// while it has changed something, and always puts the earlier state back.
//
// A state is a list: whether casts of weights are cached and then, for each type
// of device, type << 16 | dtype << 8 | enabled.
constexpr int kTypeShift = 16;
constexpr int kDtypeShift = 8;

int64_t state_of(DeviceType type) {
  return static_cast<int64_t>(type) << kTypeShift |
         static_cast<int64_t>(autocast::get_autocast_dtype(type)) << kDtypeShift |
         static_cast<int64_t>(autocast::is_autocast_enabled(type));
}

DeviceType type_in(int64_t word) { return static_cast<DeviceType>(word >> kTypeShift); }

std::vector<int64_t> autocast_state() {
  std::vector<int64_t> state{autocast::is_autocast_cache_enabled()};
  for (DeviceType type : autocast::_AUTOCAST_SUPPORTED_DEVICES) {
    state.push_back(state_of(type));
  }
  return state;
}

void set_state(at::IntArrayRef state) {
  autocast::set_autocast_cache_enabled(state[0] != 0);
  for (int64_t word : state.slice(1)) {
    autocast::set_autocast_enabled(type_in(word), (word & 1) != 0);
    autocast::set_autocast_dtype(type_in(word),
                                 static_cast<at::ScalarType>(word >> kDtypeShift & 0xff));
  }
}

// Sets a state, of all types or of some, and returns what that was before.
std::vector<int64_t> enter_autocast(at::IntArrayRef state) {
  std::vector<int64_t> before{autocast::is_autocast_cache_enabled()};
  for (int64_t word : state.slice(1)) {
    before.push_back(state_of(type_in(word)));
  }
  autocast::increment_nesting();
  set_state(state);
  return before;
}

// Ends what enter_autocast began. Cached casts end with the outermost state, since
// the weights may change then.
void leave_autocast(at::IntArrayRef before) {
  if (autocast::decrement_nesting() == 0) {
    autocast::clear_cache();
  }
  set_state(before);
}

bool autocast_available(DeviceType type) { return autocast::is_autocast_available(type); }
bool autocast_enabled(DeviceType type) { return autocast::is_autocast_enabled(type); }
at::ScalarType autocast_dtype(DeviceType type) { return autocast::get_autocast_dtype(type); }
bool autocast_cache_enabled() { return autocast::is_autocast_cache_enabled(); }
void clear_autocast_cache() { autocast::clear_cache(); }

bool any_autocast_enabled() {
  return std::ranges::any_of(autocast::_AUTOCAST_SUPPORTED_DEVICES, autocast_enabled);
}

constexpr gt_entry kEntries[] = {
    entry<autocast_state>("autocast_state() -> int[]"),
    entry<enter_autocast>("enter_autocast(int[] state) -> int[]"),
    entry<leave_autocast>("leave_autocast(int[] before) -> ()"),
    entry<autocast_available>("autocast_available(DeviceType type) -> bool"),
    entry<autocast_enabled>("autocast_enabled(DeviceType type) -> bool"),
    entry<autocast_dtype>("autocast_dtype(DeviceType type) -> ScalarType"),
    entry<autocast_cache_enabled>("autocast_cache_enabled() -> bool"),
    entry<clear_autocast_cache>("clear_autocast_cache() -> ()"),
    entry<any_autocast_enabled>("any_autocast_enabled() -> bool"),
};

}  // namespace

std::span<const gt_entry> autocast_entries() { return kEntries; }

}  // namespace gotorch
