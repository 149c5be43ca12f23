// The simulated CUDA runtime's settings, read from the environment once.

#include <cstdio>
#include <cstdlib>

#include "simulation.h"

namespace {

// A setting that is no number is a mistake that must not pass for another one.
size_t number(const char* name, size_t otherwise, size_t most) {
  const char* text = getenv(name);
  if (!text || !*text) return otherwise;
  char* end = nullptr;
  const size_t value = strtoull(text, &end, 10);
  if (*end || value > most) {
    fprintf(stderr, "fakecuda: %s=%s is no number up to %zu\n", name, text, most);
    exit(2);
  }
  return value;
}

}  // namespace

namespace fakecuda {

int device_count() {
  static const int count = static_cast<int>(number("FAKECUDA_DEVICES", 2, kMaxDevices));
  return count;
}

size_t device_memory() {
  static const size_t bytes = number("FAKECUDA_MEMORY_MB", 1024, 1 << 20) << 20;
  return bytes;
}

int driver_version() {
  static const int version = static_cast<int>(number("FAKECUDA_DRIVER", CUDART_VERSION, 99999));
  return version;
}

bool talkative() {
  static const bool on = number("FAKECUDA_LOG", 0, 1) == 1;
  return on;
}

bool computing() {
  static const bool on = number("FAKECUDA_MATH", 1, 1) == 1;
  return on;
}

}  // namespace fakecuda
