// Backward of in-place ABN: sums over the inverted result, and the gradients from them.
#include "inplace_abn.h"

namespace tresnet {
namespace abn {

namespace {

template <class T>
class Backward {
  using A = typename Computed<T>::Type;

 public:
  Backward(
      const tresnet_map& z, const tresnet_map& dz, const tresnet_map& dx, const Parameters& parameters, const tresnet_abn_options& options,
      const tresnet_abn_kept& kept)
      : kernels_(kernels_of(static_cast<T*>(nullptr), activation_of(options))), layout_(z), kept_(kept), options_(options),
        slope_(static_cast<A>(options.activation == TRESNET_LEAKY_RELU ? options.slope : 1)), result_(static_cast<const T*>(z.data)),
        incoming_(static_cast<const T*>(dz.data)), outgoing_(static_cast<T*>(dx.data)), inputs_(kept.inputs.template data<const T>()),
        gamma_(values_of(parameters.weight, z.channels)), place_(z.channels, -1), inverses_(z.channels), sums_(z.channels, Sums{0, 0}),
        shares_(z.channels) {
    for (int64_t k = 0; k < kept_count(); k++) place_[kept.channels[k]] = k;
    auto beta = values_of(parameters.bias, z.channels);
    for (int64_t c = 0; c < z.channels; c++) {
      auto scale = scale_of(gamma_[c], options);
      bool inverts = place_[c] < 0;
      inverses_[c] = {
          static_cast<A>(inverts ? beta[c] : kept.mean[c]), static_cast<A>(inverts ? 1 / scale : kept.inverse_deviation[c]),
          static_cast<A>(scale), static_cast<A>(beta[c])};
    }
  }

  void run(const Parameters& gradients) {
    layout_.in_rows ? over_rows() : over_planes();
    auto channels = layout_.channels;
    std::vector<double> dgamma(channels), dbeta(channels);
    for (int64_t c = 0; c < channels; c++) {
      // The derivative of |w| at 0 is taken as 1: with 0 a weight that starts there would never train.
      dgamma[c] = options_.has_weight_eps && gamma_[c] < 0 ? -sums_[c].product : sums_[c].product;
      dbeta[c] = sums_[c].gradient;
    }
    write(gradients.weight, dgamma);
    write(gradients.bias, dbeta);
  }

 private:
  int64_t kept_count() const { return static_cast<int64_t>(kept_.channels.size()); }

  void share(int64_t c, const Sums& all) {
    shares_[c] = {
        static_cast<A>(scale_of(gamma_[c], options_) * kept_.inverse_deviation[c]), static_cast<A>(all.gradient / kept_.count),
        static_cast<A>(all.product / kept_.count)};
  }

  // What other processes add comes between the sums and the gradient.
  void reduce() {
    auto all = combined(sums_);
    for (int64_t c = 0; c < layout_.channels; c++) share(c, all[c]);
  }

  void over_planes() {
    auto stride = kept_count() * layout_.pixels;
    auto input = [&](int64_t c) { return place_[c] < 0 ? nullptr : inputs_ + place_[c] * layout_.pixels; };
    auto sum = [&](int64_t c) {
      auto at = c * layout_.pixels;
      kernels_.plane_sums(result_ + at, incoming_ + at, input(c), layout_.plane(), stride, inverses_[c], slope_, &sums_[c]);
    };
    auto spread = [&](int64_t c) {
      auto at = c * layout_.pixels;
      kernels_.plane_gradient(
          outgoing_ + at, result_ + at, incoming_ + at, input(c), layout_.plane(), stride, inverses_[c], shares_[c], slope_);
    };
    if (!has_others()) {
      // A channel is still in the cache when it is seen again.
      each(layout_.channels, [&](int64_t c) { sum(c), share(c, sums_[c]), spread(c); });
    } else {
      each(layout_.channels, sum);
      reduce();
      each(layout_.channels, spread);
    }
  }

  void over_rows() {
    auto channels = layout_.channels, kept_count = this->kept_count();
    std::vector<A> shift(channels), scale(channels);
    std::vector<Inverse<A>> kept_inverses;
    for (int64_t c = 0; c < channels; c++) {
      shift[c] = place_[c] < 0 ? inverses_[c].shift : 0;
      scale[c] = place_[c] < 0 ? inverses_[c].scale : 0;
    }
    for (auto c : kept_.channels) kept_inverses.push_back(inverses_[c]);
    auto pieces = layout_.pieces();
    std::vector<Sums> parts(pieces * channels, Sums{0, 0});
    each(pieces, [&](int64_t i) {
      auto first = layout_.piece(i), at = first * channels;
      std::vector<A> scratch(2 * channels);
      auto* into = &parts[i * channels];
      kernels_.row_sums(result_ + at, incoming_ + at, layout_.rows(i), shift.data(), scale.data(), slope_, scratch.data(), into);
      if (kept_count == 0) return;
      for (auto c : kept_.channels) into[c] = {0, 0};
      kernels_.kept_sums(
          result_ + at, incoming_ + at, inputs_ + first * kept_count, layout_.rows(i), kept_.channels.data(), kept_count, kept_inverses.data(),
          slope_, into);
    });
    for (int64_t i = 0; i < pieces * channels; i++) {
      sums_[i % channels].gradient += parts[i].gradient;
      sums_[i % channels].product += parts[i].product;
    }
    reduce();

    std::vector<A> factor(channels), gradient(channels), product(channels);
    std::vector<Share<A>> kept_shares;
    for (int64_t c = 0; c < channels; c++) {
      factor[c] = shares_[c].factor;
      gradient[c] = shares_[c].gradient;
      product[c] = place_[c] < 0 ? shares_[c].product : 0;
    }
    for (auto c : kept_.channels) kept_shares.push_back(shares_[c]);
    each(pieces, [&](int64_t i) {
      auto first = layout_.piece(i), at = first * channels;
      kernels_.row_gradient(
          outgoing_ + at, result_ + at, incoming_ + at, layout_.rows(i), shift.data(), scale.data(), factor.data(), gradient.data(),
          product.data(), slope_);
      if (kept_count > 0)
        kernels_.kept_gradient(
            outgoing_ + at, result_ + at, incoming_ + at, inputs_ + first * kept_count, layout_.rows(i), kept_.channels.data(), kept_count,
            kept_inverses.data(), kept_shares.data(), slope_);
    });
  }

  const Kernels<T>& kernels_;
  const Layout layout_;
  const tresnet_abn_kept& kept_;
  const tresnet_abn_options& options_;
  const A slope_;
  const T* const result_;
  const T* const incoming_;
  T* const outgoing_;
  const T* const inputs_;             // of the channels that kept them
  const std::vector<double> gamma_;
  std::vector<int64_t> place_;        // of a channel among those, or -1
  std::vector<Inverse<A>> inverses_;
  std::vector<Sums> sums_;            // of this process
  std::vector<Share<A>> shares_;
};

}  // namespace

void differentiate(
    const tresnet_map& z, const tresnet_map& dz, const tresnet_map& dx, const Parameters& parameters, const Parameters& gradients,
    const tresnet_abn_options& options, const tresnet_abn_kept& kept) {
  typed(name, z.type, [&](auto* type) {
    Backward<std::remove_pointer_t<decltype(type)>>(z, dz, dx, parameters, options, kept).run(gradients);
  });
}

}  // namespace abn
}  // namespace tresnet
