// CUDA's events, with what a generic event lacks: waiting without spinning, and
// handles for other processes.

#include <c10/cuda/CUDAEvent.h>

#include "../src/event.h"
#include "cuda.h"

namespace gotorch::cuda {
namespace {

using c10::cuda::CUDAEvent;
using c10::cuda::CUDAStream;

class CudaEvent final : public Event {
 public:
  explicit CudaEvent(unsigned flags) : event_(flags) {}
  CudaEvent(c10::DeviceIndex device, const cudaIpcEventHandle_t* handle) : event_(device, handle) {}

  c10::Device device() override { return event_.device().value_or(c10::Device(c10::kCUDA)); }
  void record(const c10::Stream& stream) override { event_.record(CUDAStream(stream)); }
  void block(const c10::Stream& stream) override { event_.block(CUDAStream(stream)); }
  bool query() override { return event_.query(); }
  void synchronize() override { event_.synchronize(); }
  double elapsed_time(Event& end) override {
    return event_.elapsed_time(static_cast<CudaEvent&>(end).event_);
  }
  void* native() override { return event_.event(); }
  void ipc_handle(cudaIpcEventHandle_t* handle) { event_.ipc_handle(handle); }

 private:
  CUDAEvent event_;
};

int64_t address_of(Event* event) { return reinterpret_cast<int64_t>(event); }

int64_t new_event(bool timing, bool blocking, bool interprocess, bool external) {
  return address_of(
      new CudaEvent((timing ? cudaEventDefault : cudaEventDisableTiming) |
                    (blocking ? cudaEventBlockingSync : cudaEventDefault) |
                    (interprocess ? cudaEventInterprocess : cudaEventDefault) |
                    (external ? static_cast<unsigned>(cudaEventExternal) : cudaEventDefault)));
}

int64_t event_from_ipc_handle(int64_t device, std::string_view handle) {
  cudaIpcEventHandle_t ipc{};
  TORCH_CHECK(handle.size() == sizeof(ipc),
              "cudaIpcEventHandle_t expects byte-like object of size ", sizeof(ipc), ", but got ",
              handle.size());
  std::memcpy(&ipc, handle.data(), sizeof(ipc));
  return address_of(new CudaEvent(index_of(device), &ipc));
}

// Of an event that new_event made.
std::string event_ipc_handle(int64_t event) {
  cudaIpcEventHandle_t ipc{};
  static_cast<CudaEvent*>(reinterpret_cast<Event*>(event))->ipc_handle(&ipc);
  return {reinterpret_cast<const char*>(&ipc), sizeof(ipc)};
}

constexpr gt_entry kEntries[] = {
    entry<new_event>(
        "cuda::new_event(bool timing, bool blocking, bool interprocess, bool external) -> int"),
    entry<event_from_ipc_handle>("cuda::event_from_ipc_handle(int device, str handle) -> int"),
    entry<event_ipc_handle>("cuda::event_ipc_handle(int event) -> str"),
};

}  // namespace

std::span<const gt_entry> event_entries() { return kEntries; }

}  // namespace gotorch::cuda
