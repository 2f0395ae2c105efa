// Batch normalisation (Ioffe and Szegedy, arXiv 1502.03167) and the activation behind it as one operator:
//   z = f(weight (x - mean) / sqrt(variance + eps) + bias).
// In training, forward reads the input twice and writes the result; backward gets the input, finds the activation's side again from it, and needs no
// result: libtorch's two operators pass over the map nearly twice as often. In evaluation it is one pass.
#include <cmath>

#include "normalisation.h"
#include "shared_statistics.h"

namespace tresnet {
namespace abn {

namespace {

constexpr const char* name = "batch normalisation with its activation";

struct Call {
  const tresnet_map& x;
  tresnet_vector weight, bias;
  const tresnet_bn_options& options;

  Activation activation() const { return static_cast<Activation>(options.activation); }
  std::vector<double> weights() const { return values_of(weight, x.channels); }
  std::vector<double> biases() const { return values_of(bias, x.channels); }
};

Call checked(
    const tresnet_map* x, const tresnet_map* other, tresnet_vector weight, tresnet_vector bias, const tresnet_bn_options* options,
    bool trains) {
  check_map(name, x);
  check_like(name, *x, other);
  check_vector(name, "weight", weight, false);
  check_vector(name, "bias", bias, false);
  require(options != nullptr, name, " has no options");
  auto f = options->activation;
  require(
      f == TRESNET_IDENTITY || f == TRESNET_RELU || f == TRESNET_LEAKY_RELU, name, " takes identity, ReLU and leaky ReLU, not activation ", f);
  require(
      !trains || x->images * x->pixels > 1 || has_others(), name, " takes two values a channel at least in training, not ", x->images, " images of ", x->pixels,
      " pixels");
  return {*x, weight, bias, *options};
}

template <class T>
void train(const Call& call, T* z, const tresnet_vector& running_mean, const tresnet_vector& running_variance, double* statistics) {
  using A = typename Computed<T>::Type;
  Layout layout(call.x);
  const auto& kernels = kernels_of(static_cast<T*>(nullptr), call.activation());
  auto* from = static_cast<const T*>(call.x.data);
  auto moments = moments_of<T>(kernels, from, layout);
  combine(moments);
  auto channels = layout.channels;
  auto factor = call.weights();
  std::vector<double> mean(channels), inverse(channels), unbiased(channels);
  for (int64_t c = 0; c < channels; c++) {
    // Backward sees the statistics in the type that is computed in, so forward uses no others.
    mean[c] = static_cast<A>(moments[c].mean);
    inverse[c] = static_cast<A>(1 / std::sqrt(moments[c].squares / moments[c].count + call.options.eps));
    factor[c] *= inverse[c];
    unbiased[c] = moments[c].squares / std::max(1.0, moments[c].count - 1);
  }
  auto beta = call.biases();
  follow(running_mean, mean, call.options.momentum);
  follow(running_variance, unbiased, call.options.momentum);
  if (statistics != nullptr) {
    *std::copy(inverse.begin(), inverse.end(), std::copy(mean.begin(), mean.end(), statistics)) = moments[0].count;
  }
  normalise<T>(kernels, z, from, layout, mean, factor, beta, call.options.slope);
}

template <class T>
void evaluate(const Call& call, T* z, const tresnet_vector& running_mean, const tresnet_vector& running_variance) {
  auto factor = call.weights(), variance = values_of(running_variance, call.x.channels);
  for (size_t c = 0; c < factor.size(); c++) factor[c] /= std::sqrt(variance[c] + call.options.eps);
  normalise<T>(
      kernels_of(static_cast<T*>(nullptr), call.activation()), z, static_cast<const T*>(call.x.data), Layout(call.x),
      values_of(running_mean, call.x.channels), factor, call.biases(), call.options.slope);
}

template <class T>
void differentiate(
    const Call& call, const T* incoming, T* outgoing, const tresnet_vector& dweight, const tresnet_vector& dbias, const double* statistics) {
  using A = typename Computed<T>::Type;
  Layout layout(call.x);
  const auto& kernels = kernels_of(static_cast<T*>(nullptr), call.activation());
  auto channels = layout.channels;
  auto count = statistics[2 * channels];
  auto slope = static_cast<A>(call.options.slope);
  auto* input = static_cast<const T*>(call.x.data);
  auto gamma = call.weights(), beta = call.biases();
  std::vector<double> inverse(statistics + channels, statistics + 2 * channels);
  std::vector<A> mean(statistics, statistics + channels), factor(channels), offset(beta.begin(), beta.end());
  for (int64_t c = 0; c < channels; c++) factor[c] = static_cast<A>(gamma[c] * inverse[c]);
  std::vector<Sums> sums(channels, Sums{0, 0});
  // The kernels' products are with what is centred alone.
  auto normal = [&](int64_t c) { sums[c].product *= inverse[c]; };
  auto share = [&](int64_t c, const Sums& all) {
    return Share<A>{factor[c], static_cast<A>(all.gradient / count), static_cast<A>(all.product * inverse[c] / count)};
  };

  if (!layout.in_rows) {
    auto affine = [&](int64_t c) { return Affine<A>{mean[c], factor[c], offset[c]}; };
    auto sum = [&](int64_t c) {
      auto at = c * layout.pixels;
      kernels.plane_input_sums(input + at, incoming + at, layout.plane(), affine(c), slope, &sums[c]);
      normal(c);
    };
    auto spread = [&](int64_t c, const Sums& all) {
      auto at = c * layout.pixels;
      kernels.plane_input_gradient(outgoing + at, input + at, incoming + at, layout.plane(), affine(c), share(c, all), slope);
    };
    if (!has_others()) {
      // A channel is still in the cache when it is seen again.
      each(channels, [&](int64_t c) { sum(c), spread(c, sums[c]); });
    } else {
      each(channels, sum);
      auto all = combined(sums);
      each(channels, [&](int64_t c) { spread(c, all[c]); });
    }
  } else {
    auto pieces = layout.pieces();
    std::vector<Sums> parts(pieces * channels, Sums{0, 0});
    each(pieces, [&](int64_t i) {
      auto at = layout.piece(i) * channels;
      std::vector<A> scratch(2 * channels);
      kernels.row_input_sums(
          input + at, incoming + at, layout.rows(i), mean.data(), factor.data(), offset.data(), slope, scratch.data(), &parts[i * channels]);
    });
    for (int64_t i = 0; i < pieces * channels; i++) {
      sums[i % channels].gradient += parts[i].gradient;
      sums[i % channels].product += parts[i].product;
    }
    for (int64_t c = 0; c < channels; c++) normal(c);
    auto all = combined(sums);
    std::vector<A> gradient(channels), product(channels);
    for (int64_t c = 0; c < channels; c++) {
      auto mine = share(c, all[c]);
      gradient[c] = mine.gradient;
      product[c] = mine.product;
    }
    each_backwards(pieces, [&](int64_t i) {
      auto at = layout.piece(i) * channels;
      kernels.row_input_gradient(
          outgoing + at, input + at, incoming + at, layout.rows(i), mean.data(), factor.data(), offset.data(), gradient.data(), product.data(),
          slope);
    });
  }

  std::vector<double> dgamma(channels), dbeta(channels);
  for (int64_t c = 0; c < channels; c++) {
    dgamma[c] = sums[c].product;
    dbeta[c] = sums[c].gradient;
  }
  write(dweight, dgamma);
  write(dbias, dbeta);
}

}  // namespace
}  // namespace abn
}  // namespace tresnet

