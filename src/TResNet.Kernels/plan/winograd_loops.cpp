// In float32; compiled for each instruction set (CMakeLists.txt).
#include "winograd_tiles.h"

namespace tresnet::plan {
namespace {

struct Float32 {
  using Element = float;
#if defined(__AVX512F__)
  static constexpr int64_t lanes = 16;
  static constexpr int most_vectors = 4;
#elif defined(__AVX2__)
  static constexpr int64_t lanes = 8;
  static constexpr int most_vectors = 2;
#else
  static constexpr int64_t lanes = 4;
  static constexpr int most_vectors = 1;
#endif
  typedef float Vector __attribute__((vector_size(lanes * sizeof(float))));

  static Vector load(const float* x) {
    Vector v;
    __builtin_memcpy(&v, x, sizeof v);
    return v;
  }
  static void store(float* to, Vector v) { __builtin_memcpy(to, &v, sizeof v); }

  using Product = void (*)(const float*, int64_t, const float*, float*, int64_t);

  // Rows of inputs times the columns of some blocks, both as many elements apart as there are of them.
  static void multiply(const float* a, int64_t inputs, const float* b, float* c, int64_t rows, int64_t blocks) {
    int64_t columns = blocks * block;
    for (int64_t at = 0; at < columns;) {
      int64_t vectors = (columns - at) / lanes < most_vectors ? (columns - at) / lanes : most_vectors;
      product_of<Float32>(rows, vectors)(a, inputs, b + at, c + at, columns);
      at += vectors * lanes;
    }
  }

  template <int Rows, int Vectors>
  static void product(const float* a, int64_t inputs, const float* b, float* c, int64_t columns) {
    Vector sums[Rows][Vectors];
#pragma GCC unroll 6
    for (int i = 0; i < Rows; i++)
#pragma GCC unroll 4
      for (int j = 0; j < Vectors; j++) sums[i][j] = Vector{};
    for (int64_t k = 0; k < inputs; k++, b += columns) {
      Vector row[Vectors];
#pragma GCC unroll 4
      for (int j = 0; j < Vectors; j++) row[j] = load(b + j * lanes);
#pragma GCC unroll 6
      for (int i = 0; i < Rows; i++) {
        float x = a[i * inputs + k];
#pragma GCC unroll 4
        for (int j = 0; j < Vectors; j++) sums[i][j] += row[j] * x;
      }
    }
#pragma GCC unroll 6
    for (int i = 0; i < Rows; i++)
#pragma GCC unroll 4
      for (int j = 0; j < Vectors; j++) store(c + i * columns + j * lanes, sums[i][j]);
  }
};

}  // namespace

#define TRESNET_NAME_OF(isa) winograd_##isa
#define TRESNET_NAME(isa) TRESNET_NAME_OF(isa)

WinogradLoop<float> TRESNET_NAME(TRESNET_ISA)(int64_t tile) { return tile == 4 ? run<Float32, 4> : run<Float32, 2>; }

}  // namespace tresnet::plan
