// Loops that the compiler vectorises over channels. CMakeLists.txt compiles this file for several instruction sets, each with its own TRESNET_ISA.
#include "loops.h"

#include "../exponential.h"

namespace tresnet::plan {
namespace {

// A constant length lets the compiler keep a whole run in registers.
template <int64_t length>
struct Fixed {
  explicit Fixed(int64_t) {}
  constexpr operator int64_t() const { return length; }
};
using Sixteen = Fixed<16>;
using SixtyFour = Fixed<64>;

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

// For up to 64 channels. The sums are the function's own while it runs: those of the caller might be the same memory as x, and be written for each pixel.
template <class T, class Run>
void add_of(float* sums, const T* x, Strip strip) {
  const Run run(strip.run);
  float own[64];
  for (int64_t c = 0; c < run; c++) own[c] = sums[c];
  for (int64_t p = 0; p < strip.pixels; p++) {
    const T* from = x + p * strip.step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) own[c] += load(from + c);
  }
  for (int64_t c = 0; c < run; c++) sums[c] = own[c];
}

template <class T, class Run>
void add_squares_of(float* sums, float* squares, const T* x, Strip strip) {
  const Run run(strip.run);
  float own[64], own_squares[64];
  for (int64_t c = 0; c < run; c++) {
    own[c] = sums[c];
    own_squares[c] = squares[c];
  }
  for (int64_t p = 0; p < strip.pixels; p++) {
    const T* from = x + p * strip.step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) {
      float v = load(from + c);
      own[c] += v;
      own_squares[c] += v * v;
    }
  }
  for (int64_t c = 0; c < run; c++) {
    sums[c] = own[c];
    squares[c] = own_squares[c];
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

template <class T, class Run>
void maximum_of(float* most, const T* x, Strip strip) {
  const Run run(strip.run);
  float own[64];
  for (int64_t c = 0; c < run; c++) own[c] = most[c];
  for (int64_t p = 0; p < strip.pixels; p++) {
    const T* from = x + p * strip.step;
#pragma omp simd
    for (int64_t c = 0; c < run; c++) {
      float v = load(from + c);
      own[c] = v <= own[c] ? own[c] : v;
    }
  }
  for (int64_t c = 0; c < run; c++) most[c] = own[c];
}

// Sixteen sums of one row. One sum after another would wait for each addition: four at a time do not.
template <class T>
void product_of_row(float* out, const float* x, const T* weight, const float* bias, int64_t inputs) {
  float a[16], b[16] = {}, c[16] = {}, d[16] = {};
#pragma omp simd
  for (int k = 0; k < 16; k++) a[k] = bias[k];
  int64_t i = 0;
  for (; i + 4 <= inputs; i += 4, weight += 64) {
    const float xa = x[i], xb = x[i + 1], xc = x[i + 2], xd = x[i + 3];
#pragma omp simd
    for (int k = 0; k < 16; k++) {
      a[k] += xa * load(weight + k);
      b[k] += xb * load(weight + 16 + k);
      c[k] += xc * load(weight + 32 + k);
      d[k] += xd * load(weight + 48 + k);
    }
  }
  for (; i < inputs; i++, weight += 16) {
    const float xa = x[i];
#pragma omp simd
    for (int k = 0; k < 16; k++) a[k] += xa * load(weight + k);
  }
#pragma omp simd
  for (int k = 0; k < 16; k++) out[k] = (a[k] + b[k]) + (c[k] + d[k]);
}

// The same of four rows, which read the weights once.
template <class T>
void product_of_four(float* out, const float* x, const T* weight, const float* bias, int64_t inputs, int64_t in_step, int64_t out_step) {
  float a[16], b[16], c[16], d[16];
#pragma omp simd
  for (int k = 0; k < 16; k++) a[k] = b[k] = c[k] = d[k] = bias[k];
  for (int64_t i = 0; i < inputs; i++, weight += 16) {
    const float xa = x[i], xb = x[in_step + i], xc = x[2 * in_step + i], xd = x[3 * in_step + i];
#pragma omp simd
    for (int k = 0; k < 16; k++) {
      float w = load(weight + k);
      a[k] += xa * w;
      b[k] += xb * w;
      c[k] += xc * w;
      d[k] += xd * w;
    }
  }
#pragma omp simd
  for (int k = 0; k < 16; k++) {
    out[k] = a[k];
    out[out_step + k] = b[k];
    out[2 * out_step + k] = c[k];
    out[3 * out_step + k] = d[k];
  }
}

template <class T>
void product(float* out, const float* x, const T* weight, const float* bias, int64_t inputs, int64_t rows, int64_t in_step, int64_t out_step) {
  if (rows == 4) return product_of_four(out, x, weight, bias, inputs, in_step, out_step);
  for (int64_t row = 0; row < rows; row++) product_of_row(out + row * out_step, x + row * in_step, weight, bias, inputs);
}

inline float function_of(int function, float x, float alpha, float beta) {
  switch (function) {
    case 1: return x < 0 ? x * alpha : x;
    case 2: return x < alpha ? alpha : x > beta ? beta : x;
    case 3: return sigmoid(x);
    case 4: return x * sigmoid(alpha * x);
    case 5: {
      float gate = x * (1.0f / 6) + 0.5f;
      return x * (gate < 0 ? 0 : gate > 1 ? 1 : gate);
    }
    case 6: {
      Exponential e(x < 0 ? 2 * x : -2 * x);
      float scaled = e.rest * e.scale, y = -(scaled + (e.scale - 1)) / (scaled + e.scale + 1);
      return x < 0 ? -y : y;
    }
    case 7: {
      Exponential e(x);
      return x < 0 ? alpha * (e.rest * e.scale + (e.scale - 1)) : x;
    }
    case 8: return 0.5f * x * (1 + __builtin_erff(x * 0.70710678f));
    default: return x;
  }
}

template <int function>
void activate_by(float* x, int64_t count, float alpha, float beta) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) x[i] = function_of(function, x[i], alpha, beta);
}

