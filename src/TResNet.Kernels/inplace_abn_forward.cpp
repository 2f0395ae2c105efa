// Forward of in-place ABN: the statistics, which channels keep their inputs, and the result.
#include "inplace_abn.h"

namespace tresnet {
namespace abn {

namespace {

// How far from 1 a type's inversion may go, and what is too small to divide by.
template <class T>
struct Limits;
template <>
struct Limits<float> {
  static constexpr double reach = 512;
  static constexpr double tiny = 1e-30;
};
template <>
struct Limits<double> {
  static constexpr double reach = 1e6;
  static constexpr double tiny = 1e-280;
};
template <>
struct Limits<BFloat16> {
  static constexpr double reach = 4;
  static constexpr double tiny = 1e-30;
};

// The least and the greatest value of each channel.
struct Extremes {
  std::vector<double> low, high;
};

template <class T>
Extremes row_extremes(const Kernels<T>& kernels, const T* x, const Layout& layout) {
  using A = typename Computed<T>::Type;
  auto channels = layout.channels, pieces = layout.pieces();
  std::vector<A> least(pieces * channels), most(pieces * channels);
  each(pieces, [&](int64_t i) {
    kernels.row_extremes(x + layout.piece(i) * channels, layout.rows(i), &least[i * channels], &most[i * channels]);
  });
  Extremes result{{least.begin(), least.begin() + channels}, {most.begin(), most.begin() + channels}};
  for (int64_t i = channels; i < pieces * channels; i++) {
    result.low[i % channels] = std::min<double>(result.low[i % channels], least[i]);
    result.high[i % channels] = std::max<double>(result.high[i % channels], most[i]);
  }
  return result;
}

template <class T>
Extremes extremes_of(const Kernels<T>& kernels, const T* x, const Layout& layout) {
  if (layout.in_rows) return row_extremes(kernels, x, layout);
  Extremes result{std::vector<double>(layout.channels), std::vector<double>(layout.channels)};
  each(layout.channels, [&](int64_t c) {
    kernels.plane_extremes(x + c * layout.pixels, layout.plane(), &result.low[c], &result.high[c]);
  });
  return result;
}

// Of each channel, and in the precision that is computed in: backward sees the statistics so, and forward uses no others.
struct Statistics {
  std::vector<double> mean, inverse, deviation, unbiased;

  template <class A>
  static Statistics of(const std::vector<Moments>& moments, double eps, A) {
    auto channels = moments.size();
    std::vector<double> empty(channels);
    Statistics s{empty, empty, empty, empty};
    for (size_t c = 0; c < channels; c++) {
      s.mean[c] = static_cast<A>(moments[c].mean);
      s.inverse[c] = static_cast<A>(1 / std::sqrt(moments[c].squares / moments[c].count + eps));
      s.deviation[c] = 1 / s.inverse[c];
      s.unbiased[c] = moments[c].squares / std::max(1.0, moments[c].count - 1);
    }
    return s;
  }
};

// The channels that could not be inverted.
template <class T>
std::vector<int64_t> lossy_channels(
    const Kernels<T>& kernels, const T* x, const Layout& layout, const std::vector<double>& scale, const Statistics& statistics,
    const std::vector<double>& bias, const tresnet_abn_options& options) {
  bool is_elu = options.activation == TRESNET_ELU;
  Extremes extremes;
  if (is_elu) extremes = extremes_of(kernels, x, layout);
  auto slope = options.activation == TRESNET_LEAKY_RELU ? std::min(1.0, options.slope) : 1;
  std::vector<int64_t> lossy;
  for (int64_t c = 0; c < layout.channels; c++) {
    auto size = std::abs(scale[c]);
    auto lost = std::abs(bias[c]);
    double flat = 0;
    if (is_elu) {
      auto factor = scale[c] / statistics.deviation[c], mean = statistics.mean[c];
      auto least = bias[c] + std::min((extremes.low[c] - mean) * factor, (extremes.high[c] - mean) * factor);
      flat = least < 0 ? std::exp(-least) : 0;
    }
    // Written so that what is no number is kept.
    if (!(lost + flat <= Limits<T>::reach * size && flat <= Limits<T>::reach && size * slope >= Limits<T>::tiny)) lossy.push_back(c);
  }
  return lossy;
}

template <class T>
Buffer gather(const T* x, const Layout& layout, const std::vector<int64_t>& channels) {
  auto kept = static_cast<int64_t>(channels.size());
  Buffer result(static_cast<size_t>(layout.count() * kept) * sizeof(T));
  auto* to = result.data<T>();
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

template <class T>
std::unique_ptr<tresnet_abn_kept> train(
    const tresnet_map& x, const tresnet_map& z, const Parameters& parameters, const Running& running, const tresnet_abn_options& options,
    bool keeps) {
  using A = typename Computed<T>::Type;
  Layout layout(x);
  auto channels = layout.channels;
  const auto& kernels = kernels_of(static_cast<T*>(nullptr), activation_of(options));
  auto* from = static_cast<const T*>(x.data);
  auto moments = moments_of<T>(kernels, from, layout);
  combine(moments);
  auto statistics = Statistics::of(moments, options.eps, A());
  auto gamma = values_of(parameters.weight, channels), beta = values_of(parameters.bias, channels);
  std::vector<double> scale(channels), factor(channels);
  for (int64_t c = 0; c < channels; c++) {
    scale[c] = scale_of(gamma[c], options);
    factor[c] = scale[c] * statistics.inverse[c];
  }

  std::unique_ptr<tresnet_abn_kept> kept;
  if (keeps) {
    kept = std::make_unique<tresnet_abn_kept>();
    kept->mean = statistics.mean;
    kept->inverse_deviation = statistics.inverse;
    kept->count = moments[0].count;
    kept->map = x;
    kept->channels = lossy_channels<T>(kernels, from, layout, scale, statistics, beta, options);
    if (!kept->channels.empty()) kept->inputs = gather<T>(from, layout, kept->channels);
  }
  // After all that may fail.
  follow(running.mean, statistics.mean, options.momentum);
  follow(running.variance, statistics.unbiased, options.momentum);
  normalise<T>(kernels, static_cast<T*>(z.data), from, layout, statistics.mean, factor, beta, options.slope);
  return kept;
}

}  // namespace

std::unique_ptr<tresnet_abn_kept> train(
    const tresnet_map& x, const tresnet_map& z, const Parameters& parameters, const Running& running, const tresnet_abn_options& options,
    bool keeps) {
  return typed(name, x.type, [&](auto* type) {
    return train<std::remove_pointer_t<decltype(type)>>(x, z, parameters, running, options, keeps);
  });
}

void evaluate(
    const tresnet_map& x, const tresnet_map& z, const Parameters& parameters, const Running& running, const tresnet_abn_options& options) {
  Layout layout(x);
  auto channels = layout.channels;
  auto factor = values_of(parameters.weight, channels), mean = values_of(running.mean, channels);
  auto variance = values_of(running.variance, channels), beta = values_of(parameters.bias, channels);
  for (int64_t c = 0; c < channels; c++) factor[c] = scale_of(factor[c], options) / std::sqrt(variance[c] + options.eps);
  typed(name, x.type, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    normalise<T>(
        kernels_of(type, activation_of(options)), static_cast<T*>(z.data), static_cast<const T*>(x.data), layout, mean, factor, beta,
        options.slope);
  });
}

}  // namespace abn
}  // namespace tresnet
