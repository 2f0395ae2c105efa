// A call of the C interface on random values beside the plain loop, as tresnet_self_test and tests/TResNet.Kernels make it. Each returns the
// greatest distance of its results, in parts of the greatest expected value, or throws what the call says.
#pragma once

#include <stdexcept>
#include <string>

#include "reference.h"

namespace tresnet {
namespace reference {

inline void expect_ok(tresnet_status status) {
  if (status != TRESNET_OK) throw std::runtime_error(tresnet_last_error());
}

// A map and its memory.
struct Map {
  Shape shape;
  Bytes bytes;
  tresnet_map map;

  Map(const Values& values, Shape shape, tresnet_type type, bool channels_last)
      : shape(shape), bytes(packed(values, shape, type, channels_last)),
        map{bytes.data(), shape.images, shape.channels, shape.pixels, type, channels_last} {}
  Map(const Map&) = delete;

  Values values() const { return unpacked(bytes, shape, map.type, map.channels_last != 0); }
};

struct Vector {
  Bytes bytes;
  tresnet_vector vector;

  Vector(const Values& values, tresnet_type type) : bytes(packed(values, type)), vector{bytes.data(), type, 0} {}
  Vector(const Vector&) = delete;

  Values values() const { return unpacked(bytes, vector.type); }
};

struct NormalisationCase {
  Shape shape;
  tresnet_type type;
  bool channels_last;
  tresnet_activation activation;
  double slope = 0.01;
  bool has_weight_eps = false;
  bool in_place = true;
  tresnet_type parameters = TRESNET_FLOAT32;
  bool has_lossy_channels = false;  // some weights are near 0

  // No coarser than what is looked at.
  tresnet_type gradients() const { return type == TRESNET_FLOAT64 ? TRESNET_FLOAT64 : parameters; }
};

struct NormalisationInputs {
  Values x, dz, weight, bias;

