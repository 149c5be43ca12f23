// Entries of devices with streams, whichever they are: CUDA, MPS, XPU.

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Event.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <atomic>

#include "callback.h"
#include "event.h"
#include "library.h"
#include "stack.h"
#include "state.h"

namespace gotorch {
namespace {

using c10::impl::VirtualGuardImpl;

// The type of the accelerator that this libtorch has, or -1.
int64_t accelerator_type() {
  const auto type = at::accelerator::getAccelerator(false);
  return type.has_value() ? static_cast<int64_t>(*type) : -1;
}

int64_t accelerator_count() { return at::accelerator::deviceCount(); }

// --- the current device ---------------------------------------------------------
// Each thread has one, and for each device a current stream.

// The accelerator's. Fails, with libtorch's words, where there is none.
at::Device current_device() {
  const c10::DeviceType type = at::accelerator::getAccelerator(true).value();
  at::globalContext().lazyInitDevice(type);
  return VirtualGuardImpl(type).getDevice();
}

// Makes this device the current one, and returns the one that was.
at::Device exchange_device(at::Device device) {
  return VirtualGuardImpl(device.type()).exchangeDevice(device);
}

// Undoes exchange_device. It leaves alone a device that has not been used yet.
void restore_device(at::Device device) {
  VirtualGuardImpl(device.type()).uncheckedSetDevice(device);
}

void synchronize_device(at::Device device) { at::accelerator::synchronizeDevice(device.index()); }

// --- streams --------------------------------------------------------------------

// The device with its index: the current one's, where it has none.
at::Device indexed(at::Device device, const VirtualGuardImpl& impl) {
  return device.has_index() ? device : impl.getDevice();
}

c10::Stream new_stream(at::Device device, int64_t priority) {
  const VirtualGuardImpl impl(device.type());
  const c10::OptionalDeviceGuard guard(device);
  return impl.getNewStream(indexed(device, impl), static_cast<int>(priority));
}

c10::Stream current_stream(at::Device device) {
  const VirtualGuardImpl impl(device.type());
  return impl.getStream(indexed(device, impl));
}

c10::Stream default_stream(at::Device device) {
  const VirtualGuardImpl impl(device.type());
  return impl.getDefaultStream(indexed(device, impl));
}

// Makes the stream and its device the current ones. Returns the index of the
// device that was, and the stream that was current on the stream's device.
std::tuple<int64_t, c10::Stream> enter_stream(c10::Stream stream) {
  const VirtualGuardImpl impl(stream.device_type());
  const c10::Stream before = impl.getStream(stream.device());
  const int64_t device = impl.exchangeDevice(stream.device()).index();
  impl.exchangeStream(stream);
  note_streams(impl.type());
  return {device, before};
}

// Undoes enter_stream.
void leave_stream(int64_t device, c10::Stream before) {
  const VirtualGuardImpl impl(before.device_type());
  impl.exchangeStream(before);
  note_streams(impl.type());
  impl.uncheckedSetDevice({before.device_type(), static_cast<c10::DeviceIndex>(device)});
}

// The current device's index, then the number of each device's current stream.
std::vector<int64_t> device_state(c10::DeviceType type) {
  const VirtualGuardImpl impl(type);
  std::vector<int64_t> state{impl.getDevice().index()};
  for (c10::DeviceIndex i = 0; i < impl.deviceCount(); i++) {
    state.push_back(impl.getStream({type, i}).id());
  }
  return state;
}

// Restores what device_state returned.
void set_device_state(c10::DeviceType type, at::IntArrayRef state) {
  const VirtualGuardImpl impl(type);
  for (size_t i = 1; i < state.size(); i++) {
    const at::Device device(type, static_cast<c10::DeviceIndex>(i - 1));
    impl.exchangeStream(c10::Stream(c10::Stream::UNSAFE, device, state[i]));
  }
  note_streams(impl.type());
  impl.uncheckedSetDevice({type, static_cast<c10::DeviceIndex>(state[0])});
}

bool stream_query(c10::Stream s) { return s.query(); }
void stream_synchronize(c10::Stream s) { s.synchronize(); }
bool stream_is_capturing(c10::Stream s) { return s.is_capturing(); }
int64_t stream_native_handle(c10::Stream s) { return reinterpret_cast<int64_t>(s.native_handle()); }

void stream_wait_stream(c10::Stream s, c10::Stream other) {
  c10::Event event(other.device_type());
  event.record(other);
  event.block(s);
}

// --- events ---------------------------------------------------------------------

class DeviceEvent final : public Event {
 public:
  DeviceEvent(c10::DeviceType type, bool timing)
      : event_(type, timing ? c10::EventFlag::BACKEND_DEFAULT : c10::EventFlag::PYTORCH_DEFAULT) {}

