// Arithmetic of the loops, each translation unit with a copy of its own: they are compiled for several instruction sets.
#pragma once

#include "exponential.h"
#include "inplace_abn_kernels.h"

namespace tresnet {
namespace abn {
namespace {

// Few enough to stay in the first cache for a second look, and to be summed in float32 without loss.
constexpr int64_t chunk = 2048;
constexpr int64_t row_chunk = 8192;

// Of float32 by arithmetic, so that loops are vectorised (exponential.h), and the C library's of float64.

// All for arguments up to 0; the logarithm's are above -1.
inline double exponential(double x) { return __builtin_exp(x); }
inline float exponential_minus_1(float x) {
  Exponential e(x);
  return e.rest * e.scale + (e.scale - 1);
}
inline double exponential_minus_1(double x) { return __builtin_expm1(x); }
inline float logarithm_of_1_plus(float x) {
  x = x > 0 ? 0 : x;
  float sum = 1 + x;
  uint32_t bits;
  __builtin_memcpy(&bits, &sum, sizeof bits);
  // The mantissa between sqrt(1/2) and sqrt(2).
  uint32_t shifted = bits - 0x3f3504f3u;
  float n = static_cast<float>(static_cast<int32_t>(shifted) >> 23);
  bits = (shifted & 0x007fffffu) + 0x3f3504f3u;
  float m;
  __builtin_memcpy(&m, &bits, sizeof m);
  m -= 1;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float square = m * m;
  float log = p * m * square - n * 2.12194440e-4f - 0.5f * square + m + n * 0.693359375f;
  // What rounding took from the sum.
  return log + (x - (sum - 1)) / sum;
}
inline double logarithm_of_1_plus(double x) { return __builtin_log1p(x); }
inline float above_minus_1(float) { return -0.99999994f; }
inline double above_minus_1(double) { return -0.9999999999999999; }

template <Activation F, class A>
inline A activate(A y, A slope) {
  switch (F) {
    case Activation::Relu: return y < 0 ? 0 : y;
    case Activation::LeakyRelu: return y > 0 ? y : y * slope;
    case Activation::Elu: return y > 0 ? y : exponential_minus_1(y);
    default: return y;
  }
}

// `reciprocal` is 1 / slope.
template <Activation F, class A>
inline A invert(A z, A reciprocal) {
  switch (F) {
    case Activation::LeakyRelu: return z > 0 ? z : z * reciprocal;
    case Activation::Elu: {
      A lowest = above_minus_1(z);
      return z > 0 ? z : logarithm_of_1_plus(z < lowest ? lowest : z);
    }
    default: return z;
  }
}

// The activation's derivative times the gradient, by its result.
template <Activation F, class A>
inline A derive(A z, A dz, A slope) {
  switch (F) {
    case Activation::Relu: return z <= 0 ? 0 : dz;
    case Activation::LeakyRelu: return z > 0 ? dz : dz * slope;
    case Activation::Elu: return z > 0 ? dz : dz * (z + 1);
    default: return dz;
  }
}

// The same where the input was kept: ELU's result has no digits left of a derivative near 0.
template <Activation F, class A>
inline A derive_kept(A z, A dz, A normalised, const Inverse<A>& inverse, A slope) {
  if (F != Activation::Elu) return derive<F, A>(z, dz, slope);
  A y = normalised * inverse.weight + inverse.bias;
  return y > 0 ? dz : dz * exponential(y);
}

inline void merge(Moments* into, double count, double mean, double squares) {
  double total = into->count + count;
  double distance = mean - into->mean;
  into->squares += squares + distance * distance * into->count * count / total;
  into->mean += distance * count / total;
  into->count = total;
}

inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace
}  // namespace abn
}  // namespace tresnet
