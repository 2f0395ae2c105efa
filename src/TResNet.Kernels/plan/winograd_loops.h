// Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray, arXiv 1509.09308) with products in bfloat16, which oneDNN does not have: sixteen products where
// a direct convolution has thirty-six. What is multiplied is rounded once more than there, after sums of four numbers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../elements.h"

namespace tresnet::plan {

// Outputs come in tiles of 2x2, each of 4x4 inputs, which become 16 points; channels in blocks of 16.
struct WinogradLayer {
  // Elements from one to the next.
  struct Steps {
    int64_t image, block, row, column;
  };

  int64_t height, width, top, left;  // of the input, and its padding
  int64_t out_height, out_width, tiles_down, tiles_across;
  int64_t in_blocks, out_blocks;
  Steps in, out;
  float slope;  // max(v, slope v)
  bool adds;    // to what is there
};

// Output blocks that are computed at a time.
constexpr int64_t winograd_panel = 4;

// What so many tiles take.
size_t winograd_scratch_bytes(int64_t in_blocks, int64_t tiles);

// The tiles from `first` on, of all images one after another, for the output blocks of some panels; `bias` is of whole blocks. The weights are of each
// panel its points, of each point pairs of inputs, and of each pair the panel's outputs.
void winograd_tiles(
    const WinogradLayer& layer, const BFloat16* in, BFloat16* out, const BFloat16* weights, const float* bias, int64_t first, int64_t tiles,
    int64_t first_panel, int64_t panels, char* scratch);

}  // namespace tresnet::plan