void activate(float* x, int64_t count, int function, float alpha, float beta) {
  using Function = void (*)(float*, int64_t, float, float);
  static const Function functions[] = {activate_by<1>, activate_by<2>, activate_by<3>, activate_by<4>,
                                       activate_by<5>, activate_by<6>, activate_by<7>, activate_by<8>};
  if (function > 0) functions[function - 1](x, count, alpha, beta);
}

void convolve(float* out, const float* x, const float* weight, int64_t kernel, int64_t padding, int64_t inputs, int64_t outputs) {
  for (int64_t i = 0; i < kernel; i++) {
    int64_t shift = i - padding, from = shift < 0 ? -shift : 0, to = inputs - shift < outputs ? inputs - shift : outputs;
    const float w = weight[i];
#pragma omp simd
    for (int64_t c = from; c < to; c++) out[c] += w * x[c + shift];
  }
}

// Some at a time: their largest number and their sum stay in registers.
void softmax(float* out, const float* x, int64_t count, int64_t run, int64_t in_step, int64_t out_step) {
  for (int64_t first = 0; first < run; first += 16) {
    const int64_t some = run - first < 16 ? run - first : 16;
    float most[16], sum[16] = {};
    for (int64_t c = 0; c < some; c++) most[c] = x[first + c];
    for (int64_t part = 1; part < count; part++)
#pragma omp simd
      for (int64_t c = 0; c < some; c++) {
        float v = x[part * in_step + first + c];
        most[c] = v <= most[c] ? most[c] : v;
      }
    for (int64_t part = 0; part < count; part++)
#pragma omp simd
      for (int64_t c = 0; c < some; c++) {
        float e = exponential(x[part * in_step + first + c] - most[c]);
        out[part * out_step + first + c] = e;
        sum[c] += e;
      }
    for (int64_t part = 0; part < count; part++)
#pragma omp simd
      for (int64_t c = 0; c < some; c++) out[part * out_step + first + c] /= sum[c];
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
    (strip.run == 64 ? add_of<T, SixtyFour> : strip.run == 16 ? add_of<T, Sixteen> : add_of<T, int64_t>)(sums, x, strip);
  }
  static void add_squares(float* sums, float* squares, const T* x, Strip strip) {
    (strip.run == 64 ? add_squares_of<T, SixtyFour> : strip.run == 16 ? add_squares_of<T, Sixteen> : add_squares_of<T, int64_t>)(sums, squares, x, strip);
  }
  static void maximum(float* most, const T* x, Strip strip) {
    (strip.run == 64 ? maximum_of<T, SixtyFour> : strip.run == 16 ? maximum_of<T, Sixteen> : maximum_of<T, int64_t>)(most, x, strip);
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
    static const Loops<T> value = {pointwise, blur, add, add_squares, maximum, mix, evo_s0, evo_b0, product<T>};
    return value;
  }
};

}  // namespace

#define TRESNET_JOIN(a, b) a##b
#define TRESNET_NAMED(a, b) TRESNET_JOIN(a, b)
const Loops<float>& TRESNET_NAMED(float_loops_, TRESNET_ISA)() { return Choice<float>::table(); }
const Loops<BFloat16>& TRESNET_NAMED(bfloat16_loops_, TRESNET_ISA)() { return Choice<BFloat16>::table(); }
const RowLoops& TRESNET_NAMED(row_loops_, TRESNET_ISA)() {
  static const RowLoops value = {activate, convolve, softmax};
  return value;
}

}  // namespace tresnet::plan
