// The operator table's line for one ATen operator.
//
// The generated files ops_*.cpp name every operator of the libtorch that this
// project was generated from. One that the installed libtorch lacks gets an
// empty line, and Go reports its name when it is called: this is how the same
// sources build against a libtorch of another version.

#pragma once

#include "frame.h"

// Declarations of all names, so that at::_ops::X is always something: lookup
// in at::_ops comes here only for what at::_ops does not declare itself.
namespace gotorch::missing {}
namespace at::_ops {
using namespace gotorch::missing;
}

namespace gotorch {

template <class Op>
constexpr gt_entry operator_entry() {
  if constexpr (requires { typename Op::schema; }) {
    return {&Caller<typename Op::schema>::template run<&Op::call>, Op::schema_str};
  } else {
    return {nullptr, nullptr};
  }
}

}  // namespace gotorch
