// The program of examples/simple_model in C++.

#pragma once

#include <torch/torch.h>

#include <functional>
#include <iostream>
#include <memory>

struct SimpleModel : torch::nn::Module {
  torch::nn::Linear fc1{register_module("fc1", torch::nn::Linear(2, 2))};
  torch::nn::Linear fc2{register_module("fc2", torch::nn::Linear(2, 1))};

  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(fc1(x));
    x = fc2(x);
    return x;
  }
};

struct Training {
  SimpleModel model;
  torch::nn::MSELoss criterion;
  torch::optim::SGD optimizer{model.parameters(), torch::optim::SGDOptions(0.01)};
  torch::Tensor x_train = torch::tensor({{1.F, 2.F}, {2.F, 3.F}, {3.F, 4.F}});
  torch::Tensor y_train = torch::tensor({1.F, 2.F, 3.F});

  double step() {
    optimizer.zero_grad();
    const torch::Tensor outputs = model.forward(x_train);
    const torch::Tensor loss = criterion(outputs, y_train);
    loss.backward();
    optimizer.step();
    return loss.item<double>();
  }
};

// One turn of the program's loop.
inline std::function<void()> training_step() {
  return [training = std::make_shared<Training>()] { training->step(); };
}

// A training step of four linear layers of 64 on a batch of 32.
inline std::function<void()> mlp_step() {
  using namespace torch::nn;
  Sequential model(Linear(64, 64), ReLU(), Linear(64, 64), ReLU(), Linear(64, 64), ReLU(),
                   Linear(64, 64));
  auto optimizer =
      std::make_shared<torch::optim::SGD>(model->parameters(), torch::optim::SGDOptions(0.01));
  return [model, optimizer, x = torch::randn({32, 64}), y = torch::randn({32, 64})]() mutable {
    optimizer->zero_grad();
    const torch::Tensor loss = torch::mse_loss(model->forward(x), y);
    loss.backward();
    optimizer->step();
    loss.item<double>();
  };
}

inline void simple_model() {
  torch::manual_seed(0);
  Training training;
  for (int epoch = 1; epoch <= 100; epoch++) {
    std::cout << "Epoch " << epoch << ", Loss: " << training.step() << '\n';
  }
  const torch::Tensor predictions = training.model.forward(torch::tensor({{1.5F, 2.5F}}));
  std::cout << "Predictions: " << predictions.item<double>() << '\n';
}
