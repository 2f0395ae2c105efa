// Plain loops in float64 that the kernels are compared with, by tresnet_self_test and by tests/TResNet.Kernels. Values are in NCHW order here;
// `packed` brings them into a type and an order, and `unpacked` back.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "elements.h"
#include "tresnet_kernels.h"

namespace tresnet {
namespace reference {

using Values = std::vector<double>;

// The same numbers on each machine, between -1 and 1.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2654435761u + 88172645463325252u) {}
  double next() {
    state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;
    return static_cast<double>(state_ >> 11) / 4503599627370496.0 - 1;
  }
  Values values(int64_t count, double scale = 1, double shift = 0) {
    Values result(count);
    for (auto& value : result) value = next() * scale + shift;
    return result;
  }

 private:
  uint64_t state_;
};

inline size_t size_of(tresnet_type type) { return type == TRESNET_FLOAT64 ? 8 : type == TRESNET_FLOAT32 ? 4 : 2; }

inline void put(void* data, tresnet_type type, int64_t at, double value) {
  if (type == TRESNET_FLOAT64) store(static_cast<double*>(data) + at, value);
  if (type == TRESNET_FLOAT32) store(static_cast<float*>(data) + at, static_cast<float>(value));
  if (type == TRESNET_BFLOAT16) store(static_cast<BFloat16*>(data) + at, static_cast<float>(value));
}

inline double get(const void* data, tresnet_type type, int64_t at) {
  return type == TRESNET_FLOAT64   ? load(static_cast<const double*>(data) + at)
         : type == TRESNET_FLOAT32 ? load(static_cast<const float*>(data) + at)
                                   : load(static_cast<const BFloat16*>(data) + at);
}

// As the type has them.
inline Values rounded(Values values, tresnet_type type) {
  double place;
  for (auto& value : values) put(&place, type, 0, value), value = get(&place, type, 0);
  return values;
}

// The sizes of a map, or of a convolution's weights with their outputs for images.
struct Shape {
  int64_t images, channels, pixels;
  int64_t count() const { return images * channels * pixels; }
  int64_t place(int64_t index, bool channels_last) const {
    auto pixel = index % pixels, channel = index / pixels % channels, image = index / pixels / channels;
    return channels_last ? (image * pixels + pixel) * channels + channel : index;
  }
};

using Bytes = std::vector<unsigned char>;

inline Bytes packed(const Values& values, Shape shape, tresnet_type type, bool channels_last) {
  Bytes result(values.size() * size_of(type));
  for (int64_t i = 0; i < shape.count(); i++) put(result.data(), type, shape.place(i, channels_last), values[i]);
  return result;
}

inline Values unpacked(const Bytes& bytes, Shape shape, tresnet_type type, bool channels_last) {
  Values result(shape.count());
  for (int64_t i = 0; i < shape.count(); i++) result[i] = get(bytes.data(), type, shape.place(i, channels_last));
  return result;
}

inline Bytes packed(const Values& values, tresnet_type type) { return packed(values, {1, 1, static_cast<int64_t>(values.size())}, type, false); }

inline Values unpacked(const Bytes& bytes, tresnet_type type) {
  return unpacked(bytes, {1, 1, static_cast<int64_t>(bytes.size() / size_of(type))}, type, false);
}

// The greatest distance, in parts of the greatest expected size.
inline double distance(const Values& found, const Values& expected) {
  if (found.size() != expected.size()) return INFINITY;
  double most = 0, size = 1e-30;
  for (size_t i = 0; i < found.size(); i++) {
    auto apart = std::abs(found[i] - expected[i]);
    if (!(apart <= most)) most = apart;  // what is no number stays
    size = std::max(size, std::abs(expected[i]));
  }
  return most / size;
}

// ---- normalisation and the activation behind it ---------------------------------------------------------------------------------------------

inline double activate(double y, tresnet_activation f, double slope) {
  switch (f) {
    case TRESNET_RELU: return std::max(0.0, y);
    case TRESNET_LEAKY_RELU: return y > 0 ? y : y * slope;
    case TRESNET_ELU: return y > 0 ? y : std::expm1(y);
    default: return y;
  }
}

inline double derivative(double y, tresnet_activation f, double slope) {
  if (y > 0 || f == TRESNET_IDENTITY) return 1;
  return f == TRESNET_RELU ? 0 : f == TRESNET_LEAKY_RELU ? slope : std::exp(y);
}

struct Normalised {
  Values z, mean, variance, dx, dscale, dbias;
};

// Forward and backward, of the statistics of all of x.
inline Normalised normalise(
    const Values& x, const Values& dz, Shape shape, const Values& scale, const Values& bias, double eps, tresnet_activation f, double slope) {
  Normalised r;
  r.z = r.dx = Values(shape.count());
  r.mean = r.variance = r.dscale = r.dbias = Values(shape.channels);
  auto count = static_cast<double>(shape.images * shape.pixels);
  for (int64_t c = 0; c < shape.channels; c++) {
    auto over = [&](auto&& body) {
      for (int64_t n = 0; n < shape.images; n++)
        for (int64_t p = 0; p < shape.pixels; p++) body((n * shape.channels + c) * shape.pixels + p);
    };
    over([&](int64_t i) { r.mean[c] += x[i] / count; });
    over([&](int64_t i) { r.variance[c] += (x[i] - r.mean[c]) * (x[i] - r.mean[c]) / count; });
    auto inverse = 1 / std::sqrt(r.variance[c] + eps);
    auto hat = [&](int64_t i) { return (x[i] - r.mean[c]) * inverse; };
    auto dy = [&](int64_t i) { return dz[i] * derivative(hat(i) * scale[c] + bias[c], f, slope); };
    over([&](int64_t i) {
      r.z[i] = activate(hat(i) * scale[c] + bias[c], f, slope);
      r.dbias[c] += dy(i);
      r.dscale[c] += dy(i) * hat(i);
    });
    over([&](int64_t i) { r.dx[i] = scale[c] * inverse * (dy(i) - r.dbias[c] / count - hat(i) * r.dscale[c] / count); });
  }
  return r;
}

// ---- convolution ------------------------------------------------------------------------------------------------------------------------------

inline int64_t out_size(const tresnet_convolution& c, int side) {
  return (c.in_size[side] + 2 * c.padding[side] - c.dilation[side] * (c.kernel[side] - 1) - 1) / c.stride[side] + 1;
}
inline Shape input_shape(const tresnet_convolution& c) { return {c.images, c.in_channels, c.in_size[0] * c.in_size[1]}; }
inline Shape output_shape(const tresnet_convolution& c) { return {c.images, c.out_channels, out_size(c, 0) * out_size(c, 1)}; }
inline Shape weight_shape(const tresnet_convolution& c) { return {c.out_channels, c.in_channels / c.groups, c.kernel[0] * c.kernel[1]}; }

// Calls body(input, weight, output) with the places of each product.
template <class F>
void each_product(const tresnet_convolution& c, F&& body) {
  auto height = out_size(c, 0), width = out_size(c, 1), per_group = c.in_channels / c.groups;
  for (int64_t n = 0; n < c.images; n++)
    for (int64_t o = 0; o < c.out_channels; o++)
      for (int64_t h = 0; h < height; h++)
        for (int64_t w = 0; w < width; w++)
          for (int64_t i = 0; i < per_group; i++)
            for (int64_t kh = 0; kh < c.kernel[0]; kh++)
              for (int64_t kw = 0; kw < c.kernel[1]; kw++) {
                auto y = h * c.stride[0] - c.padding[0] + kh * c.dilation[0], x = w * c.stride[1] - c.padding[1] + kw * c.dilation[1];
                if (y < 0 || y >= c.in_size[0] || x < 0 || x >= c.in_size[1]) continue;
                auto channel = o / (c.out_channels / c.groups) * per_group + i;
                body(
                    ((n * c.in_channels + channel) * c.in_size[0] + y) * c.in_size[1] + x,
                    ((o * per_group + i) * c.kernel[0] + kh) * c.kernel[1] + kw, ((n * c.out_channels + o) * height + h) * width + w);
              }
}

struct Convolved {
  Values output, dinput, dweight, dbias;
};

inline Convolved convolve(const tresnet_convolution& c, const Values& input, const Values& weight, const Values* bias, const Values& doutput) {
  Convolved r{
      Values(output_shape(c).count()), Values(input_shape(c).count()), Values(weight_shape(c).count()), Values(c.out_channels)};
  each_product(c, [&](int64_t i, int64_t w, int64_t o) {
    r.output[o] += input[i] * weight[w];
    r.dinput[i] += doutput[o] * weight[w];
    r.dweight[w] += doutput[o] * input[i];
  });
  auto pixels = output_shape(c).pixels;
  for (int64_t o = 0; o < output_shape(c).count(); o++) {
    r.dbias[o / pixels % c.out_channels] += doutput[o];
    if (bias != nullptr) r.output[o] += (*bias)[o / pixels % c.out_channels];
  }
  return r;
}

}  // namespace reference
}  // namespace tresnet
