// In-place ABN (Rota Bulo et al., arXiv 1712.02616; arXiv 2003.13630, section 2.3) as an operator of the dispatcher:
//   z = f(g (x - mean) / sqrt(variance + eps) + bias), with g = |weight| + weight_eps, or the weight itself where that is None.
// The result takes the input's place and is all of its size that backward gets: f and the affine part are inverted there.
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "inplace_abn_passes.h"
#include "internal.h"

namespace abn = tb::abn;
using abn::Activation;
using abn::Kept;
using abn::Options;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

Activation to_activation(c10::string_view name, double slope) {
  if (name == "identity") return Activation::Identity;
  if (name == "elu") return Activation::Elu;
  TORCH_CHECK(name == "leaky_relu", "in-place ABN inverts identity, leaky_relu and elu, not ", std::string(name));
  TORCH_CHECK(slope > 0, "in-place ABN inverts a leaky ReLU whose slope is more than 0, and this one's is ", slope);
  return Activation::LeakyRelu;
}

struct InPlaceAbn : torch::autograd::Function<InPlaceAbn> {
  static at::Tensor forward(
      AutogradContext* context, at::Tensor x, const at::Tensor& weight, const at::Tensor& bias,
      const c10::optional<at::Tensor>& running_mean, const c10::optional<at::Tensor>& running_var, const Options& options,
      bool in_place) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto result = abn::forward(x, weight, bias, running_mean, running_var, true, options, in_place, true);
    if (in_place) context->mark_dirty({x});
    const auto& kept = result.second;
    context->save_for_backward({result.first, weight, bias, kept.mean, kept.inverse_deviation, kept.inputs, kept.channels});
    auto& data = context->saved_data;
    data["count"] = kept.count;
    data["weight_eps"] = options.weight_eps ? c10::IValue(*options.weight_eps) : c10::IValue();
    data["activation"] = static_cast<int64_t>(options.activation);
    data["slope"] = options.slope;
    return result.first;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "in-place ABN has no second derivative; use norm=bn where create_graph is needed");
    auto saved = context->get_saved_variables();
    auto& data = context->saved_data;
    Options options{};
    if (!data["weight_eps"].isNone()) options.weight_eps = data["weight_eps"].toDouble();
    options.activation = static_cast<Activation>(data["activation"].toInt());
    options.slope = data["slope"].toDouble();
    Kept kept{saved[3], saved[4], saved[5], saved[6], data["count"].toDouble()};
    auto gradients = abn::backward(saved[0], grads[0], saved[1], saved[2], kept, options);
    return {gradients.input, gradients.weight, gradients.bias, {}, {}, {}, {}};
  }
};

at::Tensor apply(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var, bool training, double momentum, double eps, c10::optional<double> weight_eps,
    c10::string_view activation, double slope, bool in_place, bool records) {
  Options options{momentum, eps, weight_eps, to_activation(activation, slope), slope};
  auto needs = records && at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || bias.requires_grad());
  if (!needs) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto result = abn::forward(x, weight, bias, running_mean, running_var, training, options, in_place, false).first;
    if (in_place && !x.is_inference()) x.unsafeGetTensorImpl()->bump_version();
    return result;
  }

  TORCH_CHECK(training, "in-place ABN has a gradient in training mode alone");
  TORCH_CHECK(!in_place || !(x.requires_grad() && x.is_leaf()), "in-place ABN cannot take the place of a leaf that requires a gradient");
  return InPlaceAbn::apply(x, weight, bias, running_mean, running_var, options, in_place);
}

template <bool Records>
at::Tensor inplace_abn(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var, bool training, double momentum, double eps, c10::optional<double> weight_eps,
    c10::string_view activation, double slope) {
  return apply(x, weight, bias, running_mean, running_var, training, momentum, eps, weight_eps, activation, slope, false, Records);
}

template <bool Records>
at::Tensor& inplace_abn_(
    at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var, bool training, double momentum, double eps, c10::optional<double> weight_eps,
    c10::string_view activation, double slope) {
  apply(x, weight, bias, running_mean, running_var, training, momentum, eps, weight_eps, activation, slope, true, Records);
  return x;
}

TORCH_LIBRARY(tresnet, library) {
  library.def(
      "inplace_abn(Tensor input, Tensor weight, Tensor bias, Tensor(a!)? running_mean, Tensor(b!)? running_var, bool training, "
      "float momentum, float eps, float? weight_eps, str activation, float slope) -> Tensor");
  library.def(
      "inplace_abn_(Tensor(a!) input, Tensor weight, Tensor bias, Tensor(b!)? running_mean, Tensor(c!)? running_var, bool training, "
      "float momentum, float eps, float? weight_eps, str activation, float slope) -> Tensor(a!)");
}

TORCH_LIBRARY_IMPL(tresnet, CPU, library) {
  library.impl("inplace_abn", inplace_abn<false>);
  library.impl("inplace_abn_", inplace_abn_<false>);
}

TORCH_LIBRARY_IMPL(tresnet, AutogradCPU, library) {
  library.impl("inplace_abn", inplace_abn<true>);
  library.impl("inplace_abn_", inplace_abn_<true>);
}

}  // namespace

// Makes in-place ABN's statistics those of all processes: `add` is called with each process's sums, in forward and in backward, and adds the
// others' to them. Null ends that. Parameters' gradients stay this process's.
TB_API void tb_abn_reduce_with(abn::Reducer add) { abn::reduce_with(add); }
