// The loops of Winograd's algorithm for some arithmetic: what an element is, how a vector of it is read and written, and how it is multiplied. For
// translation units that are compiled for one instruction set: each has its own.
#pragma once

#include "winograd_loops.h"

namespace tresnet::plan {
namespace {

constexpr int64_t block = 16;
constexpr int64_t most_rows = 6;
constexpr float near = winograd_near, far = winograd_far;

// Where a tile lies.
struct Tile {
  int64_t image, down, across;
};

inline Tile tile_at(const WinogradLayer& layer, int64_t number) {
  int64_t in_image = layer.tiles_down * layer.tiles_across;
  return {number / in_image, number % in_image / layer.tiles_across, number % layer.tiles_across};
}

// B' d of 4 and of 6 inputs.
template <class V>
inline void points_of(const V (&d)[4], V (&t)[4]) {
  t[0] = d[0] - d[2];
  t[1] = d[1] + d[2];
  t[2] = d[2] - d[1];
  t[3] = d[1] - d[3];
}
template <class V>
inline void points_of(const V (&d)[6], V (&t)[6]) {
  V even = d[4] - d[2] * (far * far), odd = (d[3] - d[1] * (far * far)) * near;
  t[1] = even + odd;
  t[2] = even - odd;
  even = d[4] - d[2] * (near * near);
  odd = (d[3] - d[1] * (near * near)) * far;
  t[3] = even + odd;
  t[4] = even - odd;
  t[0] = d[0] * (near * near * far * far) - d[2] * (near * near + far * far) + d[4];
  t[5] = d[1] * (near * near * far * far) - d[3] * (near * near + far * far) + d[5];
}

// A' m of as many points.
template <class V>
inline void outputs_of(const V (&m)[4], V (&y)[2]) {
  y[0] = m[0] + m[1] + m[2];
  y[1] = m[1] - m[2] - m[3];
}
template <class V>
inline void outputs_of(const V (&m)[6], V (&y)[4]) {
  V sum = m[1] + m[2], difference = (m[1] - m[2]) * near, far_sum = m[3] + m[4], far_difference = (m[3] - m[4]) * far;
  y[0] = m[0] + sum + far_sum;
  y[1] = difference + far_difference;
  y[2] = sum * (near * near) + far_sum * (far * far);
  y[3] = difference * (near * near) + far_difference * (far * far) + m[5];
}

// B' d B for all blocks of channels; `to` has the channels of the tile's first point.
template <class A, int Size>
void transform_input(const WinogradLayer& layer, const typename A::Element* in, Tile tile, typename A::Element* to, int64_t step) {
  constexpr int side = Size + 2;
  using V = typename A::Vector;
  int64_t y0 = tile.down * Size - layer.top, x0 = tile.across * Size - layer.left;
  const auto* from = in + tile.image * layer.in.image + y0 * layer.in.row + x0 * layer.in.column;
  bool inside = y0 >= 0 && x0 >= 0 && y0 + side <= layer.height && x0 + side <= layer.width;
  for (int64_t b = 0; b < layer.in_blocks; b++, from += layer.in.block, to += block)
    for (int64_t lane = 0; lane < block; lane += A::lanes) {
      V t[side][side];
#pragma GCC unroll 6
      for (int x = 0; x < side; x++) {
        V column[side], points[side];
#pragma GCC unroll 6
        for (int y = 0; y < side; y++) {
          bool is_there = inside || (y0 + y >= 0 && y0 + y < layer.height && x0 + x >= 0 && x0 + x < layer.width);
          column[y] = is_there ? A::load(from + y * layer.in.row + x * layer.in.column + lane) : V{};
        }
        points_of(column, points);
#pragma GCC unroll 6
        for (int y = 0; y < side; y++) t[y][x] = points[y];
      }
#pragma GCC unroll 6
      for (int y = 0; y < side; y++) {
        V points[side];
        points_of(t[y], points);
#pragma GCC unroll 6
        for (int x = 0; x < side; x++) A::store(to + (y * side + x) * step + lane, points[x]);
      }
    }
}

// A' m A of the points of one tile and block, with what follows a convolution; `out` is the block's in the tile's image.
template <class A, int Size>
void transform_output(const WinogradLayer& layer, const float* m, int64_t step, Tile tile, const float* bias, typename A::Element* out) {
  constexpr int side = Size + 2;
  using V = typename A::Vector;
  for (int64_t lane = 0; lane < block; lane += A::lanes) {
    V s[Size][side];
#pragma GCC unroll 6
    for (int x = 0; x < side; x++) {
      V column[side], outputs[Size];
#pragma GCC unroll 6
      for (int y = 0; y < side; y++) column[y] = A::load(m + (y * side + x) * step + lane);
      outputs_of(column, outputs);
#pragma GCC unroll 4
      for (int y = 0; y < Size; y++) s[y][x] = outputs[y];
    }
    V shift = A::load(bias + lane);
    for (int y = 0; y < Size && tile.down * Size + y < layer.out_height; y++) {
      V pixels[Size];
      outputs_of(s[y], pixels);
      auto* to = out + (tile.down * Size + y) * layer.out.row + tile.across * Size * layer.out.column + lane;
      for (int x = 0; x < Size && tile.across * Size + x < layer.out_width; x++, to += layer.out.column) {
        V v = pixels[x] + shift;
        if (layer.adds) v += A::load(to);
        // Nothing below 0 is left by a slope of 0, not even what is infinite.
        V below = layer.slope == 0 ? V{} : v * layer.slope;
        A::store(to, v < 0.0f ? below : v);
      }
    }
  }
}

// P::product of so many rows and columns; these are what P counts, vectors or blocks of outputs.
template <class P, int Columns>
typename P::Product product_of_rows(int64_t rows) {
  constexpr typename P::Product all[] = {P::template product<1, Columns>, P::template product<2, Columns>, P::template product<3, Columns>,
                                         P::template product<4, Columns>, P::template product<5, Columns>, P::template product<6, Columns>};
  return all[rows - 1];
}

template <class P>
typename P::Product product_of(int64_t rows, int64_t columns) {
  switch (columns) {
    case 1: return product_of_rows<P, 1>(rows);
    case 2: return product_of_rows<P, 2>(rows);
    case 3: return product_of_rows<P, 3>(rows);
    default: return product_of_rows<P, 4>(rows);
  }
}

template <class A, int Size>
void run(const WinogradLayer& layer, const WinogradPart<typename A::Element>& part) {
  using T = typename A::Element;
  constexpr int64_t points = (Size + 2) * (Size + 2);
  auto* v = reinterpret_cast<T*>(part.scratch);
  int64_t inputs = layer.in_blocks * block, v_step = winograd_step_in(layer.in_blocks, part.tiles), m_step = winograd_step_out(part.tiles);
  auto* m = reinterpret_cast<float*>(part.scratch + points * v_step * static_cast<int64_t>(sizeof(T)));
  for (int64_t i = 0; i < part.tiles; i++)
    transform_input<A, Size>(layer, part.in, tile_at(layer, part.first + i), v + i * inputs, v_step);
  for (int64_t panel = part.first_panel; panel < part.first_panel + part.panels; panel++) {
    int64_t from = panel * winograd_panel;
    int64_t blocks = layer.out_blocks - from < winograd_panel ? layer.out_blocks - from : winograd_panel;
    // Panels before this one are whole.
    const auto* weights = part.weights + from * block * points * inputs;
    for (int64_t p = 0; p < points; p++, weights += blocks * block * inputs)
      for (int64_t i = 0; i < part.tiles; i += most_rows) {
        int64_t rows = part.tiles - i < most_rows ? part.tiles - i : most_rows;
        A::multiply(v + p * v_step + i * inputs, inputs, weights, m + p * m_step + i * blocks * block, rows, blocks);
      }
    for (int64_t i = 0; i < part.tiles; i++) {
      auto tile = tile_at(layer, part.first + i);
      for (int64_t b = 0; b < blocks; b++)
        transform_output<A, Size>(
            layer, m + (i * blocks + b) * block, m_step, tile, part.bias + (from + b) * block,
            part.out + tile.image * layer.out.image + (from + b) * layer.out.block);
    }
  }
}

}  // namespace
}  // namespace tresnet::plan
