// Operators that vmap knows by what they are made of. PyTorch has these
// decompositions in Python (lazy_load_decompositions in
// torch/_functorch/predispatch.py); without them vmap would loop over the batch,
// and round differently.

#include <ATen/ATen.h>
#include <ATen/OpMathType.h>
#include <ATen/core/Reduction.h>
#include <torch/library.h>

#include <initializer_list>

#include "library.h"

namespace gotorch {
namespace {

using at::Tensor;
using OptionalTensor = std::optional<Tensor>;

// Computes in the precision that elementwise kernels compute in.
struct Precision {
  at::ScalarType result;
  at::ScalarType compute;

  Precision(std::initializer_list<Tensor> tensors) : result(tensors.begin()->scalar_type()) {
    for (const Tensor& t : tensors) {
      result = at::promote_types(result, t.scalar_type());
    }
    compute = at::toOpMathType(result);
  }

  Tensor up(const Tensor& t) const { return t.to(compute); }
  Tensor down(const Tensor& t) const { return t.to(result); }
};

double mean_factor(int64_t reduction, const Tensor& t, double factor) {
  return reduction == at::Reduction::Mean ? factor / static_cast<double>(t.numel()) : factor;
}

Tensor mse_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                         int64_t reduction) {
  const Precision p{grad_output, self, target};
  const double norm = mean_factor(reduction, self, 2.0);
  return p.down((p.up(self) - p.up(target)) * norm * p.up(grad_output));
}

Tensor smooth_l1_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                               int64_t reduction, double beta) {
  const Precision p{grad_output, self, target};
  const double norm = mean_factor(reduction, self, 1.0);
  const Tensor x = p.up(self) - p.up(target);
  const Tensor norm_grad = p.up(grad_output) * norm;
  return p.down(at::where(at::abs(x).lt(beta), norm_grad * x / beta, norm_grad * at::sign(x)));
}

Tensor huber_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                           int64_t reduction, double delta) {
  const Precision p{grad_output, self, target};
  const double norm = mean_factor(reduction, self, 1.0);
  const Tensor x = p.up(self) - p.up(target);
  const Tensor grad = p.up(grad_output);
  return p.down(at::where(x.lt(-delta), grad * -norm * delta,
                          at::where(x.gt(delta), grad * norm * delta, x * norm * grad)));
}

// The weights of the classes in a shape that broadcasts with the input.
Tensor along_channels(const Tensor& weight, const Tensor& input, int64_t channel_dim) {
  std::vector<int64_t> shape(input.dim(), 1);
  shape[channel_dim] = weight.size(0);
  return weight.reshape(shape);
}

std::tuple<Tensor, Tensor> nll_loss(const Tensor& input, const Tensor& target,
                                    const OptionalTensor& weight, int64_t reduction,
                                    c10::SymInt ignore) {
  const int64_t channel_dim = input.dim() < 2 ? 0 : 1;
  Tensor self = input, w;
  if (weight.has_value() && weight->defined()) {
    w = self.dim() > 1 ? along_channels(*weight, self, channel_dim) : *weight;
    self = self * w;
  }
  const int64_t ignore_index = ignore.expect_int();
  const Tensor used = target.ne(ignore_index);
  const Tensor index = at::where(used, target, 0).unsqueeze(channel_dim);
  Tensor result = at::gather(self, channel_dim, index).squeeze(channel_dim).neg();
  result = at::where(used, result, 0);
  if (reduction == at::Reduction::None && self.dim() > 1) {
    return {result, self.new_full({}, 0.0)};
  }
  Tensor total_weight;
  if (w.defined()) {
    const Tensor weights =
        at::gather(w.expand(self.sizes()), channel_dim, index).squeeze(channel_dim);
    total_weight = at::where(used, weights, 0).sum();
  } else {
    total_weight = used.sum().to(self.options());
  }
  if (reduction == at::Reduction::Sum) {
    result = result.sum();
  } else if (reduction == at::Reduction::Mean) {
    result = result.sum() / total_weight;
  }
  return {result, total_weight};
}

Tensor nll_loss_backward(const Tensor& grad_output, const Tensor& self, const Tensor& target,
                         const OptionalTensor& weight, int64_t reduction, c10::SymInt ignore,
                         const Tensor& total_weight) {
  const int64_t channel_dim = self.dim() < 2 ? 0 : 1;
  Tensor grad = reduction == at::Reduction::Mean ? grad_output / total_weight : grad_output;
  const Tensor first = self.dim() == 1 && target.dim() > 0 ? target.select(0, 0) : target;
  const Tensor classes = first.unsqueeze(channel_dim);
  const Tensor used = classes.ne(ignore.expect_int());
  const Tensor index = at::where(used, classes, 0);
  const Tensor grad_input = at::scatter(at::zeros_like(self), channel_dim, index, -1.0);
  if (grad_input.dim() > grad.dim() && grad.dim() > 0) {
    grad = grad.unsqueeze(channel_dim);
  }
  if (weight.has_value() && weight->defined()) {
    grad = grad * along_channels(*weight, self, channel_dim);
  }
  return grad_input * at::where(used, grad, 0);
}

Tensor addr(const Tensor& self, const Tensor& vec1, const Tensor& vec2, const at::Scalar& beta,
            const at::Scalar& alpha) {
  TORCH_CHECK(vec1.dim() == 1, "addr: Expected 1-D argument vec1, but got ", vec1.dim(), "-D");
  TORCH_CHECK(vec2.dim() == 1, "addr: Expected 1-D argument vec2, but got ", vec2.dim(), "-D");
  const Precision p{self, vec1, vec2};
  const Tensor base = p.up(self).expand({vec1.size(0), vec2.size(0)});
  const auto outer = [&] { return at::outer(p.up(vec1), p.up(vec2)); };
  if (p.result == at::kBool) {
    const Tensor product = alpha.to<bool>() ? outer() : at::full_like(base, false);
    return beta.to<bool>() ? at::logical_or(base, product) : product;
  }
  const Tensor product = outer() * alpha;
  return p.down(beta.equal(0) ? product : base * beta + product);
}

torch::Library registered() {
  torch::Library m(torch::Library::IMPL, "aten", c10::DispatchKey::FuncTorchBatched, __FILE__,
                   __LINE__);
  m.impl("mse_loss_backward", mse_loss_backward);
  m.impl("smooth_l1_loss_backward", smooth_l1_loss_backward);
  m.impl("huber_loss_backward", huber_loss_backward);
  m.impl("nll_loss_forward", nll_loss);
  m.impl("nll_loss2d_forward", nll_loss);
  m.impl("nll_loss_backward", nll_loss_backward);
  m.impl("nll_loss2d_backward", nll_loss_backward);
  m.impl("addr", addr);
  return m;
}

}  // namespace

void load_decompositions() { static const torch::Library library = registered(); }

}  // namespace gotorch
