// What in-place ABN and batch normalisation share: where the channels of a tensor are, its statistics, and the pass that normalises it.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "inplace_abn_kernels.h"
#include "internal.h"
#include "processor.h"

namespace tb {
namespace abn {

// Each translation unit has its own.
namespace {

const abn::Kernels<float>& kernels_of(float*, Activation f) {
  static const auto choose = TB_BEST(abn::float_kernels);
  return choose(f);
}
const abn::Kernels<double>& kernels_of(double*, Activation f) {
  static const auto choose = TB_BEST(abn::double_kernels);
  return choose(f);
}
const abn::Kernels<abn::BFloat16>& kernels_of(abn::BFloat16*, Activation f) {
  static const auto choose = TB_BEST(abn::bfloat16_kernels);
  return choose(f);
}

// Where the channels of a dense tensor are: in planes (NCHW), or side by side in rows (NHWC).
struct Layout {
  int64_t images;
  int64_t channels;
  int64_t pixels;
  bool in_rows;

  explicit Layout(const at::Tensor& x)
      : images(x.size(0)), channels(x.size(1)), pixels(x.numel() / std::max<int64_t>(1, images * channels)),
        in_rows((pixels == 1 && x.is_contiguous()) || (x.dim() == 4 && !x.is_contiguous())) {}

  int64_t count() const { return images * pixels; }
  Plane plane() const { return {images, channels * pixels, pixels}; }

  // The same work for each number of threads, so that sums do not depend on it.
  int64_t pieces() const { return std::max<int64_t>(1, std::min<int64_t>({64, count() * channels / 32768, count()})); }
  int64_t piece(int64_t index) const { return count() * index / pieces(); }
};

at::Tensor dense(const at::Tensor& x) {
  return x.dim() == 4 && x.is_contiguous(at::MemoryFormat::ChannelsLast) ? x : x.contiguous();
}

// A gradient in the type and the order of what it is of, which is dense.
at::Tensor dense_as(const at::Tensor& x, const at::Tensor& gradient) {
  return gradient.to(x.scalar_type()).contiguous(x.is_contiguous() ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast);
}

// Calls `body` with a null pointer of the type.
template <class F>
auto typed(const char* what, at::ScalarType type, F&& body) -> decltype(body(static_cast<float*>(nullptr))) {
  switch (type) {
    case at::kFloat: return body(static_cast<float*>(nullptr));
    case at::kDouble: return body(static_cast<double*>(nullptr));
    case at::kBFloat16: return body(static_cast<abn::BFloat16*>(nullptr));
    default: TORCH_CHECK(false, what, " takes float32, float64 and bfloat16, not ", type);
  }
}

// The input is on the CPU, and there are as many weights, biases and statistics as it has channels.
void check(
    const char* what, const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var) {
  TORCH_CHECK(x.device().is_cpu(), what, " is for the CPU, and its input is on ", x.device());
  TORCH_CHECK(x.dim() >= 2 && x.numel() > 0, what, " takes [N, C, ...] with an element at least, not ", x.sizes());
  auto channels = x.size(1);
  TORCH_CHECK(
      weight.dim() == 1 && weight.size(0) == channels && bias.dim() == 1 && bias.size(0) == channels, what, " of ", channels,
      " channels takes as many weights and biases, not ", weight.sizes(), " and ", bias.sizes());
  for (const auto& running : {running_mean, running_var})
    TORCH_CHECK(
        !running || !running->defined() || (running->dim() == 1 && running->size(0) == channels), what, " of ", channels,
        " channels has as many running statistics, not ", running->sizes());
}

// Planes: one task for each channel. Rows: one for each piece of them, as (index, first, count).
template <class F>
void each(int64_t count, F&& body) {
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i);
  });
}

// From each thread's end to its beginning.
template <class F>
void each_backwards(int64_t count, F&& body) {
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = end - 1; i >= begin; i--) body(i);
  });
}

std::vector<double> values_of(const at::Tensor& tensor) {
  auto same = tensor.detach().to(at::kDouble).contiguous();
  return {same.data_ptr<double>(), same.data_ptr<double>() + same.numel()};
}

template <class A>
at::Tensor tensor_of(const std::vector<double>& values, at::ScalarType type) {
  auto tensor = at::empty({static_cast<int64_t>(values.size())}, type);
  std::copy(values.begin(), values.end(), tensor.data_ptr<A>());
  return tensor;
}

template <class T>
std::vector<abn::Moments> moments_of(const abn::Kernels<T>& kernels, const T* x, const Layout& layout) {
  using A = typename abn::Computed<T>::Type;
  auto channels = layout.channels;
  std::vector<abn::Moments> moments(channels, abn::Moments{0, 0, 0});
  if (!layout.in_rows) {
    each(channels, [&](int64_t c) { kernels.plane_moments(x + c * layout.pixels, layout.plane(), &moments[c]); });
    return moments;
  }

  auto pieces = layout.pieces();
  std::vector<abn::Moments> parts(pieces * channels, abn::Moments{0, 0, 0});
  each(pieces, [&](int64_t i) {
    std::vector<A> scratch(3 * channels);
    auto first = layout.piece(i);
    kernels.row_moments(x + first * channels, {layout.piece(i + 1) - first, channels}, scratch.data(), &parts[i * channels]);
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
    const abn::Kernels<T>& kernels, T* z, const T* x, const Layout& layout, const std::vector<double>& mean,
    const std::vector<double>& factor, const std::vector<double>& bias, double slope) {
  using A = typename abn::Computed<T>::Type;
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
    auto first = layout.piece(i), at = first * channels;
    kernels.row_normalise(
        z + at, x + at, {layout.piece(i + 1) - first, channels}, m.data(), f.data(), b.data(), static_cast<A>(slope));
  });
}

// running = (1 - momentum) * running + momentum * value
void follow(const c10::optional<at::Tensor>& running, const std::vector<double>& values, double momentum) {
  if (!running || !running->defined()) return;
  auto target = running->detach();
  target.mul_(1 - momentum).add_(tensor_of<double>(values, at::kDouble).to(target.scalar_type()), momentum);
}

}  // namespace
}  // namespace abn
}  // namespace tb
