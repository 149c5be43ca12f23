// Measures libtorch's C++ API for the driver in the folder above, whose README
// tells the protocol.

#include <torch/torch.h>

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "simple_model.h"

namespace {

using torch::randn;
using Operation = std::function<void()>;

// The items of go/items.go and python/bench.py are the same.
const std::map<std::string, std::function<Operation()>> items = {
    {"add", [] { return [x = randn(2), y = randn(2)] { torch::add(x, y); }; }},
    {"add_grad",
     [] { return [x = randn(2).requires_grad_(), y = randn(2)] { torch::add(x, y); }; }},
    {"mm_8x8", [] { return [x = randn({8, 8}), y = randn({8, 8})] { torch::mm(x, y); }; }},
    {"training_step", training_step},
    {"mlp_step", mlp_step},
};

// Runs one operation many times.
class Round {
 public:
  explicit Round(Operation operation) : operation_(std::move(operation)) {}

  double measure(double seconds) {
    while (guess_ < seconds / 10) {
      n_ *= 2;
      time();
    }
    n_ = std::max<int64_t>(1, static_cast<int64_t>(static_cast<double>(n_) * seconds / guess_));
    time();
    return guess_ / static_cast<double>(n_) * 1e9;
  }

 private:
  void time() {
    const auto start = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < n_; i++) {
      operation_();
    }
    guess_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  Operation operation_;
  int64_t n_ = 1;
  double guess_ = 0;  // seconds that n operations took, the last time
};

// Answers each line "ITEM MILLISECONDS" with the nanoseconds that one operation
// took, in a round of about that length.
void serve() {
  std::cout << TORCH_VERSION << std::endl;
  std::map<std::string, Round> prepared;
  std::string name;
  for (double milliseconds; std::cin >> name >> milliseconds;) {
    const auto item = items.find(name);
    if (item == items.end()) {
      std::cout << "missing" << std::endl;
      continue;
    }
    auto round = prepared.find(name);
    if (round == prepared.end()) {
      round = prepared.emplace(name, Round(item->second())).first;
    }
    std::cout << round->second.measure(milliseconds / 1000) << std::endl;
  }
}

// Runs n steps of a model with two weights.
void small_steps(int64_t n) {
  torch::Tensor w = randn(2).requires_grad_();
  const torch::Tensor x = randn(2);
  for (int64_t i = 0; i < n; i++) {
    w.mutable_grad().reset();
    w.mul(x).sum().backward();
  }
}

// Makes and drops n tensors of 100 MB.
void large_tensors(int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    torch::ones(25'000'000);
  }
}

// C++ would print a warning each time, where Go and Python do so once.
class Silence : public c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

}  // namespace

int main(int argc, char** argv) {
  static Silence silence;
  c10::WarningUtils::set_warning_handler(&silence);
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "serve") {
    serve();
  } else if (command == "simple_model") {
    simple_model();
  } else if (command == "small_steps" && argc > 2) {
    small_steps(std::stoll(argv[2]));
  } else if (command == "large_tensors" && argc > 2) {
    large_tensors(std::stoll(argv[2]));
  } else {
    std::cerr << "usage: bench serve | simple_model | small_steps N | large_tensors N\n";
    return 2;
  }
}