  c10::Device device() override { return event_.device(); }
  void record(const c10::Stream& stream) override { event_.record(stream); }
  void block(const c10::Stream& stream) override { event_.block(stream); }
  bool query() override { return event_.query(); }
  void synchronize() override { event_.synchronize(); }
  double elapsed_time(Event& end) override {
    return event_.elapsedTime(static_cast<DeviceEvent&>(end).event_);
  }
  void* native() override { return event_.eventId(); }

 private:
  c10::Event event_;
};

Event& event_at(int64_t handle) { return *reinterpret_cast<Event*>(handle); }

int64_t new_event(c10::DeviceType type, bool timing) {
  return reinterpret_cast<int64_t>(static_cast<Event*>(new DeviceEvent(type, timing)));
}

void release_event(int64_t handle) { delete &event_at(handle); }
at::Device event_device(int64_t handle) { return event_at(handle).device(); }
void event_record(int64_t handle, c10::Stream stream) { event_at(handle).record(stream); }
void event_block(int64_t handle, c10::Stream stream) { event_at(handle).block(stream); }
bool event_query(int64_t handle) { return event_at(handle).query(); }
void event_synchronize(int64_t handle) { event_at(handle).synchronize(); }
double event_elapsed_time(int64_t handle, int64_t end) {
  return event_at(handle).elapsed_time(event_at(end));
}
int64_t event_native(int64_t handle) {
  return reinterpret_cast<int64_t>(event_at(handle).native());
}

// --- memory ---------------------------------------------------------------------

c10::DeviceAllocator& allocator(c10::DeviceType type) { return *at::getDeviceAllocator(type); }

bool allocator_initialized(c10::DeviceType type) { return allocator(type).initialized(); }
void empty_cache(c10::DeviceType type) { allocator(type).emptyCache(); }
void empty_host_cache() { at::accelerator::emptyHostCache(); }
void reset_accumulated_stats(at::Device d) { allocator(d.type()).resetAccumulatedStats(d.index()); }
void reset_peak_stats(at::Device d) { allocator(d.type()).resetPeakStats(d.index()); }

// Free and total bytes.
std::tuple<int64_t, int64_t> memory_info(at::Device d) {
  const auto [free, total] = allocator(d.type()).getMemoryInfo(d.index());
  return {static_cast<int64_t>(free), static_cast<int64_t>(total)};
}

using Numbers = std::vector<int64_t>;

void append(Numbers& numbers, const c10::CachingAllocator::Stat& s) {
  numbers.insert(numbers.end(), {s.current, s.peak, s.allocated, s.freed});
}

void append(Numbers& numbers, const c10::CachingAllocator::StatArray& pools) {
  for (const auto& stat : pools) {
    append(numbers, stat);
  }
}

// All numbers of a DeviceStats, in the order in which Python's torch.cuda lists
// them. What belongs to private pools follows, each after its pool's two numbers.
Numbers device_stats(at::Device d) {
  const auto s = allocator(d.type()).getDeviceStats(d.index());
  Numbers numbers{s.num_alloc_retries,    s.num_ooms,         s.max_split_size,
                  s.num_sync_all_streams, s.num_device_alloc, s.num_device_free,
                  s.num_oom_rejections};
  for (const auto* pools :
       {&s.allocation, &s.segment, &s.active, &s.inactive_split, &s.allocated_bytes,
        &s.reserved_bytes, &s.active_bytes, &s.inactive_split_bytes, &s.requested_bytes}) {
    append(numbers, *pools);
  }
  append(numbers, s.oversize_allocations);
  append(numbers, s.oversize_segments);
  for (const auto& [pool, stats] : s.reserved_bytes_by_private_pools) {
    numbers.push_back(static_cast<int64_t>(pool.first));
    numbers.push_back(static_cast<int64_t>(pool.second));
    append(numbers, stats);
  }
  return numbers;
}

// The Go function that returns the number of the program's stack, or 0.
std::atomic<uint64_t> stack_function{0};

// Has Go look at its stack, in calls that may run Go code. In others there is none
// to see: they are the collector's, and those of libtorch's own threads.
std::shared_ptr<c10::GatheredContext> record_stack() {
  const uint64_t function = stack_function;
  if (function == 0 || !thread_state.callbacks) {
    return nullptr;
  }
  Callback call(function);
  return std::make_shared<GoStack>(call.run().integer());
}

// What allocators call while they record their history.
int64_t stack_recorder(int64_t function) {
  stack_function = static_cast<uint64_t>(function);
  return reinterpret_cast<int64_t>(&record_stack);
}

// The dtypes that tensors of the device can have.
Numbers supported_dtypes(at::Device d) {
  Numbers dtypes;
  at::accelerator::getDeviceCapability(d.index()).forEachSupportedScalarType(
      [&](at::ScalarType type) { dtypes.push_back(static_cast<int64_t>(type)); });
  return dtypes;
}

constexpr gt_entry kEntries[] = {
    entry<accelerator_type>("accelerator_type() -> int"),
    entry<accelerator_count>("accelerator_count() -> int"),
    entry<current_device>("current_device() -> Device"),
    entry<exchange_device>("exchange_device(Device device) -> Device"),
    entry<restore_device>("restore_device(Device device) -> ()"),
    entry<synchronize_device>("synchronize_device(Device device) -> ()"),
    entry<new_stream>("new_stream(Device device, int priority) -> Stream"),
    entry<current_stream>("current_stream(Device device) -> Stream"),
    entry<default_stream>("default_stream(Device device) -> Stream"),
    entry<enter_stream>("enter_stream(Stream s) -> (int, Stream)"),
    entry<leave_stream>("leave_stream(int device, Stream before) -> ()"),
    entry<device_state>("device_state(DeviceType type) -> int[]"),
    entry<set_device_state>("set_device_state(DeviceType type, int[] state) -> ()"),
    entry<stream_query>("stream_query(Stream s) -> bool"),
    entry<stream_synchronize>("stream_synchronize(Stream s) -> ()"),
    entry<stream_is_capturing>("stream_is_capturing(Stream s) -> bool"),
    entry<stream_native_handle>("stream_native_handle(Stream s) -> int"),
    entry<stream_wait_stream>("stream_wait_stream(Stream s, Stream other) -> ()"),
    entry<new_event>("new_event(DeviceType type, bool timing) -> int"),
    entry<release_event>("release_event(int event) -> ()"),
    entry<event_device>("event_device(int event) -> Device"),
    entry<event_record>("event_record(int event, Stream s) -> ()"),
    entry<event_block>("event_block(int event, Stream s) -> ()"),
    entry<event_query>("event_query(int event) -> bool"),
    entry<event_synchronize>("event_synchronize(int event) -> ()"),
    entry<event_elapsed_time>("event_elapsed_time(int event, int end) -> float"),
    entry<event_native>("event_native(int event) -> int"),
    entry<allocator_initialized>("allocator_initialized(DeviceType type) -> bool"),
    entry<empty_cache>("empty_cache(DeviceType type) -> ()"),
    entry<empty_host_cache>("empty_host_cache() -> ()"),
    entry<reset_accumulated_stats>("reset_accumulated_stats(Device device) -> ()"),
    entry<reset_peak_stats>("reset_peak_stats(Device device) -> ()"),
    entry<memory_info>("memory_info(Device device) -> (int, int)"),
    entry<device_stats>("device_stats(Device device) -> int[]"),
    entry<stack_recorder>("stack_recorder(int function) -> int"),
    entry<supported_dtypes>("supported_dtypes(Device device) -> int[]"),
};

}  // namespace

void note_streams(c10::DeviceType type) {
  if (type == c10::kCPU) {
    return;
  }
  const VirtualGuardImpl impl(type);
  on_side_stream = false;
  for (c10::DeviceIndex i = 0; i < impl.deviceCount(); i++) {
    const at::Device device(type, i);
    on_side_stream |= impl.getStream(device) != impl.getDefaultStream(device);
  }
}

std::span<const gt_entry> accelerator_entries() { return kEntries; }

}  // namespace gotorch
