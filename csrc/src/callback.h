// Calling Go from C++.
//
// Go hands over a function as a number, under which it keeps it until C++ has
// dropped it. Dropping happens wherever the last reference to a graph goes,
// also in calls that must not run Go code. So it only queues the number; Go
// takes the queue when it gets to it.

#pragma once

#include <exception>
#include <memory>

#include "frame.h"
#include "state.h"

namespace gotorch {

// The right to a number of Go's.
class GoFunction {
 public:
  explicit GoFunction(uint64_t number) : number_(number) {}
  GoFunction(const GoFunction&) = delete;
  GoFunction& operator=(const GoFunction&) = delete;
  ~GoFunction();

  uint64_t number() const { return number_; }

 private:
  uint64_t number_;
};

// What a Go function threw, on its way through C++ back to Go.
class GoPanic : public std::exception {
 public:
  explicit GoPanic(uint64_t number) : thrown_(std::make_shared<GoFunction>(number)) {}
  const char* what() const noexcept override { return "a Go function panicked"; }
  uint64_t number() const { return thrown_->number(); }

 private:
  std::shared_ptr<GoFunction> thrown_;
};

// While it exists, this thread may run Go code.
class AllowCallbacks {
 public:
  AllowCallbacks() : before_(std::exchange(thread_state.callbacks, true)) {}
  ~AllowCallbacks() { thread_state.callbacks = before_; }

 private:
  bool before_;
};

// One call of a Go function:
//
//   Callback call(function);
//   call.arguments().put(...);
//   Reader& results = call.run();
class Callback {
 public:
  explicit Callback(uint64_t function) : function_(function) {}
  explicit Callback(const GoFunction& function) : Callback(function.number()) {}
  Callback(const Callback&) = delete;
  Callback& operator=(const Callback&) = delete;
  ~Callback() { std::free(block_); }

  Writer& arguments() { return arguments_; }
  // Throws GoPanic if the function does not return.
  Reader& run();

 private:
  uint64_t function_;
  uint64_t words_[GT_FRAME_WORDS] = {};
  Writer arguments_{words_ + 1};
  uint64_t* block_ = nullptr;
  Reader results_{words_ + 1};
};

// Take a callback's results: tensors whose reference Go has given away.
at::Tensor take_tensor(Reader& results);
std::vector<at::Tensor> take_tensors(Reader& results);

}  // namespace gotorch
