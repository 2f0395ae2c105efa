// Batch normalisation (Ioffe and Szegedy, arXiv 1502.03167) and the activation behind it as one operator on the CPU:
//   z = f(weight (x - mean) / sqrt(variance + eps) + bias).
// In training, forward reads the input twice and writes the result; backward gets the input, finds the activation's side again from it, and needs no
// result: libtorch's two operators pass over the map nearly twice as often. In evaluation, without a gradient, it is one pass.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>

#include "normalisation.h"

namespace abn = tb::abn;
using abn::Activation;
using abn::Layout;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

struct Options {
  double eps;
  Activation activation;
  double slope;
};

Activation to_activation(c10::string_view name) {
  if (name == "identity") return Activation::Identity;
  if (name == "relu") return Activation::Relu;
  TORCH_CHECK(name == "leaky_relu", "batch normalisation is followed by identity, relu or leaky_relu here, not ", std::string(name));
  return Activation::LeakyRelu;
}

constexpr const char* name = "batch normalisation with its activation";

// The result, the mean and the inverse deviation.
template <class T>
variable_list normalised(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var, double momentum, const Options& options) {
  using A = typename abn::Computed<T>::Type;
  constexpr auto computed = std::is_same<A, double>::value ? at::kDouble : at::kFloat;
  Layout layout(x);
  const auto& kernels = abn::kernels_of(static_cast<T*>(nullptr), options.activation);
  auto* from = static_cast<const T*>(x.data_ptr());
  auto moments = abn::moments_of<T>(kernels, from, layout);
  auto channels = layout.channels;
  auto gamma = abn::values_of(weight);
  std::vector<double> mean(channels), inverse(channels), factor(channels), unbiased(channels);
  for (int64_t c = 0; c < channels; c++) {
    // Backward sees the statistics in the type that is computed in, so forward uses no others.
    mean[c] = static_cast<A>(moments[c].mean);
    inverse[c] = static_cast<A>(1 / std::sqrt(moments[c].squares / moments[c].count + options.eps));
    factor[c] = gamma[c] * inverse[c];
    unbiased[c] = moments[c].squares / (moments[c].count - 1);
  }
  abn::follow(running_mean, mean, momentum);
  abn::follow(running_var, unbiased, momentum);
  auto z = at::empty_like(x);
  abn::normalise<T>(kernels, static_cast<T*>(z.data_ptr()), from, layout, mean, factor, abn::values_of(bias), options.slope);
  return {z, abn::tensor_of<A>(mean, computed), abn::tensor_of<A>(inverse, computed)};
}

// By the running statistics.
template <class T>
at::Tensor evaluated(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& running_mean, const at::Tensor& running_var,
    const Options& options) {
  auto factor = abn::values_of(weight), variance = abn::values_of(running_var);
  for (size_t c = 0; c < factor.size(); c++) factor[c] /= std::sqrt(variance[c] + options.eps);
  auto z = at::empty_like(x);
  abn::normalise<T>(
      abn::kernels_of(static_cast<T*>(nullptr), options.activation), static_cast<T*>(z.data_ptr()), static_cast<const T*>(x.data_ptr()),
      Layout(x), abn::values_of(running_mean), factor, abn::values_of(bias), options.slope);
  return z;
}

// The gradients of the input, the weight and the bias.
template <class T>
variable_list differentiate(
    const at::Tensor& x, const at::Tensor& dz, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& means,
    const at::Tensor& inverses, const Options& options) {
  using A = typename abn::Computed<T>::Type;
  Layout layout(x);
  const auto& kernels = abn::kernels_of(static_cast<T*>(nullptr), options.activation);
  auto channels = layout.channels;
  auto count = static_cast<double>(layout.count());
  auto slope = static_cast<A>(options.slope);
  auto dx = at::empty_like(x);
  auto* input = static_cast<const T*>(x.data_ptr());
  auto* incoming = static_cast<const T*>(dz.data_ptr());
  auto* outgoing = static_cast<T*>(dx.data_ptr());
  auto gamma = abn::values_of(weight), beta = abn::values_of(bias), inverse = abn::values_of(inverses);
  auto* mean = means.data_ptr<A>();
  std::vector<A> factor(channels), offset(beta.begin(), beta.end());
  for (int64_t c = 0; c < channels; c++) factor[c] = static_cast<A>(gamma[c] * inverse[c]);
  std::vector<abn::Sums> sums(channels, abn::Sums{0, 0});
  auto share = [&](int64_t c) {
    return abn::Share<A>{
        factor[c], static_cast<A>(sums[c].gradient / count), static_cast<A>(sums[c].product * inverse[c] * inverse[c] / count)};
  };

  if (!layout.in_rows) {
    abn::each(channels, [&](int64_t c) {
      auto at = c * layout.pixels;
      abn::Affine<A> affine{mean[c], factor[c], offset[c]};
      kernels.plane_input_sums(input + at, incoming + at, layout.plane(), affine, slope, &sums[c]);
      kernels.plane_input_gradient(outgoing + at, input + at, incoming + at, layout.plane(), affine, share(c), slope);
    });
  } else {
    auto pieces = layout.pieces();
    auto rows = [&](int64_t i) { return abn::Rows{layout.piece(i + 1) - layout.piece(i), channels}; };
    std::vector<abn::Sums> parts(pieces * channels, abn::Sums{0, 0});
    abn::each(pieces, [&](int64_t i) {
      auto at = layout.piece(i) * channels;
      std::vector<A> scratch(2 * channels);
      kernels.row_input_sums(
          input + at, incoming + at, rows(i), mean, factor.data(), offset.data(), slope, scratch.data(), &parts[i * channels]);
    });
    for (int64_t i = 0; i < pieces * channels; i++) {
      sums[i % channels].gradient += parts[i].gradient;
      sums[i % channels].product += parts[i].product;
    }
    std::vector<A> gradient(channels), product(channels);
    for (int64_t c = 0; c < channels; c++) {
      auto mine = share(c);
      gradient[c] = mine.gradient;
      product[c] = mine.product;
    }
    // What was seen last is still in the cache.
    abn::each_backwards(pieces, [&](int64_t i) {
      auto at = layout.piece(i) * channels;
      kernels.row_input_gradient(
          outgoing + at, input + at, incoming + at, rows(i), mean, factor.data(), offset.data(), gradient.data(), product.data(), slope);
    });
  }

  std::vector<double> dgamma(channels), dbeta(channels);
  for (int64_t c = 0; c < channels; c++) {
    dgamma[c] = sums[c].product * inverse[c];
    dbeta[c] = sums[c].gradient;
  }
  return {
      dx, abn::tensor_of<double>(dgamma, at::kDouble).to(weight.scalar_type()),
      abn::tensor_of<double>(dbeta, at::kDouble).to(bias.scalar_type())};
}

