// The C interface of in-place ABN.
#include "inplace_abn.h"

namespace tresnet {
namespace abn {

namespace {

void check_call(const tresnet_map* x, const tresnet_map* z, const Parameters& parameters, const tresnet_abn_options* options) {
  check_map(name, x);
  check_like(name, *x, z);
  check_vector(name, "weight", parameters.weight, false);
  check_vector(name, "bias", parameters.bias, false);
  require(options != nullptr, name, " has no options");
  auto f = options->activation;
  require(
      f == TRESNET_IDENTITY || f == TRESNET_LEAKY_RELU || f == TRESNET_ELU, name, " inverts identity, leaky ReLU and ELU, not activation ", f);
  require(
      f != TRESNET_LEAKY_RELU || options->slope > 0, name, " inverts a leaky ReLU whose slope is more than 0, and this one's is ",
      options->slope);
}

void check_running(const Running& running, bool may_be_absent) {
  check_vector(name, "running mean", running.mean, may_be_absent);
  check_vector(name, "running variance", running.variance, may_be_absent);
}

}  // namespace

}  // namespace abn
}  // namespace tresnet

namespace abn = tresnet::abn;

TRESNET_API tresnet_status tresnet_abn_forward(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_abn_options* options, tresnet_abn_kept** kept) {
  if (kept != nullptr) *kept = nullptr;
  return tresnet::guarded([&] {
    abn::Running running{running_mean, running_variance};
    abn::check_call(x, z, {weight, bias}, options);
    abn::check_running(running, true);
    auto made = abn::train(*x, *z, {weight, bias}, running, *options, kept != nullptr);
    if (kept != nullptr) *kept = made.release();
  });
}

TRESNET_API tresnet_status tresnet_abn_evaluate(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_abn_options* options) {
  return tresnet::guarded([&] {
    abn::Running running{running_mean, running_variance};
    abn::check_call(x, z, {weight, bias}, options);
    abn::check_running(running, false);
    abn::evaluate(*x, *z, {weight, bias}, running, *options);
  });
}

TRESNET_API tresnet_status tresnet_abn_backward(
    const tresnet_map* z, const tresnet_map* dz, const tresnet_map* dx, tresnet_vector weight, tresnet_vector bias, tresnet_vector dweight,
    tresnet_vector dbias, const tresnet_abn_options* options, const tresnet_abn_kept* kept) {
  return tresnet::guarded([&] {
    abn::check_call(z, dz, {weight, bias}, options);
    abn::check_like(abn::name, *z, dx);
    tresnet::require(dx->data != dz->data && dx->data != z->data, abn::name, " writes the input's gradient to memory of its own");
    abn::check_vector(abn::name, "gradient of the weight", dweight, true);
    abn::check_vector(abn::name, "gradient of the bias", dbias, true);
    tresnet::require(kept != nullptr, abn::name, " kept nothing for backward");
    abn::check_like(abn::name, kept->map, z);
    abn::differentiate(*z, *dz, *dx, {weight, bias}, {dweight, dbias}, *options, *kept);
  });
}

TRESNET_API void tresnet_abn_kept_free(tresnet_abn_kept* kept) { delete kept; }

TRESNET_API int64_t tresnet_abn_kept_channels(const tresnet_abn_kept* kept) { return static_cast<int64_t>(kept->channels.size()); }

TRESNET_API int64_t tresnet_abn_kept_bytes(const tresnet_abn_kept* kept) {
  return static_cast<int64_t>(
      sizeof *kept + kept->inputs.bytes() + 8 * (kept->mean.size() + kept->inverse_deviation.size() + kept->channels.size()));
}
