// The program's stack when memory was allocated.

#pragma once

#include <c10/core/Allocator.h>

namespace gotorch {

// What an allocator keeps of it: a number, by which Go knows the stack.
struct GoStack : c10::GatheredContext {
  explicit GoStack(int64_t n) : number(n) {}
  int64_t number;
};

}  // namespace gotorch