  explicit NormalisationInputs(const NormalisationCase& c) {
    Random random(static_cast<uint64_t>(c.shape.count()));
    x = rounded(random.values(c.shape.count(), 2, 0.5), c.type);
    dz = rounded(random.values(c.shape.count()), c.type);
    weight = random.values(c.shape.channels, 0.5, 1);
    bias = random.values(c.shape.channels, 0.3);
    for (int64_t i = 1; i < c.shape.channels; i += 3) {
      if (c.has_weight_eps) weight[i] = -weight[i];
      if (c.has_lossy_channels) weight[i] *= 1e-9, bias[i] = -0.5;
    }
    weight = rounded(weight, c.parameters);
    bias = rounded(bias, c.parameters);
  }
};

constexpr double check_eps = 1e-5, check_weight_eps = 1e-5, check_momentum = 0.1;

struct Difference {
  double forward = 0, dx = 0, parameters = 0, running = 0, evaluated = 0;
  int64_t kept = 0;
  double most() const { return std::max({forward, dx, parameters, running, evaluated}); }
};

// What a running statistic of 0.5 becomes.
inline Values followed(const Values& values, double factor = 1) {
  Values result;
  for (auto value : values) result.push_back((1 - check_momentum) * 0.5 + check_momentum * value * factor);
  return result;
}

inline Difference check_abn(const NormalisationCase& c) {
  NormalisationInputs in(c);
  auto scale = in.weight;
  if (c.has_weight_eps)
    for (auto& value : scale) value = std::abs(value) + check_weight_eps;
  auto expected = normalise(in.x, in.dz, c.shape, scale, in.bias, check_eps, c.activation, c.slope);
  if (c.has_weight_eps)
    for (int64_t i = 0; i < c.shape.channels; i++)
      if (in.weight[i] < 0) expected.dscale[i] = -expected.dscale[i];

  tresnet_abn_options options{check_momentum, check_eps, check_weight_eps, c.slope, c.has_weight_eps, c.activation};
  Map x(in.x, c.shape, c.type, c.channels_last), z(Values(c.shape.count()), c.shape, c.type, c.channels_last);
  Map dz(in.dz, c.shape, c.type, c.channels_last), dx(Values(c.shape.count()), c.shape, c.type, c.channels_last);
  Vector weight(in.weight, c.parameters), bias(in.bias, c.parameters), dweight(in.weight, c.gradients()), dbias(in.bias, c.gradients());
  Values half(c.shape.channels, 0.5);
  Vector mean(half, TRESNET_FLOAT64), variance(half, TRESNET_FLOAT64);
  auto& result = c.in_place ? x : z;
  tresnet_abn_kept* kept = nullptr;
  expect_ok(tresnet_abn_forward(&x.map, &result.map, weight.vector, bias.vector, mean.vector, variance.vector, &options, &kept));
  Difference d;
  d.kept = tresnet_abn_kept_channels(kept);
  d.forward = distance(result.values(), expected.z);
  auto status = tresnet_abn_backward(
      &result.map, &dz.map, &dx.map, weight.vector, bias.vector, dweight.vector, dbias.vector, &options, kept);
  tresnet_abn_kept_free(kept);
  expect_ok(status);
  d.dx = distance(dx.values(), expected.dx);
  d.parameters = std::max(distance(dweight.values(), expected.dscale), distance(dbias.values(), expected.dbias));
  auto count = static_cast<double>(c.shape.images * c.shape.pixels);
  d.running = std::max(
      distance(mean.values(), followed(expected.mean)),
      distance(variance.values(), followed(expected.variance, count / std::max(1.0, count - 1))));

  // Evaluation by the batch's own statistics.
  Map again(in.x, c.shape, c.type, c.channels_last);
  Vector own_mean(expected.mean, TRESNET_FLOAT64), own_variance(expected.variance, TRESNET_FLOAT64);
  expect_ok(tresnet_abn_evaluate(&again.map, &again.map, weight.vector, bias.vector, own_mean.vector, own_variance.vector, &options));
  d.evaluated = distance(again.values(), expected.z);
  return d;
}

inline Difference check_bn(const NormalisationCase& c) {
  NormalisationInputs in(c);
  auto expected = normalise(in.x, in.dz, c.shape, in.weight, in.bias, check_eps, c.activation, c.slope);
  tresnet_bn_options options{check_momentum, check_eps, c.slope, c.activation, 0};
  Map x(in.x, c.shape, c.type, c.channels_last), z(in.x, c.shape, c.type, c.channels_last);
  Map dz(in.dz, c.shape, c.type, c.channels_last), dx(in.x, c.shape, c.type, c.channels_last);
  Vector weight(in.weight, c.parameters), bias(in.bias, c.parameters), dweight(in.weight, c.gradients()), dbias(in.bias, c.gradients());
  Values half(c.shape.channels, 0.5), statistics(2 * c.shape.channels + 1);
  Vector mean(half, TRESNET_FLOAT64), variance(half, TRESNET_FLOAT64);
  expect_ok(tresnet_bn_forward(&x.map, &z.map, weight.vector, bias.vector, mean.vector, variance.vector, &options, statistics.data()));
  Difference d;
  d.forward = distance(z.values(), expected.z);
  expect_ok(tresnet_bn_backward(
      &x.map, &dz.map, &dx.map, weight.vector, bias.vector, dweight.vector, dbias.vector, &options, statistics.data()));
  d.dx = distance(dx.values(), expected.dx);
  d.parameters = std::max(distance(dweight.values(), expected.dscale), distance(dbias.values(), expected.dbias));
  auto count = static_cast<double>(c.shape.images * c.shape.pixels);
  d.running = std::max(
      distance(mean.values(), followed(expected.mean)), distance(variance.values(), followed(expected.variance, count / (count - 1))));
  Vector own_mean(expected.mean, TRESNET_FLOAT64), own_variance(expected.variance, TRESNET_FLOAT64);
  expect_ok(tresnet_bn_evaluate(&x.map, &z.map, weight.vector, bias.vector, own_mean.vector, own_variance.vector, &options));
  d.evaluated = distance(z.values(), expected.z);
  return d;
}

struct ConvolutionDifference {
  double output = 0, dinput = 0, dweight = 0, dbias = 0;
  double most() const { return std::max({output, dinput, dweight, dbias}); }
};

// The maps in one order, the weights in another.
inline ConvolutionDifference check_convolution(
    const tresnet_convolution& c, tresnet_passes winograd, bool channels_last, bool weight_last, bool has_bias) {
  Random random(static_cast<uint64_t>(c.in_channels + c.out_channels));
  auto type = c.type;
  auto input = rounded(random.values(input_shape(c).count()), type), weight = rounded(random.values(weight_shape(c).count()), type);
  auto bias = rounded(random.values(c.out_channels), type), doutput = rounded(random.values(output_shape(c).count()), type);
  auto expected = convolve(c, input, weight, has_bias ? &bias : nullptr, doutput);
  auto in = packed(input, input_shape(c), type, channels_last), kernel = packed(weight, weight_shape(c), type, weight_last);
  auto incoming = packed(doutput, output_shape(c), type, channels_last), offsets = packed(bias, type);
  Bytes out(incoming.size()), din(in.size()), dkernel(kernel.size()), doffsets(offsets.size());
  expect_ok(tresnet_convolution_forward(
      &c, winograd, {in.data(), channels_last, 0}, {kernel.data(), weight_last, 0}, has_bias ? offsets.data() : nullptr,
      {out.data(), channels_last, 0}));
  expect_ok(tresnet_convolution_backward(
      &c, winograd, {incoming.data(), channels_last, 0}, {in.data(), channels_last, 0}, {kernel.data(), weight_last, 0},
      {din.data(), channels_last, 0}, {dkernel.data(), weight_last, 0}, doffsets.data()));
  return {
      distance(unpacked(out, output_shape(c), type, channels_last), expected.output),
      distance(unpacked(din, input_shape(c), type, channels_last), expected.dinput),
      distance(unpacked(dkernel, weight_shape(c), type, weight_last), expected.dweight), distance(unpacked(doffsets, type), expected.dbias)};
}

inline double check_add_relu(tresnet_type type, int64_t count) {
  Random random(static_cast<uint64_t>(count));
  auto a = rounded(random.values(count), type), b = rounded(random.values(count), type), gradient = rounded(random.values(count), type);
  Values sum(count), back(count);
  auto first = packed(a, type), second = packed(b, type), incoming = packed(gradient, type);
  expect_ok(tresnet_add_relu(type, first.data(), first.data(), second.data(), count));
  expect_ok(tresnet_relu_backward(type, incoming.data(), incoming.data(), first.data(), count));
  for (int64_t i = 0; i < count; i++) {
    sum[i] = std::max(0.0, a[i] + b[i]);
    back[i] = sum[i] > 0 ? gradient[i] : 0;
  }
  return std::max(distance(unpacked(first, type), sum), distance(unpacked(incoming, type), back));
}

inline double check_sgd(tresnet_type type, const std::vector<int64_t>& counts, bool nesterov, bool maximize) {
  tresnet_sgd_options options{0.1, 0.9, 0.05, 0.01, nesterov, maximize};
  Random random(counts.size());
  std::vector<Bytes> memory;
  std::vector<Values> expected;
  for (auto count : counts) {
    auto p = rounded(random.values(count), type), g = rounded(random.values(count), type), v = rounded(random.values(count), type);
    for (auto& values : {p, g, v}) memory.push_back(packed(values, type));
    for (int64_t i = 0; i < count; i++) {
      auto change = (maximize ? -1 : 1) * g[i] + options.decay * p[i];
      v[i] = options.momentum * v[i] + (1 - options.dampening) * change;
      p[i] -= options.rate * (nesterov ? change + options.momentum * v[i] : v[i]);
    }
    expected.push_back(p);
    expected.push_back(v);
  }
  std::vector<void*> parameters, velocities;
  std::vector<const void*> gradients;
  for (size_t i = 0; i < memory.size(); i += 3) {
    parameters.push_back(memory[i].data());
    gradients.push_back(memory[i + 1].data());
    velocities.push_back(memory[i + 2].data());
  }
  expect_ok(tresnet_sgd(
      type, static_cast<int64_t>(counts.size()), parameters.data(), gradients.data(), velocities.data(), counts.data(), &options));
  double most = 0;
  for (size_t i = 0; i < counts.size(); i++) {
    most = std::max(most, distance(unpacked(memory[3 * i], type), expected[2 * i]));
    most = std::max(most, distance(unpacked(memory[3 * i + 2], type), expected[2 * i + 1]));
  }
  return most;
}

}  // namespace reference
}  // namespace tresnet
