// The fused cells of LSTM and GRU, which only CUDA has.

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include "cudamath.h"

using at::Tensor;
using MaybeTensor = std::optional<Tensor>;

namespace cudamath {

namespace {

bool given(const MaybeTensor& tensor) { return tensor && tensor->defined(); }

Tensor or_zeros(const MaybeTensor& tensor, const Tensor& like) {
  return given(tensor) ? *tensor : at::zeros_like(like);
}

Tensor plus_bias(const Tensor& gates, const MaybeTensor& bias) {
  return given(bias) ? gates + *bias : gates;
}

// --- LSTM. The workspace holds the four activated gates.

std::tuple<Tensor, Tensor, Tensor> lstm_cell(const Tensor& input_gates, const Tensor& hidden_gates,
                                             const Tensor& cx, const MaybeTensor& input_bias,
                                             const MaybeTensor& hidden_bias) {
  const Tensor sum = plus_bias(input_gates, input_bias) + plus_bias(hidden_gates, hidden_bias);
  const auto gates = sum.chunk(4, 1);
  const Tensor input = gates[0].sigmoid(), forget = gates[1].sigmoid();
  const Tensor cell = gates[2].tanh(), output = gates[3].sigmoid();
  const Tensor cy = forget * cx + input * cell;
  return {output * cy.tanh(), cy, at::cat({input, forget, cell, output}, 1)};
}

std::tuple<Tensor, Tensor, Tensor> lstm_cell_backward(const MaybeTensor& grad_hy,
                                                      const MaybeTensor& grad_cy, const Tensor& cx,
                                                      const Tensor& cy, const Tensor& workspace,
                                                      bool has_bias) {
  if (!given(grad_hy) && !given(grad_cy)) return {};
  const auto gates = workspace.chunk(4, 1);
  const Tensor input = gates[0], forget = gates[1], cell = gates[2], output = gates[3];
  const Tensor hy = or_zeros(grad_hy, cy), tanh_cy = cy.tanh();
  const Tensor c = or_zeros(grad_cy, cy) + hy * output * (1 - tanh_cy * tanh_cy);
  const Tensor grad_gates =
      at::cat({c * cell * input * (1 - input), c * cx * forget * (1 - forget),
               c * input * (1 - cell * cell), hy * tanh_cy * output * (1 - output)},
              1);
  return {grad_gates, c * forget, has_bias ? grad_gates.sum(0) : Tensor()};
}

// --- GRU. The workspace holds reset, update, new, the old state and its part of new.

std::tuple<Tensor, Tensor> gru_cell(const Tensor& input_gates, const Tensor& hidden_gates,
                                    const Tensor& hx, const MaybeTensor& input_bias,
                                    const MaybeTensor& hidden_bias) {
  const auto in = plus_bias(input_gates, input_bias).chunk(3, 1);
  const auto hidden = plus_bias(hidden_gates, hidden_bias).chunk(3, 1);
  const Tensor reset = (in[0] + hidden[0]).sigmoid(), update = (in[1] + hidden[1]).sigmoid();
  const Tensor fresh = (in[2] + reset * hidden[2]).tanh();
  return {fresh + update * (hx - fresh), at::cat({reset, update, fresh, hx, hidden[2]}, 1)};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> gru_cell_backward(const Tensor& grad,
                                                                     const Tensor& workspace,
                                                                     bool has_bias) {
  const auto parts = workspace.chunk(5, 1);
  const Tensor reset = parts[0], update = parts[1], fresh = parts[2], hx = parts[3];
  const Tensor hidden = parts[4];
  const Tensor grad_update = grad * (hx - fresh) * (1 - update) * update;
  const Tensor grad_fresh = grad * (1 - update) * (1 - fresh * fresh);
  const Tensor grad_reset = grad_fresh * hidden * (1 - reset) * reset;
  const Tensor grad_input = at::cat({grad_reset, grad_update, grad_fresh}, 1);
  const Tensor grad_hidden = at::cat({grad_reset, grad_update, grad_fresh * reset}, 1);
  return {grad_input, grad_hidden, grad * update, has_bias ? grad_input.sum(0) : Tensor(),
          has_bias ? grad_hidden.sum(0) : Tensor()};
}

}  // namespace

void add_recurrent_cells(torch::Library& library) {
  library.impl("_thnn_fused_lstm_cell", lstm_cell);
  library.impl("_thnn_fused_lstm_cell_backward_impl", lstm_cell_backward);
  library.impl("_thnn_fused_gru_cell", gru_cell);
  library.impl("_thnn_fused_gru_cell_backward", gru_cell_backward);
}

}  // namespace cudamath
