// Compiled for processors with AVX-512 and its products of bfloat16; only `winograd_tiles` runs such instructions.
#include "winograd_loops.h"

#if defined(__AVX512BF16__)
#include <immintrin.h>

namespace tresnet::plan {

namespace {

constexpr int64_t block = 16, points = 16, side = 4;

// Not a multiple of 4 KB from one point to the next: the first cache would have room for eight of them.
int64_t point_step(int64_t elements, int64_t line) { return elements + line; }
int64_t in_step(int64_t in_blocks, int64_t tiles) { return point_step(tiles * in_blocks * block, 32); }
int64_t out_step(int64_t tiles) { return point_step(tiles * winograd_panel * block, 16); }

__m512 of_bfloat16(const BFloat16* x) {
  auto bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
}

void store(BFloat16* to, __m512 x) {
  auto bits = _mm512_cvtneps_pbh(x);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i&>(bits));
}

__m512bh of_pairs(__m512i bits) { return reinterpret_cast<__m512bh&>(bits); }

// Where a tile lies.
struct Tile {
  int64_t image, down, across;
};

Tile tile_at(const WinogradLayer& layer, int64_t number) {
  int64_t in_image = layer.tiles_down * layer.tiles_across;
  return {number / in_image, number % in_image / layer.tiles_across, number % layer.tiles_across};
}

// B' d B of 4x4 inputs for all blocks of channels: `to` has the channels of the tile's first point.
void transform_input(const WinogradLayer& layer, const BFloat16* in, Tile tile, BFloat16* to, int64_t step) {
  int64_t y0 = tile.down * 2 - layer.top, x0 = tile.across * 2 - layer.left;
  const auto* from = in + tile.image * layer.in.image + y0 * layer.in.row + x0 * layer.in.column;
  bool inside = y0 >= 0 && x0 >= 0 && y0 + side <= layer.height && x0 + side <= layer.width;
  for (int64_t b = 0; b < layer.in_blocks; b++, from += layer.in.block, to += block) {
    __m512 d[side][side], t[side][side];
    for (int64_t y = 0; y < side; y++)
      for (int64_t x = 0; x < side; x++) {
        bool is_there = inside || (y0 + y >= 0 && y0 + y < layer.height && x0 + x >= 0 && x0 + x < layer.width);
        d[y][x] = is_there ? of_bfloat16(from + y * layer.in.row + x * layer.in.column) : _mm512_setzero_ps();
      }
    for (int64_t x = 0; x < side; x++) {
      t[0][x] = _mm512_sub_ps(d[0][x], d[2][x]);
      t[1][x] = _mm512_add_ps(d[1][x], d[2][x]);
      t[2][x] = _mm512_sub_ps(d[2][x], d[1][x]);
      t[3][x] = _mm512_sub_ps(d[1][x], d[3][x]);
    }
    for (int64_t y = 0; y < side; y++) {
      auto* row = to + y * side * step;
      store(row, _mm512_sub_ps(t[y][0], t[y][2]));
      store(row + step, _mm512_add_ps(t[y][1], t[y][2]));
      store(row + 2 * step, _mm512_sub_ps(t[y][2], t[y][1]));
      store(row + 3 * step, _mm512_sub_ps(t[y][1], t[y][3]));
    }
  }
}

// Rows times so many blocks of columns, over pairs of inputs.
template <int Rows, int Blocks>
void product(const BFloat16* a, int64_t a_step, const BFloat16* b, float* c, int64_t c_step, int64_t pairs) {
  // Unrolled by hand, since the compiler keeps an array that it unrolls late in memory beside its registers.
  __m512 sums[Rows][Blocks];
#pragma GCC unroll 6
  for (int i = 0; i < Rows; i++)
#pragma GCC unroll 4
    for (int j = 0; j < Blocks; j++) sums[i][j] = _mm512_setzero_ps();
  for (int64_t k = 0; k < pairs; k++, a += 2, b += 2 * block * Blocks) {
    __m512bh columns[Blocks];
#pragma GCC unroll 4
    for (int j = 0; j < Blocks; j++) columns[j] = of_pairs(_mm512_loadu_si512(b + 2 * block * j));
#pragma GCC unroll 6
    for (int i = 0; i < Rows; i++) {
      int32_t pair;
      __builtin_memcpy(&pair, a + i * a_step, sizeof pair);
      auto row = of_pairs(_mm512_set1_epi32(pair));
#pragma GCC unroll 4
      for (int j = 0; j < Blocks; j++) sums[i][j] = _mm512_dpbf16_ps(sums[i][j], row, columns[j]);
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < Rows; i++)
#pragma GCC unroll 4
    for (int j = 0; j < Blocks; j++) _mm512_storeu_ps(c + i * c_step + j * block, sums[i][j]);
}

using Product = void (*)(const BFloat16*, int64_t, const BFloat16*, float*, int64_t, int64_t);
constexpr int most_rows = 6;

template <int Blocks>
Product product_of_rows(int64_t rows) {
  constexpr Product all[] = {product<1, Blocks>, product<2, Blocks>, product<3, Blocks>, product<4, Blocks>, product<5, Blocks>, product<6, Blocks>};
  return all[rows - 1];
}

Product product_of(int64_t rows, int64_t blocks) {
  switch (blocks) {
    case 1: return product_of_rows<1>(rows);
    case 2: return product_of_rows<2>(rows);
    case 3: return product_of_rows<3>(rows);
    default: return product_of_rows<4>(rows);
  }
}

// A' m A of the points of one tile and block, with what follows a convolution.
void transform_output(const WinogradLayer& layer, const float* m, int64_t step, Tile tile, __m512 bias, BFloat16* out) {
  __m512 s[2][side];
  for (int64_t x = 0; x < side; x++) {
    auto m0 = _mm512_loadu_ps(m + x * step), m1 = _mm512_loadu_ps(m + (side + x) * step);
    auto m2 = _mm512_loadu_ps(m + (2 * side + x) * step), m3 = _mm512_loadu_ps(m + (3 * side + x) * step);
    s[0][x] = _mm512_add_ps(_mm512_add_ps(m0, m1), m2);
    s[1][x] = _mm512_sub_ps(_mm512_sub_ps(m1, m2), m3);
  }
  auto slope = _mm512_set1_ps(layer.slope);
  for (int64_t y = 0; y < 2 && tile.down * 2 + y < layer.out_height; y++) {
    __m512 pixels[] = {
        _mm512_add_ps(_mm512_add_ps(s[y][0], s[y][1]), s[y][2]),
        _mm512_sub_ps(_mm512_sub_ps(s[y][1], s[y][2]), s[y][3]),
    };
    auto* to = out + (tile.down * 2 + y) * layer.out.row + tile.across * 2 * layer.out.column;
    for (int64_t x = 0; x < 2 && tile.across * 2 + x < layer.out_width; x++, to += layer.out.column) {
      auto v = _mm512_add_ps(pixels[x], bias);
      if (layer.adds) v = _mm512_add_ps(v, of_bfloat16(to));
      store(to, _mm512_max_ps(v, _mm512_mul_ps(v, slope)));
    }
  }
}

}  // namespace

size_t winograd_scratch_bytes(int64_t in_blocks, int64_t tiles) {
  return points * (in_step(in_blocks, tiles) * sizeof(BFloat16) + out_step(tiles) * sizeof(float));
}

void winograd_tiles(
    const WinogradLayer& layer, const BFloat16* in, BFloat16* out, const BFloat16* weights, const float* bias, int64_t first, int64_t tiles,
    int64_t first_panel, int64_t panels, char* scratch) {
  auto* v = reinterpret_cast<BFloat16*>(scratch);
  int64_t inputs = layer.in_blocks * block, v_step = in_step(layer.in_blocks, tiles), m_step = out_step(tiles);
  auto* m = reinterpret_cast<float*>(scratch + points * v_step * sizeof(BFloat16));
  for (int64_t i = 0; i < tiles; i++) transform_input(layer, in, tile_at(layer, first + i), v + i * inputs, v_step);
  for (int64_t panel = first_panel; panel < first_panel + panels; panel++) {
    int64_t from = panel * winograd_panel;
    int64_t blocks = layer.out_blocks - from < winograd_panel ? layer.out_blocks - from : winograd_panel;
    // Panels before this one are whole.
    const auto* w = weights + from * block * points * inputs;
    for (int64_t p = 0; p < points; p++, w += blocks * block * inputs)
      for (int64_t i = 0; i < tiles; i += most_rows) {
        int64_t rows = tiles - i < most_rows ? tiles - i : most_rows;
        product_of(rows, blocks)(v + p * v_step + i * inputs, inputs, w, m + p * m_step + i * blocks * block, blocks * block, inputs / 2);
      }
    for (int64_t i = 0; i < tiles; i++) {
      auto tile = tile_at(layer, first + i);
      for (int64_t b = 0; b < blocks; b++)
        transform_output(
            layer, m + (i * blocks + b) * block, m_step, tile, _mm512_loadu_ps(bias + (from + b) * block),
            out + tile.image * layer.out.image + (from + b) * layer.out.block);
    }
  }
}

}  // namespace tresnet::plan
#endif
