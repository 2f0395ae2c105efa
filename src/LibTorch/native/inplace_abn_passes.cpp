// The passes of in-place ABN over its input: statistics and result forward, sums and gradient backward. A channel whose inversion would lose digits
// (g far below |bias|, ELU's flat end) keeps its input, and no other does.
#include "inplace_abn_passes.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <vector>

#include "normalisation.h"

namespace tb {
namespace abn {

namespace {

constexpr const char* name = "in-place ABN";

std::atomic<Reducer> reducer{nullptr};

void add_others(Reducer add, double* values, size_t count) {
  TORCH_CHECK(add(values, static_cast<int64_t>(count)) == 0, "the statistics of the other processes did not come");
}

// What one type is: ATen's, ours, and how far from 1 its inversion may go.
template <class T>
struct Type;
template <>
struct Type<float> {
  static constexpr at::ScalarType computed = at::kFloat;
  static constexpr double reach = 512;
  static constexpr double tiny = 1e-30;
};
template <>
struct Type<double> {
  static constexpr at::ScalarType computed = at::kDouble;
  static constexpr double reach = 1e6;
  static constexpr double tiny = 1e-280;
};
template <>
struct Type<BFloat16> {
  static constexpr at::ScalarType computed = at::kFloat;
  static constexpr double reach = 4;
  static constexpr double tiny = 1e-30;
};

double scale_of(double weight, const Options& options) {
  return options.weight_eps ? std::abs(weight) + *options.weight_eps : weight;
}

void reduce(std::vector<Moments>& moments) {
  auto add = reducer.load();
  if (add == nullptr || moments.empty()) return;
  auto channels = moments.size();
  std::vector<double> sums(2 * channels + 1);
  sums[2 * channels] = moments[0].count;
  for (size_t c = 0; c < channels; c++) {
    sums[c] = moments[c].count * moments[c].mean;
    sums[channels + c] = moments[c].squares + sums[c] * moments[c].mean;
  }
  add_others(add, sums.data(), sums.size());
  auto count = sums[2 * channels];
  for (size_t c = 0; c < channels; c++) {
    auto mean = sums[c] / count;
    moments[c] = {count, mean, std::max(0.0, sums[channels + c] - count * mean * mean)};
  }
}

template <class T>
void row_extremes(const Kernels<T>& kernels, const T* x, const Layout& layout, std::vector<double>& low, std::vector<double>& high) {
  using A = typename Computed<T>::Type;
  auto channels = layout.channels, pieces = layout.pieces();
  std::vector<A> least(pieces * channels), most(pieces * channels);
  each(pieces, [&](int64_t i) {
    auto first = layout.piece(i);
    kernels.row_extremes(
        x + first * channels, {layout.piece(i + 1) - first, channels}, &least[i * channels], &most[i * channels]);
  });
  for (int64_t c = 0; c < channels; c++) {
    low[c] = least[c];
    high[c] = most[c];
  }
  for (int64_t i = channels; i < pieces * channels; i++) {
    low[i % channels] = std::min<double>(low[i % channels], least[i]);
    high[i % channels] = std::max<double>(high[i % channels], most[i]);
  }
}

// The channels that could not be inverted.
template <class T>
std::vector<int64_t> lossy_channels(
    const Kernels<T>& kernels, const T* x, const Layout& layout, const std::vector<double>& scale, const std::vector<double>& mean,
    const std::vector<double>& deviation, const std::vector<double>& bias, const Options& options) {
  auto channels = layout.channels;
  std::vector<double> low(channels), high(channels);
  if (options.activation == Activation::Elu) {
    if (layout.in_rows) {
      row_extremes(kernels, x, layout, low, high);
    } else {
      each(channels, [&](int64_t c) { kernels.plane_extremes(x + c * layout.pixels, layout.plane(), &low[c], &high[c]); });
    }
  }

  auto slope = options.activation == Activation::LeakyRelu ? std::min(1.0, options.slope) : 1;
  std::vector<int64_t> lossy;
  for (int64_t c = 0; c < channels; c++) {
    auto size = std::abs(scale[c]);
    auto lost = std::abs(bias[c]);
    double flat = 0;
    if (options.activation == Activation::Elu) {
      auto factor = scale[c] / deviation[c];
      auto least = bias[c] + std::min((low[c] - mean[c]) * factor, (high[c] - mean[c]) * factor);
      flat = least < 0 ? std::exp(-least) : 0;
    }
    // Written so that what is no number is kept.
    if (!(lost + flat <= Type<T>::reach * size && flat <= Type<T>::reach && size * slope >= Type<T>::tiny)) lossy.push_back(c);
  }
  return lossy;
}

template <class T>
at::Tensor gather(const T* x, const at::Tensor& like, const Layout& layout, const std::vector<int64_t>& channels) {
  auto kept = static_cast<int64_t>(channels.size());
  auto result = at::empty({layout.images, kept, layout.pixels}, like.options().memory_format(c10::nullopt));
  auto* to = static_cast<T*>(result.data_ptr());
  if (layout.in_rows) {
    each(layout.pieces(), [&](int64_t i) {
      for (int64_t r = layout.piece(i); r < layout.piece(i + 1); r++)
        for (int64_t k = 0; k < kept; k++) to[r * kept + k] = x[r * layout.channels + channels[k]];
    });
  } else {
    each(layout.images * kept, [&](int64_t i) {
      std::copy_n(x + (i / kept * layout.channels + channels[i % kept]) * layout.pixels, layout.pixels, to + i * layout.pixels);
    });
  }
  return result;
}

// `z` and `x` are dense and laid out alike; they may be the same.
template <class T>
Kept train(
    const at::Tensor& z, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
    const c10::optional<at::Tensor>& running_mean, const c10::optional<at::Tensor>& running_var, const Options& options, bool keeps) {
  using A = typename Computed<T>::Type;
  Layout layout(x);
  const auto& kernels = kernels_of(static_cast<T*>(nullptr), options.activation);
  auto* from = static_cast<const T*>(x.data_ptr());
  auto moments = moments_of<T>(kernels, from, layout);
  reduce(moments);
  auto channels = layout.channels;
  auto gamma = values_of(weight), beta = values_of(bias);
  std::vector<double> mean(channels), deviation(channels), inverse(channels), scale(channels), factor(channels), unbiased(channels);
  for (int64_t c = 0; c < channels; c++) {
    // Backward sees the statistics in the type that is computed in, so forward uses no others.
    mean[c] = static_cast<A>(moments[c].mean);
    inverse[c] = static_cast<A>(1 / std::sqrt(moments[c].squares / moments[c].count + options.eps));
    deviation[c] = 1 / inverse[c];
    scale[c] = scale_of(gamma[c], options);
    factor[c] = scale[c] * inverse[c];
    unbiased[c] = moments[c].squares / std::max(1.0, moments[c].count - 1);
  }
  follow(running_mean, mean, options.momentum);
  follow(running_var, unbiased, options.momentum);

  Kept kept;
  if (keeps) {
    kept.mean = tensor_of<A>(mean, Type<T>::computed);
    kept.inverse_deviation = tensor_of<A>(inverse, Type<T>::computed);
    kept.count = moments[0].count;
    auto lossy = lossy_channels<T>(kernels, from, layout, scale, mean, deviation, beta, options);
    if (!lossy.empty()) {
      kept.inputs = gather<T>(from, x, layout, lossy);
      kept.channels = at::tensor(lossy, at::kLong);
    }
  }
  normalise<T>(kernels, static_cast<T*>(z.data_ptr()), from, layout, mean, factor, beta, options.slope);
  return kept;
}

template <class T>
void evaluate(
    const at::Tensor& z, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& running_mean,
    const at::Tensor& running_var, const Options& options) {
  auto gamma = values_of(weight), mean = values_of(running_mean), variance = values_of(running_var);
  for (size_t c = 0; c < gamma.size(); c++) gamma[c] = scale_of(gamma[c], options) / std::sqrt(variance[c] + options.eps);
  const auto& kernels = kernels_of(static_cast<T*>(nullptr), options.activation);
  normalise<T>(
      kernels, static_cast<T*>(z.data_ptr()), static_cast<const T*>(x.data_ptr()), Layout(x), mean, gamma, values_of(bias), options.slope);
}

template <class T>
Gradients differentiate(
    const at::Tensor& z, const at::Tensor& dz, const at::Tensor& weight, const at::Tensor& bias, const Kept& kept,
    const Options& options) {
  using A = typename Computed<T>::Type;
  Layout layout(z);
  const auto& kernels = kernels_of(static_cast<T*>(nullptr), options.activation);
  auto channels = layout.channels;
  auto slope = static_cast<A>(options.activation == Activation::LeakyRelu ? options.slope : 1);
  auto dx = at::empty_like(z);
  auto* result = static_cast<const T*>(z.data_ptr());
  auto* incoming = static_cast<const T*>(dz.data_ptr());
  auto* outgoing = static_cast<T*>(dx.data_ptr());
  auto gamma = values_of(weight), beta = values_of(bias), mean = values_of(kept.mean), inverse = values_of(kept.inverse_deviation);

  auto kept_count = kept.inputs.defined() ? kept.channels.numel() : 0;
  auto* kept_channels = kept_count > 0 ? kept.channels.data_ptr<int64_t>() : nullptr;
  auto* inputs = kept_count > 0 ? static_cast<const T*>(kept.inputs.data_ptr()) : nullptr;
  std::vector<int64_t> place(channels, -1);
  for (int64_t k = 0; k < kept_count; k++) place[kept_channels[k]] = k;

  std::vector<Inverse<A>> inverses(channels);
  for (int64_t c = 0; c < channels; c++)
    inverses[c] = {
        static_cast<A>(place[c] < 0 ? beta[c] : mean[c]), static_cast<A>(place[c] < 0 ? 1 / scale_of(gamma[c], options) : inverse[c]),
        static_cast<A>(scale_of(gamma[c], options)), static_cast<A>(beta[c])};
  std::vector<Sums> sums(channels, Sums{0, 0});
  std::vector<Share<A>> shares(channels);
  auto share = [&](int64_t c, const Sums& all) {
    shares[c] = {
        static_cast<A>(scale_of(gamma[c], options) * inverse[c]), static_cast<A>(all.gradient / kept.count),
        static_cast<A>(all.product / kept.count)};
  };
  // What other processes add comes between the sums and the gradient.
  auto add = reducer.load();
  auto reduce = [&] {
    auto all = sums;
    if (add != nullptr) add_others(add, reinterpret_cast<double*>(all.data()), 2 * all.size());
    for (int64_t c = 0; c < channels; c++) share(c, all[c]);
  };

  if (!layout.in_rows) {
    auto stride = kept_count * layout.pixels;
    auto input = [&](int64_t c) { return place[c] < 0 ? nullptr : inputs + place[c] * layout.pixels; };
    auto sum = [&](int64_t c) {
      auto at = c * layout.pixels;
      kernels.plane_sums(result + at, incoming + at, input(c), layout.plane(), stride, inverses[c], slope, &sums[c]);
    };
    auto spread = [&](int64_t c) {
      auto at = c * layout.pixels;
      kernels.plane_gradient(
          outgoing + at, result + at, incoming + at, input(c), layout.plane(), stride, inverses[c], shares[c], slope);
    };
    if (add == nullptr) {
      // A channel is still in the cache when it is seen again.
      each(channels, [&](int64_t c) { sum(c), share(c, sums[c]), spread(c); });
    } else {
      each(channels, sum);
      reduce();
      each(channels, spread);
    }
  } else {
    std::vector<A> shift(channels), scale(channels);
    std::vector<Inverse<A>> kept_inverses;
    for (int64_t c = 0; c < channels; c++) {
      shift[c] = place[c] < 0 ? inverses[c].shift : 0;
      scale[c] = place[c] < 0 ? inverses[c].scale : 0;
    }
    for (int64_t k = 0; k < kept_count; k++) kept_inverses.push_back(inverses[kept_channels[k]]);
    auto pieces = layout.pieces();
    auto rows = [&](int64_t i) { return Rows{layout.piece(i + 1) - layout.piece(i), channels}; };
    std::vector<Sums> parts(pieces * channels, Sums{0, 0});
    each(pieces, [&](int64_t i) {
      auto first = layout.piece(i), at = first * channels;
      std::vector<A> scratch(2 * channels);
      auto* into = &parts[i * channels];
      kernels.row_sums(result + at, incoming + at, rows(i), shift.data(), scale.data(), slope, scratch.data(), into);
      for (int64_t k = 0; k < kept_count; k++) into[kept_channels[k]] = {0, 0};
      if (kept_count > 0)
        kernels.kept_sums(
            result + at, incoming + at, inputs + first * kept_count, rows(i), kept_channels, kept_count, kept_inverses.data(), slope, into);
    });
    for (int64_t i = 0; i < pieces * channels; i++) {
      sums[i % channels].gradient += parts[i].gradient;
      sums[i % channels].product += parts[i].product;
    }
    reduce();
    std::vector<A> factor(channels), gradient(channels), product(channels);
    std::vector<Share<A>> kept_shares;
    for (int64_t c = 0; c < channels; c++) {
      factor[c] = shares[c].factor;
      gradient[c] = shares[c].gradient;
      product[c] = place[c] < 0 ? shares[c].product : 0;
    }
    for (int64_t k = 0; k < kept_count; k++) kept_shares.push_back(shares[kept_channels[k]]);
    each(pieces, [&](int64_t i) {
      auto first = layout.piece(i), at = first * channels;
      kernels.row_gradient(
          outgoing + at, result + at, incoming + at, rows(i), shift.data(), scale.data(), factor.data(), gradient.data(), product.data(),
          slope);
      if (kept_count > 0)
        kernels.kept_gradient(
            outgoing + at, result + at, incoming + at, inputs + first * kept_count, rows(i), kept_channels, kept_count,
            kept_inverses.data(), kept_shares.data(), slope);
    });
  }

  std::vector<double> dgamma(channels), dbeta(channels);
  for (int64_t c = 0; c < channels; c++) {
    // The derivative of |w| at 0 is taken as 1: with 0 a weight that starts there would never train.
    dgamma[c] = options.weight_eps && gamma[c] < 0 ? -sums[c].product : sums[c].product;
    dbeta[c] = sums[c].gradient;
  }
  return {
      dx, tensor_of<double>(dgamma, at::kDouble).to(weight.scalar_type()), tensor_of<double>(dbeta, at::kDouble).to(bias.scalar_type())};
}

}  // namespace

std::pair<at::Tensor, Kept> forward(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var, bool training, const Options& options, bool in_place, bool keeps) {
  check(name, x, weight, bias, running_mean, running_var);
  auto from = dense(x);
  auto to = in_place ? from : at::empty_like(from);
  auto kept = typed(name, x.scalar_type(), [&](auto* type) {
    using T = typename std::remove_pointer<decltype(type)>::type;
    if (training) return train<T>(to, from, weight, bias, running_mean, running_var, options, keeps);
    TORCH_CHECK(running_mean && running_var, "in-place ABN needs running statistics in evaluation mode");
    evaluate<T>(to, from, weight, bias, *running_mean, *running_var, options);
    return Kept();
  });
  if (!in_place) return {to, kept};
  if (!from.is_same(x)) x.copy_(from);
  return {x, kept};
}

Gradients backward(
    const at::Tensor& z, const at::Tensor& dz, const at::Tensor& weight, const at::Tensor& bias, const Kept& kept, const Options& options) {
  auto result = dense(z);
  auto incoming = dense_as(result, dz);
  return typed(name, result.scalar_type(), [&](auto* type) {
    using T = typename std::remove_pointer<decltype(type)>::type;
    return differentiate<T>(result, incoming, weight, bias, kept, options);
  });
}

void reduce_with(Reducer add) { reducer = add; }

}  // namespace abn
}  // namespace tb
