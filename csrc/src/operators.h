// The operator table's line for one ATen operator.
//
// The generated files ops_*.cpp name every operator of the libtorch that this
// project was generated from. One that the installed libtorch lacks gets an
// empty line, and Go reports its name when it is called: this is how the same
// sources build against a libtorch of another version.

#pragma once

#include <ATen/core/LegacyTypeDispatch.h>

#include "draw.h"

// Declarations of all names, so that at::_ops::X is always something: lookup
// in at::_ops comes here only for what at::_ops does not declare itself.
namespace gotorch::missing {}
namespace at::_ops {
using namespace gotorch::missing;
}

namespace gotorch {

// Whether the operator makes a tensor that depends on no tensor's values: all
// that have options of tensors but those that hand their arguments on.
constexpr bool is_factory(std::string_view schema) {
  const std::string_view name = schema.substr(0, schema.find_first_of(".("));
  return schema.find("pin_memory=") != schema.npos &&
         (schema.find("Tensor") == schema.rfind("Tensor") ||  // the result alone
          name.ends_with("_like") || name.ends_with("space"));
}

// Runs a factory as Python's bindings do, below the layers that would record it
// and count what it writes to its result as changes of it.
template <gt_function factory>
void run_factory(uint64_t* words) {
  const at::AutoDispatchBelowADInplaceOrView guard;
  factory(words);
}

// The line of an operator; draws says that it draws random numbers.
template <class Op, bool draws = false>
constexpr gt_entry operator_entry() {
  if constexpr (requires { typename Op::schema; }) {
    using Called = std::conditional_t<draws, Drawing<Op, typename Op::schema>, Op>;
    constexpr gt_function run = &Caller<typename Op::schema>::template run<&Called::call>;
    if constexpr (is_factory(Op::schema_str)) {
      return {&run_factory<run>, Op::schema_str};
    } else {
      return {run, Op::schema_str};
    }
  } else {
    return {nullptr, nullptr};
  }
}

}  // namespace gotorch
