// The C interface of convolutions. Only what an argument may be is known here; oneDNN is behind convolution_layers.h.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "convolution_layers.h"
#include "elements.h"
#include "parallel.h"

namespace tresnet {
namespace convolution {

namespace {

bool is_sound(const tresnet_convolution& c) {
  if (c.images < 1 || c.in_channels < 1 || c.out_channels < 1 || c.groups < 1 || c.in_channels % c.groups != 0 || c.out_channels % c.groups != 0)
    return false;
  for (int i = 0; i < 2; i++)
    if (c.in_size[i] < 1 || c.kernel[i] < 1 || c.stride[i] < 1 || c.padding[i] < 0 || c.dilation[i] < 1 ||
        c.in_size[i] + 2 * c.padding[i] < c.dilation[i] * (c.kernel[i] - 1) + 1)
      return false;
  return true;
}

void check(const tresnet_convolution* c) {
  require(c != nullptr, "there is no convolution");
  require(is_sound(*c), "a convolution's sizes do not fit together");
  require(c->type == TRESNET_FLOAT32 || c->type == TRESNET_BFLOAT16, "convolutions take float32 and bfloat16, not type ", c->type);
}

Algorithm algorithm_of(tresnet_passes winograd, tresnet_passes pass) { return (winograd & pass) != 0 ? Algorithm::Winograd : Algorithm::Direct; }

template <class T>
void sum_channels(const tresnet_convolution& c, const tresnet_operand& doutput, T* dbias) {
  auto pixels = out_size(c, 0) * out_size(c, 1), channels = c.out_channels;
  auto* from = static_cast<const T*>(doutput.data);
  std::vector<double> sums(channels);
  if (doutput.channels_last) {
    // By channels, so that a sum does not depend on the number of threads.
    constexpr int64_t line = 16;
    parallel_for(0, (channels + line - 1) / line, 1, [&](int64_t begin, int64_t end) {
      auto last = std::min(channels, end * line);
      for (int64_t row = 0; row < c.images * pixels; row++)
        for (int64_t k = begin * line; k < last; k++) sums[k] += load(from + row * channels + k);
    });
  } else {
    parallel_for(0, channels, 1, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; k++)
        for (int64_t image = 0; image < c.images; image++) {
          auto* plane = from + (image * channels + k) * pixels;
          double sum = 0;
#pragma omp simd reduction(+ : sum)
          for (int64_t i = 0; i < pixels; i++) sum += load(plane + i);
          sums[k] += sum;
        }
    });
  }
  for (int64_t k = 0; k < channels; k++) store(dbias + k, static_cast<float>(sums[k]));
}

void sum_channels(const tresnet_convolution& c, const tresnet_operand& doutput, void* dbias) {
  c.type == TRESNET_BFLOAT16 ? sum_channels(c, doutput, static_cast<BFloat16*>(dbias)) : sum_channels(c, doutput, static_cast<float*>(dbias));
}

}  // namespace

#ifndef TRESNET_ONEDNN

namespace {
[[noreturn]] void refuse() { throw Error(TRESNET_UNAVAILABLE, "this build has no oneDNN, and so no convolutions"); }
}  // namespace

tresnet_passes pays(const tresnet_convolution&) { return 0; }
void forward(
    const tresnet_convolution&, Algorithm, const tresnet_operand&, const tresnet_operand&, const void*, const tresnet_operand&) {
  refuse();
}
void backward(
    const tresnet_convolution&, Algorithm, Algorithm, const tresnet_operand&, const tresnet_operand&, const tresnet_operand&,
    const tresnet_operand&, const tresnet_operand&) {
  refuse();
}
std::string code_of(const tresnet_convolution&, Algorithm, Pass, bool) { refuse(); }

#endif

}  // namespace convolution
}  // namespace tresnet

namespace convolution = tresnet::convolution;

TRESNET_API tresnet_passes tresnet_convolution_pays(const tresnet_convolution* c) {
  tresnet_passes result = 0;
  // What it does not take goes the other way.
  tresnet::guarded([&] {
    if (c != nullptr && convolution::is_sound(*c)) result = convolution::pays(*c);
  });
  return result;
}

TRESNET_API tresnet_status tresnet_convolution_forward(
    const tresnet_convolution* c, tresnet_passes winograd, tresnet_operand input, tresnet_operand weight, const void* bias,
    tresnet_operand output) {
  return tresnet::guarded([&] {
    convolution::check(c);
    tresnet::require(input.data != nullptr && weight.data != nullptr && output.data != nullptr, "a convolution misses an operand");
    convolution::forward(*c, convolution::algorithm_of(winograd, TRESNET_MAPS), input, weight, bias, output);
  });
}

TRESNET_API tresnet_status tresnet_convolution_backward(
    const tresnet_convolution* c, tresnet_passes winograd, tresnet_operand doutput, tresnet_operand input, tresnet_operand weight,
    tresnet_operand dinput, tresnet_operand dweight, void* dbias) {
  return tresnet::guarded([&] {
    convolution::check(c);
    tresnet::require(doutput.data != nullptr, "a convolution misses the gradient of its output");
    tresnet::require(dinput.data == nullptr || weight.data != nullptr, "the gradient of a convolution's input is by its weight, which is missing");
    tresnet::require(dweight.data == nullptr || input.data != nullptr, "the gradient of a convolution's weight is by its input, which is missing");
    if (dinput.data != nullptr || dweight.data != nullptr)
      convolution::backward(
          *c, convolution::algorithm_of(winograd, TRESNET_MAPS), convolution::algorithm_of(winograd, TRESNET_WEIGHTS), doutput, input, weight,
          dinput, dweight);
    if (dbias != nullptr) convolution::sum_channels(*c, doutput, dbias);
  });
}

TRESNET_API tresnet_status tresnet_convolution_describe(
    const tresnet_convolution* c, tresnet_passes winograd, int32_t channels_last, char* text, int64_t size) {
  return tresnet::guarded([&] {
    using convolution::Pass;
    convolution::check(c);
    tresnet::require(text != nullptr && size > 0, "there is no room for a description");
    std::string lines;
    for (auto pass : {Pass::Forward, Pass::ToInput, Pass::ToWeights}) {
      auto algorithm = convolution::algorithm_of(winograd, pass == Pass::ToWeights ? TRESNET_WEIGHTS : TRESNET_MAPS);
      lines += convolution::code_of(*c, algorithm, pass, channels_last != 0) + (pass == Pass::ToWeights ? "" : "\n");
    }
    std::snprintf(text, static_cast<size_t>(size), "%s", lines.c_str());
  });
}
