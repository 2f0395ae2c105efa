// Winograd's minimal filtering (Lavin and Gray, arXiv 1509.09308) of 3x3, whose inputs and outputs may lie in blocks of channels or channels last, and what
// follows a convolution with it. F(4x4, 3x3) multiplies 36 times where a direct convolution does 144 times, F(2x2, 3x3) 16 times for 36; in bfloat16, which
// oneDNN does not have, what is multiplied is rounded once more than there, after sums of four numbers: too much after the sums of F(4x4, 3x3).
// Each of the loops is compiled for its instruction set alone, as those of loops.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../elements.h"

namespace tresnet::plan {

// Outputs come in tiles of `tile` x `tile`, each of (tile + 2) x (tile + 2) inputs, which become as many points; channels in blocks of 16.
struct WinogradLayer {
  // Elements from one to the next.
  struct Steps {
    int64_t image, block, row, column;
  };

  int64_t tile;
  int64_t height, width, top, left;  // of the input, and its padding
  int64_t out_height, out_width, tiles_down, tiles_across;
  int64_t in_blocks, out_blocks;
  Steps in, out;
  float slope;  // slope v where it is below 0, v elsewhere
  bool adds;    // to what is there
};

// Where F(4x4, 3x3) takes the values of its polynomials: at 0, at these two to both sides, and at infinity. At 1 and 2, of which its matrices are mostly
// written, rounding is five times as large.
constexpr float winograd_near = 0.625f, winograd_far = 1.5f;

// Blocks of outputs that are computed at a time.
constexpr int64_t winograd_panel = 4;

// A part of a layer. The weights are of each panel its points, of each point the inputs, in bfloat16 in pairs, and of each the panel's outputs; the bias is
// of whole blocks.
template <class T>
struct WinogradPart {
  const T* in;
  T* out;
  const T* weights;
  const float* bias;
  char* scratch;
  int64_t first, tiles;         // of all images, one after another
  int64_t first_panel, panels;
};

template <class T>
using WinogradLoop = void (*)(const WinogradLayer& layer, const WinogradPart<T>& part);

// For tiles of 2x2 or 4x4.
WinogradLoop<float> winograd_baseline(int64_t tile);
WinogradLoop<float> winograd_avx2(int64_t tile);
WinogradLoop<float> winograd_avx512(int64_t tile);
WinogradLoop<BFloat16> winograd_avx512_bf16();

namespace {

// Elements from one point to the next in the scratch: not a multiple of 4 KB, or the first cache would have room for eight of them.
[[maybe_unused]] constexpr int64_t winograd_step_in(int64_t in_blocks, int64_t tiles) {
  int64_t blocks = tiles * in_blocks + 2;
  return (blocks % 64 == 0 ? blocks + 1 : blocks) * 16;
}
[[maybe_unused]] constexpr int64_t winograd_step_out(int64_t tiles) { return (tiles * winograd_panel + 1) * 16; }

}  // namespace
}  // namespace tresnet::plan
