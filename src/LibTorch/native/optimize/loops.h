// The loops of a plan that are not oneDNN's, without libtorch: loops.cpp is compiled once for each instruction set, and nothing that another
// translation unit shares (an inline function of a header) may be compiled with instructions that this processor may lack.
#pragma once

#include <cstdint>

#include "../elements.h"

namespace tb {
namespace optimize {

// Pixels that follow one another: `run` channels each, `step` elements from one to the next. In NHWC a run has all channels, in nChw16c 16.
struct Strip {
  int64_t pixels;
  int64_t run;
  int64_t step;
};

template <class T>
struct Loops {
  // max(v, slope * v) of v = x * scale + shift + addend; scale, shift (one for each channel of the run) and addend may be null.
  void (*pointwise)(T* out, const T* x, const T* addend, const float* scale, const float* shift, float slope, Strip strip);

  // A row of the depthwise kernel [1 2 1] x [1 2 1] / 16 over three rows of the same place, with mirrored ends: `strip` is of the row that is read,
  // `stride` 1 or 2.
  void (*blur)(T* out, const T* above, const T* row, const T* below, int64_t stride, Strip strip);

  // Adds the strip to `sums`, one for each channel of the run.
  void (*add)(float* sums, const T* x, Strip strip);

  // The same, and the squares.
  void (*add_squares)(float* sums, float* squares, const T* x, Strip strip);

  // a * gate_a + b * gate_b, to what is there where it `adds`; `in_step` is the step of a and b.
  void (*mix)(T* out, const T* a, const T* b, const float* gate_a, const float* gate_b, bool adds, int64_t in_step, Strip strip);

  // x * sigmoid(v * x) * scale + bias, and x * scale / max(least, v * x + deviation) + bias.
  void (*evo_s0)(T* out, const T* x, const float* v, const float* scale, const float* bias, Strip strip);
  void (*evo_b0)(
      T* out, const T* x, const float* v, const float* scale, const float* bias, const float* least, const float* deviation, Strip strip);
};

#define TB_LOOPS(isa)                      \
  const Loops<float>& float_loops_##isa(); \
  const Loops<BFloat16>& bfloat16_loops_##isa();
TB_LOOPS(baseline)
TB_LOOPS(avx2)
TB_LOOPS(avx512)
#undef TB_LOOPS

}  // namespace optimize
}  // namespace tb
