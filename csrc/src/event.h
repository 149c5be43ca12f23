// Events: marks in the work of a stream that can be waited for.

#pragma once

#include <c10/core/Stream.h>

namespace gotorch {

// An event of some device. accelerator.cpp has one that works on every device, and
// libgotorch_cuda.so one that can do what only CUDA's events can. Go holds the
// address.
class Event {
 public:
  virtual ~Event() = default;
  virtual c10::Device device() = 0;
  virtual void record(const c10::Stream& stream) = 0;
  virtual void block(const c10::Stream& stream) = 0;  // has the stream wait
  virtual bool query() = 0;
  virtual void synchronize() = 0;
  virtual double elapsed_time(Event& end) = 0;  // in milliseconds; end is of the same class
  virtual void* native() = 0;  // the device's own handle; NULL before it is recorded
};

}  // namespace gotorch
