// Loops that the compiler vectorises over channels. CMakeLists.txt compiles this file for several instruction sets, each with its own TB_ISA.
#include "loops.h"

#include "../exponential.h"

namespace tb {
namespace optimize {
namespace {

// A constant length lets the compiler keep a whole run in registers.
struct Sixteen {
  explicit Sixteen(int64_t) {}
  constexpr operator int64_t() const { return 16; }
};

template <class T, class Run, bool scales, bool shifts, bool adds>
void pointwise(T* out, const T* x, const T* addend, const float* scale, const float* shift, float slope, Strip strip) {
  const Run run(strip.run);
  for (int64_t p = 0; p < strip.pixels; p++) {
    T* to = out + p * strip.step;
    const T* from = x + p * strip.step;
    const T* plus = adds ? addend + p * strip.step : nullptr;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) {
      float v = load(from + c);
      if (scales) v *= scale[c];
      if (shifts) v += shift[c];
      if (adds) v += load(plus + c);
      // -infinity * 0 is no number.
      store(to + c, v < 0 ? (slope == 0 ? 0 : v * slope) : v);
    }
  }
}

template <class T, class Run>
void pointwise_of(T* out, const T* x, const T* addend, const float* scale, const float* shift, float slope, Strip strip) {
  using Function = void (*)(T*, const T*, const T*, const float*, const float*, float, Strip);
  static const Function functions[] = {
      pointwise<T, Run, false, false, false>, pointwise<T, Run, true, false, false>, pointwise<T, Run, false, true, false>,
      pointwise<T, Run, true, true, false>,   pointwise<T, Run, false, false, true>, pointwise<T, Run, true, false, true>,
      pointwise<T, Run, false, true, true>,   pointwise<T, Run, true, true, true>};
  functions[(scale ? 1 : 0) + (shift ? 2 : 0) + (addend ? 4 : 0)](out, x, addend, scale, shift, slope, strip);
}

template <class T, class Run>
inline void blur_pixel(T* to, const T* above, const T* row, const T* below, int64_t left, int64_t middle, int64_t right, const Run& run) {
#pragma omp simd
  for (int64_t c = 0; c < run; c++) {
    float top = load(above + left + c) + 2 * load(above + middle + c) + load(above + right + c);
    float centre = load(row + left + c) + 2 * load(row + middle + c) + load(row + right + c);
    float bottom = load(below + left + c) + 2 * load(below + middle + c) + load(below + right + c);
    store(to + c, (top + 2 * centre + bottom) * 0.0625f);
  }
}

template <class T, class Run>
void blur_of(T* out, const T* above, const T* row, const T* below, int64_t stride, Strip strip) {
  const Run run(strip.run);
  const int64_t last = strip.pixels - 1;
  for (int64_t to = 0, at = 0; at <= last; to++, at += stride) {
    int64_t left = at == 0 ? 1 : at - 1;
    int64_t right = at == last ? last - 1 : at + 1;
    blur_pixel<T>(out + to * strip.step, above, row, below, left * strip.step, at * strip.step, right * strip.step, run);
  }
}

template <class T, class Run>
void add_of(float* sums, const T* x, Strip strip) {
  const Run run(strip.run);
  for (int64_t p = 0; p < strip.pixels; p++) {
    const T* from = x + p * strip.step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) sums[c] += load(from + c);
  }
}

template <class T, class Run>
void add_squares_of(float* sums, float* squares, const T* x, Strip strip) {
  const Run run(strip.run);
  for (int64_t p = 0; p < strip.pixels; p++) {
    const T* from = x + p * strip.step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) {
      float v = load(from + c);
      sums[c] += v;
      squares[c] += v * v;
    }
  }
}

template <class T, class Run, bool adds>
void mix_of(T* out, const T* a, const T* b, const float* gate_a, const float* gate_b, int64_t in_step, Strip strip) {
  const Run run(strip.run);
  for (int64_t p = 0; p < strip.pixels; p++) {
    T* to = out + p * strip.step;
    const T* first = a + p * in_step;
    const T* second = b + p * in_step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) {
      float v = load(first + c) * gate_a[c] + load(second + c) * gate_b[c];
      if (adds) v += load(to + c);
      store(to + c, v);
    }
  }
}

