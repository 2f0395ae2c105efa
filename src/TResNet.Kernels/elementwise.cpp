// The end of a residual block, max(a + b, 0) (He et al., arXiv 1512.03385, figure 5), and its gradient: one pass over the maps, where an addition and
// an activation make two.
#include "elements.h"
#include "parallel.h"
#include "processor.h"
#include "status.h"

namespace tresnet {

namespace {

constexpr int64_t grain = 1 << 15;

template <class T>
inline __attribute__((always_inline)) void add_relu(T* into, const T* a, const T* b, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) {
    auto sum = load(a + i) + load(b + i);
    store(into + i, sum < 0 ? 0 : sum);
  }
}

template <class T>
inline __attribute__((always_inline)) void relu_backward(T* into, const T* gradient, const T* result, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) store(into + i, load(result + i) <= 0 ? 0 : load(gradient + i));
}

// The compiler makes no variants of a template.
#define TRESNET_LOOPS(T)                                                                                                    \
  TRESNET_FOR_EACH_ISA void add_relu_loop(T* into, const T* a, const T* b, int64_t count) { add_relu(into, a, b, count); } \
  TRESNET_FOR_EACH_ISA void relu_backward_loop(T* into, const T* a, const T* b, int64_t count) { relu_backward(into, a, b, count); }
TRESNET_LOOPS(float)
TRESNET_LOOPS(double)
TRESNET_LOOPS(BFloat16)
#undef TRESNET_LOOPS

template <class T>
using Loop = void (*)(T* into, const T* a, const T* b, int64_t count);

template <class T>
void over_all(Loop<T> loop, void* into, const void* a, const void* b, int64_t count) {
  parallel_for(0, count, grain, [&](int64_t begin, int64_t end) {
    loop(static_cast<T*>(into) + begin, static_cast<const T*>(a) + begin, static_cast<const T*>(b) + begin, end - begin);
  });
}

void check(const char* what, const void* into, const void* a, const void* b, int64_t count) {
  require(count >= 0 && (count == 0 || (into != nullptr && a != nullptr && b != nullptr)), what, " of ", count, " elements misses an operand");
}

[[noreturn]] void refuse(const char* what, tresnet_type type) {
  throw Error(TRESNET_INVALID, text(what, " takes float32, float64 and bfloat16, not type ", type));
}

}  // namespace
}  // namespace tresnet

TRESNET_API tresnet_status tresnet_add_relu(tresnet_type type, void* into, const void* a, const void* b, int64_t count) {
  return tresnet::guarded([&] {
    tresnet::check("add_relu", into, a, b, count);
    switch (type) {
      case TRESNET_FLOAT32: return tresnet::over_all<float>(tresnet::add_relu_loop, into, a, b, count);
      case TRESNET_FLOAT64: return tresnet::over_all<double>(tresnet::add_relu_loop, into, a, b, count);
      case TRESNET_BFLOAT16: return tresnet::over_all<tresnet::BFloat16>(tresnet::add_relu_loop, into, a, b, count);
      default: tresnet::refuse("add_relu", type);
    }
  });
}

TRESNET_API tresnet_status tresnet_relu_backward(tresnet_type type, void* into, const void* gradient, const void* result, int64_t count) {
  return tresnet::guarded([&] {
    tresnet::check("relu_backward", into, gradient, result, count);
    switch (type) {
      case TRESNET_FLOAT32: return tresnet::over_all<float>(tresnet::relu_backward_loop, into, gradient, result, count);
      case TRESNET_FLOAT64: return tresnet::over_all<double>(tresnet::relu_backward_loop, into, gradient, result, count);
      case TRESNET_BFLOAT16: return tresnet::over_all<tresnet::BFloat16>(tresnet::relu_backward_loop, into, gradient, result, count);
      default: tresnet::refuse("relu_backward", type);
    }
  });
}
