// The exponential function for loops: the C library's is a call for each element, and this is arithmetic alone, which is vectorised. The polynomial is that
// of the Cephes library (Moshier, 1992). Within 2 units of the last place. Each translation unit has a copy of its own, as loops are compiled for
// several instruction sets.
#pragma once

#include <cstdint>

namespace tresnet {
namespace {

// A power of 2 by its exponent.
inline float power_of_2(float exponent) {
  uint32_t bits = static_cast<uint32_t>(static_cast<int32_t>(exponent) + 127) << 23;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

// e^x = (1 + rest) * scale, for x up to 0.
struct Exponential {
  float scale;
  float rest;

  explicit Exponential(float x) {
    x = x > 0 ? 0 : x < -87 ? -87 : x;
    float n = (x * 1.44269504f + 12582912.0f) - 12582912.0f;  // rounded
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    scale = power_of_2(n);
    rest = p * r * r + r;
  }
};

// For x up to 0.
inline float exponential(float x) {
  Exponential e(x);
  return e.rest * e.scale + e.scale;
}

inline float sigmoid(float x) {
  float e = exponential(x > 0 ? -x : x);
  return (x > 0 ? 1 : e) / (1 + e);
}

}  // namespace
}  // namespace tresnet
