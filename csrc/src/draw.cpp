#include "draw.h"

#include <mutex>

namespace gotorch {

void Draw::remember() {
  if (generator_ == nullptr && device_.is_cuda()) {
    generator_ = at::globalContext().defaultGenerator(device_).unsafeGetGeneratorImpl();
  }
  if (generator_ == nullptr || !generator_->device().is_cuda()) {
    generator_ = nullptr;
    return;
  }
  const std::lock_guard lock(generator_->mutex_);
  offset_ = cuda_library->generator_offset(generator_);
}

void Draw::out_of_memory() noexcept {
  if (generator_ == nullptr) {
    failed();
    return;
  }
  const std::lock_guard lock(generator_->mutex_);
  cuda_library->set_generator_offset(generator_, offset_);
}

}  // namespace gotorch
