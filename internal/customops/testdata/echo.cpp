// Operators that return their arguments, one of each type, for the tests of
// torch.Call and torch.LoadLibrary.

#include <torch/library.h>

#include <string>
#include <tuple>
#include <vector>

using at::Tensor;
using std::optional;

namespace {

std::tuple<int64_t, double, bool, std::string, at::Scalar, at::ScalarType, at::Device> values(
    int64_t i, double f, bool b, std::string s, const at::Scalar& n, at::ScalarType t,
    at::Device d) {
  return {i, f, b, s, n, t, d};
}

std::tuple<std::vector<int64_t>, std::vector<double>, c10::List<bool>, std::vector<std::string>,
           std::vector<Tensor>>
lists(at::IntArrayRef i, at::ArrayRef<double> f, c10::List<bool> b, std::vector<std::string> s,
      at::TensorList t) {
  return {i.vec(), f.vec(), b, s, t.vec()};
}

std::tuple<Tensor, Tensor, int64_t, std::vector<int64_t>, std::vector<int64_t>> optionals(
    const optional<Tensor>& t, const c10::List<optional<Tensor>>& list, optional<int64_t> i,
    at::IntArrayRef two, at::IntArrayRef three) {
  return {t.value_or(Tensor()), list.get(1).value(), i.value_or(-1), two.vec(), three.vec()};
}

Tensor fail(const Tensor& t) { TORCH_CHECK_VALUE(false, "it always fails"); }

void warn(const Tensor& t) { TORCH_WARN("be careful"); }

}  // namespace

TORCH_LIBRARY(gotorch_test, m) {
  m.def(
      "values(int i=3, float f=0.5, bool b=True, str s='a default', Scalar n=7, "
      "ScalarType t=float, Device d='cpu') -> (int, float, bool, str, Scalar, ScalarType, Device)",
      values);
  m.def(
      "lists(int[] i, float[] f, bool[] b, str[] s, Tensor[] t) -> "
      "(int[], float[], bool[], str[], Tensor[])",
      lists);
  m.def(
      "optionals(Tensor? t, Tensor?[] list, int? i=None, int[2] two=4, int[] three=[5, 6]) -> "
      "(Tensor, Tensor, int, int[], int[])",
      optionals);
  m.def("fail(Tensor t) -> Tensor", fail);
  m.def("warn(Tensor t) -> ()", warn);
}