namespace abn = tresnet::abn;

TRESNET_API tresnet_status tresnet_bn_forward(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_bn_options* options, double* statistics) {
  return tresnet::guarded([&] {
    auto call = abn::checked(x, z, weight, bias, options, true);
    abn::check_vector(abn::name, "running mean", running_mean, true);
    abn::check_vector(abn::name, "running variance", running_variance, true);
    abn::typed(abn::name, x->type, [&](auto* type) {
      abn::train(call, static_cast<decltype(type)>(z->data), running_mean, running_variance, statistics);
    });
  });
}

TRESNET_API tresnet_status tresnet_bn_evaluate(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_bn_options* options) {
  return tresnet::guarded([&] {
    auto call = abn::checked(x, z, weight, bias, options, false);
    abn::check_vector(abn::name, "running mean", running_mean, false);
    abn::check_vector(abn::name, "running variance", running_variance, false);
    abn::typed(abn::name, x->type, [&](auto* type) {
      abn::evaluate(call, static_cast<decltype(type)>(z->data), running_mean, running_variance);
    });
  });
}

TRESNET_API tresnet_status tresnet_bn_backward(
    const tresnet_map* x, const tresnet_map* dz, const tresnet_map* dx, tresnet_vector weight, tresnet_vector bias, tresnet_vector dweight,
    tresnet_vector dbias, const tresnet_bn_options* options, const double* statistics) {
  return tresnet::guarded([&] {
    auto call = abn::checked(x, dz, weight, bias, options, true);
    abn::check_like(abn::name, *x, dx);
    tresnet::require(dx->data != dz->data && dx->data != x->data, abn::name, " writes the input's gradient to memory of its own");
    abn::check_vector(abn::name, "gradient of the weight", dweight, true);
    abn::check_vector(abn::name, "gradient of the bias", dbias, true);
    tresnet::require(statistics != nullptr, abn::name, " has no statistics of its forward pass");
    abn::typed(abn::name, x->type, [&](auto* type) {
      using Pointer = decltype(type);
      abn::differentiate(call, static_cast<const std::remove_pointer_t<Pointer>*>(dz->data), static_cast<Pointer>(dx->data), dweight, dbias, statistics);
    });
  });
}