template <class T, class Run>
void evo_s0_of(T* out, const T* x, const float* v, const float* scale, const float* bias, Strip strip) {
  const Run run(strip.run);
  for (int64_t p = 0; p < strip.pixels; p++) {
    T* to = out + p * strip.step;
    const T* from = x + p * strip.step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) {
      float value = load(from + c);
      store(to + c, value * sigmoid(v[c] * value) * scale[c] + bias[c]);
    }
  }
}

template <class T, class Run>
void evo_b0_of(
    T* out, const T* x, const float* v, const float* scale, const float* bias, const float* least, const float* deviation, Strip strip) {
  const Run run(strip.run);
  for (int64_t p = 0; p < strip.pixels; p++) {
    T* to = out + p * strip.step;
    const T* from = x + p * strip.step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) {
      float value = load(from + c);
      float by = v[c] * value + deviation[c];
      store(to + c, value * scale[c] / (by < least[c] ? least[c] : by) + bias[c]);
    }
  }
}

template <class T>
struct Choice {
  static void pointwise(T* out, const T* x, const T* addend, const float* scale, const float* shift, float slope, Strip strip) {
    (strip.run == 16 ? pointwise_of<T, Sixteen> : pointwise_of<T, int64_t>)(out, x, addend, scale, shift, slope, strip);
  }
  static void blur(T* out, const T* above, const T* row, const T* below, int64_t stride, Strip strip) {
    (strip.run == 16 ? blur_of<T, Sixteen> : blur_of<T, int64_t>)(out, above, row, below, stride, strip);
  }
  static void add(float* sums, const T* x, Strip strip) {
    (strip.run == 16 ? add_of<T, Sixteen> : add_of<T, int64_t>)(sums, x, strip);
  }
  static void add_squares(float* sums, float* squares, const T* x, Strip strip) {
    (strip.run == 16 ? add_squares_of<T, Sixteen> : add_squares_of<T, int64_t>)(sums, squares, x, strip);
  }
  static void mix(T* out, const T* a, const T* b, const float* gate_a, const float* gate_b, bool adds, int64_t in_step, Strip strip) {
    using Function = void (*)(T*, const T*, const T*, const float*, const float*, int64_t, Strip);
    static const Function functions[] = {
        mix_of<T, int64_t, false>, mix_of<T, int64_t, true>, mix_of<T, Sixteen, false>, mix_of<T, Sixteen, true>};
    functions[(strip.run == 16 ? 2 : 0) + (adds ? 1 : 0)](out, a, b, gate_a, gate_b, in_step, strip);
  }
  static void evo_s0(T* out, const T* x, const float* v, const float* scale, const float* bias, Strip strip) {
    (strip.run == 16 ? evo_s0_of<T, Sixteen> : evo_s0_of<T, int64_t>)(out, x, v, scale, bias, strip);
  }
  static void evo_b0(
      T* out, const T* x, const float* v, const float* scale, const float* bias, const float* least, const float* deviation, Strip strip) {
    (strip.run == 16 ? evo_b0_of<T, Sixteen> : evo_b0_of<T, int64_t>)(out, x, v, scale, bias, least, deviation, strip);
  }
  static const Loops<T>& table() {
    static const Loops<T> value = {pointwise, blur, add, add_squares, mix, evo_s0, evo_b0};
    return value;
  }
};

}  // namespace

#define TB_JOIN(a, b) a##b
#define TB_NAMED(a, b) TB_JOIN(a, b)
const Loops<float>& TB_NAMED(float_loops_, TB_ISA)() { return Choice<float>::table(); }
const Loops<BFloat16>& TB_NAMED(bfloat16_loops_, TB_ISA)() { return Choice<BFloat16>::table(); }

}  // namespace optimize
}  // namespace tb
