// In bfloat16; compiled for processors with AVX-512 and its products of bfloat16.
#if defined(__AVX512BF16__)
#include <immintrin.h>

#include "winograd_tiles.h"

namespace tresnet::plan {
namespace {

struct Products {
  using Element = BFloat16;
  static constexpr int64_t lanes = 16;
  typedef float Vector __attribute__((vector_size(lanes * sizeof(float))));

  static Vector load(const float* x) { return _mm512_loadu_ps(x); }
  static Vector load(const BFloat16* x) {
    auto bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static void store(BFloat16* to, Vector v) {
    auto bits = _mm512_cvtneps_pbh(v);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i&>(bits));
  }

  using Product = void (*)(const BFloat16*, int64_t, const BFloat16*, float*);

  // Rows of inputs times the columns of some blocks, which lie in pairs of inputs.
  static void multiply(const BFloat16* a, int64_t inputs, const BFloat16* b, float* c, int64_t rows, int64_t blocks) {
    product_of<Products>(rows, blocks)(a, inputs, b, c);
  }

  static __m512bh of_pairs(__m512i bits) { return reinterpret_cast<__m512bh&>(bits); }

  template <int Rows, int Blocks>
  static void product(const BFloat16* a, int64_t inputs, const BFloat16* b, float* c) {
    __m512 sums[Rows][Blocks];
#pragma GCC unroll 6
    for (int i = 0; i < Rows; i++)
#pragma GCC unroll 4
      for (int j = 0; j < Blocks; j++) sums[i][j] = _mm512_setzero_ps();
    for (int64_t k = 0; k < inputs; k += 2, b += 2 * block * Blocks) {
      __m512bh columns[Blocks];
#pragma GCC unroll 4
      for (int j = 0; j < Blocks; j++) columns[j] = of_pairs(_mm512_loadu_si512(b + 2 * block * j));
#pragma GCC unroll 6
      for (int i = 0; i < Rows; i++) {
        int32_t pair;
        __builtin_memcpy(&pair, a + i * inputs + k, sizeof pair);
        auto row = of_pairs(_mm512_set1_epi32(pair));
#pragma GCC unroll 4
        for (int j = 0; j < Blocks; j++) sums[i][j] = _mm512_dpbf16_ps(sums[i][j], row, columns[j]);
      }
    }
#pragma GCC unroll 6
    for (int i = 0; i < Rows; i++)
#pragma GCC unroll 4
      for (int j = 0; j < Blocks; j++) _mm512_storeu_ps(c + (i * Blocks + j) * block, sums[i][j]);
  }
};

}  // namespace

WinogradLoop<BFloat16> winograd_avx512_bf16() { return run<Products, 2>; }

}  // namespace tresnet::plan
#endif