// Of libtorch's operators: where a gradient is itself differentiated.
at::Tensor composed(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const Options& options) {
  auto y = at::batch_norm(x, weight, bias, {}, {}, true, 0, options.eps, false);
  return options.activation == Activation::Relu         ? at::relu(y)
         : options.activation == Activation::LeakyRelu ? at::leaky_relu(y, options.slope)
                                                       : y;
}

struct BatchNormAct : torch::autograd::Function<BatchNormAct> {
  static at::Tensor forward(
      AutogradContext* context, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
      const c10::optional<at::Tensor>& running_mean, const c10::optional<at::Tensor>& running_var, double momentum,
      const Options& options) {
    at::AutoDispatchBelowADInplaceOrView below;
    auto input = abn::dense(x);
    auto made = abn::typed(name, x.scalar_type(), [&](auto* type) {
      using T = typename std::remove_pointer<decltype(type)>::type;
      return normalised<T>(input, weight, bias, running_mean, running_var, momentum, options);
    });
    context->save_for_backward({x, weight, bias, made[1], made[2]});
    auto& data = context->saved_data;
    data["eps"] = options.eps;
    data["activation"] = static_cast<int64_t>(options.activation);
    data["slope"] = options.slope;
    return made[0];
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto saved = context->get_saved_variables();
    auto& data = context->saved_data;
    Options options{data["eps"].toDouble(), static_cast<Activation>(data["activation"].toInt()), data["slope"].toDouble()};
    if (at::GradMode::is_enabled()) return again(saved, grads[0], options);
    auto x = abn::dense(saved[0]);
    auto dz = abn::dense_as(x, grads[0]);
    auto gradients = abn::typed(name, x.scalar_type(), [&](auto* type) {
      using T = typename std::remove_pointer<decltype(type)>::type;
      return differentiate<T>(x, dz, saved[1], saved[2], saved[3], saved[4], options);
    });
    gradients.resize(7);
    return gradients;
  }

 private:
  static variable_list again(const variable_list& saved, const at::Tensor& dz, const Options& options) {
    variable_list wanted, result(7);
    for (int i = 0; i < 3; i++)
      if (saved[i].requires_grad()) wanted.push_back(saved[i]);
    auto gradients = torch::autograd::grad({composed(saved[0], saved[1], saved[2], options)}, wanted, {dz}, true, true);
    auto next = gradients.begin();
    for (int i = 0; i < 3; i++)
      if (saved[i].requires_grad()) result[i] = *next++;
    return result;
  }
};

template <bool Records>
at::Tensor batch_norm_act(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var, bool training, double momentum, double eps, c10::string_view activation, double slope) {
  abn::check(name, x, weight, bias, running_mean, running_var);
  TORCH_CHECK(
      !training || x.numel() > x.size(1), name, " takes [N, C, ...] with two values a channel at least in training, not ", x.sizes());
  TORCH_CHECK(training || (running_mean && running_var), name, " needs running statistics in evaluation mode");
  Options options{eps, to_activation(activation), slope};
  if (Records && at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || bias.requires_grad())) {
    TORCH_CHECK(training, name, " has a gradient in training mode alone");
    return BatchNormAct::apply(x, weight, bias, running_mean, running_var, momentum, options);
  }

  at::AutoDispatchBelowADInplaceOrView below;
  auto input = abn::dense(x);
  return abn::typed(name, x.scalar_type(), [&](auto* type) {
    using T = typename std::remove_pointer<decltype(type)>::type;
    if (!training) return evaluated<T>(input, weight, bias, *running_mean, *running_var, options);
    return normalised<T>(input, weight, bias, running_mean, running_var, momentum, options)[0];
  });
}

TORCH_LIBRARY_FRAGMENT(tresnet, library) {
  library.def(
      "batch_norm_act(Tensor input, Tensor weight, Tensor bias, Tensor(a!)? running_mean, Tensor(b!)? running_var, bool training, "
      "float momentum, float eps, str activation, float slope) -> Tensor");
}
TORCH_LIBRARY_IMPL(tresnet, CPU, library) { library.impl("batch_norm_act", batch_norm_act<false>); }
TORCH_LIBRARY_IMPL(tresnet, AutogradCPU, library) { library.impl("batch_norm_act", batch_norm_act<true>); }

}  // namespace
