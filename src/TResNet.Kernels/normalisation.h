// What in-place ABN and batch normalisation share: where the channels of a map are, its statistics, and the pass that normalises it.
#pragma once

#include <algorithm>
#include <type_traits>
#include <vector>

#include "inplace_abn_kernels.h"
#include "parallel.h"
#include "status.h"

namespace tresnet {
namespace abn {

const Kernels<float>& kernels_of(float*, Activation f);
const Kernels<double>& kernels_of(double*, Activation f);
const Kernels<BFloat16>& kernels_of(BFloat16*, Activation f);

// Where the channels of a dense map are: in planes (NCHW), or side by side in rows (NHWC).
struct Layout {
  int64_t images;
  int64_t channels;
  int64_t pixels;
  bool in_rows;

  explicit Layout(const tresnet_map& x)
      : images(x.images), channels(x.channels), pixels(x.pixels), in_rows(x.pixels == 1 || x.channels_last != 0) {}

  int64_t count() const { return images * pixels; }
  Plane plane() const { return {images, channels * pixels, pixels}; }

  // The same work for each number of threads, so that sums do not depend on it.
  int64_t pieces() const { return std::max<int64_t>(1, std::min<int64_t>({64, count() * channels / 32768, count()})); }
  int64_t piece(int64_t index) const { return count() * index / pieces(); }
  Rows rows(int64_t index) const { return {piece(index + 1) - piece(index), channels}; }
};

// Calls `body` with a null pointer of the type.
template <class F>
auto typed(const char* what, tresnet_type type, F&& body) -> decltype(body(static_cast<float*>(nullptr))) {
  switch (type) {
    case TRESNET_FLOAT32: return body(static_cast<float*>(nullptr));
    case TRESNET_FLOAT64: return body(static_cast<double*>(nullptr));
    case TRESNET_BFLOAT16: return body(static_cast<BFloat16*>(nullptr));
    default: throw Error(TRESNET_INVALID, text(what, " takes float32, float64 and bfloat16, not type ", type));
  }
}

// The map has an element at least, and a type and memory.
void check_map(const char* what, const tresnet_map* x);
// A second one has the first's sizes, type and order.
void check_like(const char* what, const tresnet_map& x, const tresnet_map* other);
void check_vector(const char* what, const char* which, const tresnet_vector& vector, bool may_be_absent);

std::vector<double> values_of(const tresnet_vector& vector, int64_t count);

// Rounded to the vector's type; an absent one takes nothing.
void write(const tresnet_vector& vector, const std::vector<double>& values);

// running = (1 - momentum) * running + momentum * value
void follow(const tresnet_vector& running, const std::vector<double>& values, double momentum);

template <class F>
void each(int64_t count, F&& body) {
  parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i);
  });
}

// From each thread's end to its beginning: what was seen last is still in the cache.
template <class F>
void each_backwards(int64_t count, F&& body) {
  parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = end - 1; i >= begin; i--) body(i);
  });
}

template <class T>
std::vector<Moments> moments_of(const Kernels<T>& kernels, const T* x, const Layout& layout) {
  using A = typename Computed<T>::Type;
  auto channels = layout.channels;
  std::vector<Moments> moments(channels, Moments{0, 0, 0});
  if (!layout.in_rows) {
    each(channels, [&](int64_t c) { kernels.plane_moments(x + c * layout.pixels, layout.plane(), &moments[c]); });
    return moments;
  }

  auto pieces = layout.pieces();
  std::vector<Moments> parts(pieces * channels, Moments{0, 0, 0});
  each(pieces, [&](int64_t i) {
    std::vector<A> scratch(3 * channels);
    kernels.row_moments(x + layout.piece(i) * channels, layout.rows(i), scratch.data(), &parts[i * channels]);
  });
  for (int64_t i = 0; i < pieces; i++) {
    for (int64_t c = 0; c < channels; c++) {
      const auto& part = parts[i * channels + c];
      auto& whole = moments[c];
      auto total = whole.count + part.count;
      auto distance = part.mean - whole.mean;
      whole.squares += part.squares + distance * distance * whole.count * part.count / total;
      whole.mean += distance * part.count / total;
      whole.count = total;
    }
  }
  return moments;
}

template <class T>
void normalise(
    const Kernels<T>& kernels, T* z, const T* x, const Layout& layout, const std::vector<double>& mean, const std::vector<double>& factor,
    const std::vector<double>& bias, double slope) {
  using A = typename Computed<T>::Type;
  auto channels = layout.channels;
  if (!layout.in_rows) {
    each(channels, [&](int64_t c) {
      auto at = c * layout.pixels;
      kernels.plane_normalise(
          z + at, x + at, layout.plane(), static_cast<A>(mean[c]), static_cast<A>(factor[c]), static_cast<A>(bias[c]),
          static_cast<A>(slope));
    });
    return;
  }

  std::vector<A> m(mean.begin(), mean.end()), f(factor.begin(), factor.end()), b(bias.begin(), bias.end());
  each_backwards(layout.pieces(), [&](int64_t i) {
    auto at = layout.piece(i) * channels;
    kernels.row_normalise(z + at, x + at, layout.rows(i), m.data(), f.data(), b.data(), static_cast<A>(slope));
  });
}

}  // namespace abn
}  // namespace tresnet
