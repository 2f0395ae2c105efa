// Elements of loops: read and written in the type that they are computed in. Each translation unit has a copy of its own, as loops are compiled for
// several instruction sets.
#pragma once

#include <cstdint>

namespace tresnet {

struct BFloat16 {
  uint16_t bits;
};

namespace {

inline float load(const float* p) { return *p; }
inline double load(const double* p) { return *p; }
inline float load(const BFloat16* p) {
  uint32_t bits = static_cast<uint32_t>(p->bits) << 16;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

inline void store(float* p, float value) { *p = value; }
inline void store(double* p, double value) { *p = value; }
// To the nearest, ties to even; what is no number stays so.
inline void store(BFloat16* p, float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  p->bits = static_cast<uint16_t>(value != value ? 0x7fc0u : rounded);
}

}  // namespace
}  // namespace tresnet
