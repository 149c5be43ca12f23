// The log of what was asked of which device and stream.

#include <cstdint>
#include <cstdio>
#include <mutex>

#include "simulation.h"

namespace {

struct Log {
  std::mutex mutex;
  bool keep = false;
  std::string lines;
};

// Never destroyed: libraries still work while the process exits.
Log& log() {
  static Log* instance = new Log;
  return *instance;
}

using Lock = std::lock_guard<std::mutex>;

}  // namespace

API void fakecuda_keep_log(bool keep) {
  Lock lock(log().mutex);
  log().keep = keep;
}

API bool fakecuda_log_is_on() {
  if (fakecuda::talkative()) return true;
  Lock lock(log().mutex);
  return log().keep;
}

API void fakecuda_log(const char* kind, const std::string& name, cudaStream_t stream) {
  if (!fakecuda_log_is_on()) return;
  const std::string line = std::string(kind) + "\t" + name + "\t" +
                           std::to_string(fakecuda::device_of(stream)) + "\t" +
                           std::to_string(reinterpret_cast<uintptr_t>(stream)) + "\n";
  if (fakecuda::talkative()) fprintf(stderr, "[fakecuda] %s", line.c_str());
  Lock lock(log().mutex);
  if (log().keep) log().lines += line;
}

API void fakecuda_take_log(std::string* lines) {
  Lock lock(log().mutex);
  *lines = std::exchange(log().lines, {});
}
