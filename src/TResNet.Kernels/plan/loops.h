// The loops of a plan that are not oneDNN's: loops.cpp is compiled once for each instruction set, and nothing that another translation unit shares (an
// inline function of a header) may be compiled with instructions that this processor may lack.
#pragma once

#include <cstdint>

#include "../elements.h"

namespace tresnet::plan {

// Pixels that follow one another: `run` channels each, `step` elements from one to the next. In NHWC a run has all channels, in nChw16c 16.
struct Strip {
  int64_t pixels;
  int64_t run;
  int64_t step;
};

// Over elements of feature maps.
template <class T>
struct Loops {
  // max(v, slope * v) of v = x * scale + shift + addend; scale, shift (one for each channel of the run) and addend may be null.
  void (*pointwise)(T* out, const T* x, const T* addend, const float* scale, const float* shift, float slope, Strip strip);

  // A row of the depthwise kernel [1 2 1] x [1 2 1] / 16 over three rows of the same place, with mirrored ends: `strip` is of the row that is read,
  // `stride` 1 or 2.
  void (*blur)(T* out, const T* above, const T* row, const T* below, int64_t stride, Strip strip);

  // Adds the strip to `sums`, one for each channel of the run, of which there are 64 at most; so too in the two that follow.
  void (*add)(float* sums, const T* x, Strip strip);

  // The same, and the squares.
  void (*add_squares)(float* sums, float* squares, const T* x, Strip strip);

  // The larger of the strip and of what is in `most`, one for each channel of the run; what is no number stays.
  void (*maximum)(float* most, const T* x, Strip strip);

  // a * gate_a + b * gate_b, to what is there where it `adds`; `in_step` is the step of a and b.
  void (*mix)(T* out, const T* a, const T* b, const float* gate_a, const float* gate_b, bool adds, int64_t in_step, Strip strip);

  // x * sigmoid(v * x) * scale + bias, and x * scale / max(least, v * x + deviation) + bias.
  void (*evo_s0)(T* out, const T* x, const float* v, const float* scale, const float* bias, Strip strip);
  void (*evo_b0)(
      T* out, const T* x, const float* v, const float* scale, const float* bias, const float* least, const float* deviation, Strip strip);

  // out = bias + weight x for 16 outputs and up to 4 rows of `inputs` numbers, `in_step` and `out_step` from one to the next; the weight is [inputs, 16].
  void (*product)(
      float* out, const float* x, const T* weight, const float* bias, int64_t inputs, int64_t rows, int64_t in_step, int64_t out_step);
};

// Over rows of float32.
struct RowLoops {
  // f(x) in its place; the function as a number of Activation::Kind.
  void (*activate)(float* x, int64_t count, int function, float alpha, float beta);

  // Adds weight times a row that is shifted by i - padding for each of `kernel` weights, zeros beyond its ends.
  void (*convolve)(float* out, const float* x, const float* weight, int64_t kernel, int64_t padding, int64_t inputs, int64_t outputs);

  // softmax over `count` parts of `run` numbers each, which lie `in_step` and `out_step` apart.
  void (*softmax)(float* out, const float* x, int64_t count, int64_t run, int64_t in_step, int64_t out_step);
};

#define TRESNET_LOOPS(isa)                     \
  const Loops<float>& float_loops_##isa();       \
  const Loops<BFloat16>& bfloat16_loops_##isa(); \
  const RowLoops& row_loops_##isa();
TRESNET_LOOPS(baseline)
TRESNET_LOOPS(avx2)
TRESNET_LOOPS(avx512)
#undef TRESNET_LOOPS

}  // namespace tresnet::plan
