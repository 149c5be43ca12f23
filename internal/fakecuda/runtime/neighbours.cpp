// Opens the simulation's other libraries, which lie beside this one. A search by
// name alone could find NVIDIA's.

#include <dlfcn.h>

#include <mutex>

#include "simulation.h"

namespace {

std::string folder() {
  Dl_info here;
  if (!dladdr(reinterpret_cast<void*>(&folder), &here)) return ".";
  const std::string path = here.dli_fname;
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

namespace fakecuda {

void* open_neighbour(const std::string& name, bool global, std::string* problem) {
  const std::string path = folder() + "/" + name;
  void* library = dlopen(path.c_str(), RTLD_NOW | (global ? RTLD_GLOBAL : RTLD_LOCAL));
  if (!library) *problem = dlerror();
  return library;
}

const std::string& open_cudamath() {
  static std::once_flag once;
  static std::string problem;
  // While it is being opened this thread asks for devices again.
  static thread_local bool opening = false;
  if (opening || !computing()) return problem;
  opening = true;
  std::call_once(once, [] { open_neighbour("libcudamath.so", true, &problem); });
  opening = false;
  return problem;
}

}  // namespace fakecuda
