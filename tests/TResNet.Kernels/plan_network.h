// Programs for tests and benches: written down through the C interface as a caller would, with random weights, and computed once more by plain loops in
// float64, one operation after another, on values in the order that their sizes say.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "plan/tresnet_plan.h"

namespace plan_tests {

using Sizes = std::vector<int64_t>;
using Numbers = std::vector<double>;

inline void must(tresnet_status status, const char* what) {
  if (status == TRESNET_OK) return;
  std::fprintf(stderr, "%s: %s\n", what, tresnet_last_error());
  std::exit(1);
}

inline int64_t count_of(const Sizes& sizes) {
  int64_t count = 1;
  for (auto s : sizes) count *= s;
  return count;
}

inline double function_of(int function, double x, double alpha, double beta) {
  auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
  switch (function) {
    case TRESNET_F_LEAKY_RELU: return x < 0 ? alpha * x : x;
    case TRESNET_F_CLIP: return std::min(std::max(x, alpha), beta);
    case TRESNET_F_SIGMOID: return sigmoid(x);
    case TRESNET_F_SWISH: return x * sigmoid(alpha * x);
    case TRESNET_F_HARD_SWISH: return x * std::min(std::max(x + 3, 0.0), 6.0) / 6;
    case TRESNET_F_TANH: return std::tanh(x);
    case TRESNET_F_ELU: return x < 0 ? alpha * std::expm1(x) : x;
    case TRESNET_F_GELU: return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
    default: return x;
  }
}

class Network {
 public:
  Network() { must(tresnet_program_new(&program), "a program"); }
  Network(const Network&) = delete;
  ~Network() { tresnet_program_free(program); }

  // By value: what is given may be the sizes of another.
  tresnet_value value(Sizes sizes) {
    tresnet_value id;
    must(tresnet_program_value(program, sizes.data(), static_cast<int32_t>(sizes.size()), &id), "a value");
    sizes_.resize(id + 1);
    sizes_[id] = std::move(sizes);
    return id;
  }
  tresnet_value input(const Sizes& sizes) { return input_ = value(sizes); }
  void ends(tresnet_value output) {
    output_ = output;
    must(tresnet_program_ends(program, input_, output), "the ends");
  }
  const Sizes& sizes(tresnet_value value) const { return sizes_[value]; }
  tresnet_value input() const { return input_; }
  tresnet_value output() const { return output_; }

  const float* random(int64_t count, float scale = 1, float middle = 0) {
    kept_.emplace_back(count);
    std::uniform_real_distribution<float> spread(middle - scale, middle + scale);
    for (auto& x : kept_.back()) x = spread(engine_);
    return kept_.back().data();
  }

  // --- operations; each gives its output

  struct Convolution {
    int64_t out = 0, kernel = 1, stride = 1, padding = -1, dilation = 1, groups = 1;
    tresnet_function function = TRESNET_F_IDENTITY;
    float alpha = 0, beta = 0;
    tresnet_value addend = 0;
    int64_t wide = 0;  // the kernel's second side, where it is another
    int64_t far = -1;  // padding at the far borders, where it is another
  };

  tresnet_value convolution(tresnet_value x, Convolution c) {
    const auto s = sizes_[x];
    tresnet_operation o{};
    o.kind = TRESNET_CONVOLUTION;
    o.input = x;
    o.addend = c.addend;
    set(o, c.function, c.alpha, c.beta);
    int64_t kernel[2] = {c.kernel, c.wide ? c.wide : c.kernel}, size[2];
    for (int i = 0; i < 2; i++) {
      o.kernel[i] = kernel[i];
      o.stride[i] = c.stride;
      o.dilation[i] = c.dilation;
      o.padding[i] = c.padding >= 0 ? c.padding : c.dilation * (kernel[i] - 1) / 2;
      size[i] = (s[2 + i] + o.padding[i] + (c.far >= 0 ? c.far : o.padding[i]) - c.dilation * (kernel[i] - 1) - 1) / c.stride + 1;
    }
    o.groups = c.groups;
    int64_t each = s[1] / c.groups * kernel[0] * kernel[1];
    o.weight = random(c.out * each, std::sqrt(3.0f / each));
    o.bias = random(c.out, 0.1f);
    return add(o, {s[0], c.out, size[0], size[1]});
  }

  tresnet_value linear(tresnet_value x, int64_t out, tresnet_function function = TRESNET_F_IDENTITY, float alpha = 0) {
    auto s = sizes_[x];
    tresnet_operation o{};
    o.kind = TRESNET_LINEAR;
    o.input = x;
    set(o, function, alpha, 0);
    o.weight = random(out * s[1], std::sqrt(3.0f / s[1]));
    o.bias = random(out, 0.1f);
    s[1] = out;
    return add(o, s);
  }

  tresnet_value pointwise(tresnet_value x, tresnet_function function, float alpha = 0, float beta = 0, tresnet_value gate = 0, bool scale = false,
                          bool shift = false, tresnet_value addend = 0) {
    tresnet_operation o{};
    o.kind = TRESNET_POINTWISE;
    o.input = x;
    o.gate = gate;
    o.addend = addend;
    set(o, function, alpha, beta);
    if (scale) o.scale = random(sizes_[x][1], 0.5f, 1);
    if (shift) o.shift = random(sizes_[x][1], 0.5f);
    return add(o, sizes_[x]);
  }

  tresnet_value blur(tresnet_value x, int64_t stride) {
    auto s = sizes_[x];
    tresnet_operation o{};
    o.kind = TRESNET_BLUR;
    o.input = x;
    o.stride[0] = o.stride[1] = stride;
    return add(o, {s[0], s[1], (s[2] - 1) / stride + 1, (s[3] - 1) / stride + 1});
  }

  tresnet_value pool(tresnet_value x, tresnet_kind kind, int64_t kernel, int64_t stride, int64_t padding, bool counts = false, bool ceil = false) {
    auto s = sizes_[x];
    tresnet_operation o{};
    o.kind = kind;
    o.input = x;
    for (int i = 0; i < 2; i++) {
      o.kernel[i] = kernel;
      o.stride[i] = stride;
      o.padding[i] = padding;
    }
    o.counts_padding = counts;
    auto size = [&](int64_t n) { return (n + 2 * padding - kernel + (ceil ? stride - 1 : 0)) / stride + 1; };
    return add(o, {s[0], s[1], size(s[2]), size(s[3])});
  }

  tresnet_value global(tresnet_value x, tresnet_kind kind = TRESNET_GLOBAL_MEAN) {
    tresnet_operation o{};
    o.kind = kind;
    o.input = x;
    return add(o, {sizes_[x][0], sizes_[x][1], 1, 1});
  }

  tresnet_value space_to_depth(tresnet_value x, int64_t patch) {
    auto s = sizes_[x];
    tresnet_operation o{};
    o.kind = TRESNET_SPACE_TO_DEPTH;
    o.input = x;
    o.patch = patch;
    return add(o, {s[0], s[1] * patch * patch, s[2] / patch, s[3] / patch});
  }

  tresnet_value alias(tresnet_value x, const Sizes& sizes) {
    tresnet_operation o{};
    o.kind = TRESNET_ALIAS;
    o.input = x;
    return add(o, sizes);
  }

  tresnet_value channels(const std::vector<tresnet_part>& parts) {
    auto s = sizes_[parts[0].value];
    s[1] = 0;
    for (const auto& part : parts) s[1] += part.count;
    return of_parts(TRESNET_CHANNELS, parts, 0, s);
  }

  tresnet_value mix(const std::vector<tresnet_part>& parts, tresnet_value gate) {
    auto s = sizes_[parts[0].value];
    s[1] = parts[0].count;
    return of_parts(TRESNET_MIX, parts, gate, s);
  }

  tresnet_value evo_norm(tresnet_value x, int64_t groups, bool batch) {
    tresnet_operation o{};
    auto c = sizes_[x][1];
    o.kind = TRESNET_EVO_NORM;
    o.input = x;
    o.v = random(c, 0.5f, 1);
    o.weight = random(c, 0.5f, 1);
    o.bias = random(c, 0.5f);
    if (batch) o.running = random(c, 0.2f, 1);
    o.groups = groups;
    o.epsilon = 1e-5;
    return add(o, sizes_[x]);
  }

  tresnet_value channel_convolution(tresnet_value x, int64_t kernel, tresnet_function function) {
    tresnet_operation o{};
    o.kind = TRESNET_CHANNEL_CONVOLUTION;
    o.input = x;
    set(o, function, 0, 0);
    o.kernel[0] = kernel;
    o.padding[0] = kernel / 2;
    o.weight = random(kernel);
    return add(o, sizes_[x]);
  }

  tresnet_value softmax(tresnet_value x, int64_t count, int64_t groups, const Sizes& sizes) {
    tresnet_operation o{};
    o.kind = TRESNET_SOFTMAX;
    o.input = x;
    o.count = count;
    o.groups = groups;
    return add(o, sizes);
  }

  tresnet_value pad(tresnet_value x, int64_t top, int64_t left, int64_t bottom, int64_t right, tresnet_border border, float with = 0) {
    auto s = sizes_[x];
    tresnet_operation o{};
    o.kind = TRESNET_PAD;
    o.input = x;
    o.border = border;
    o.alpha = with;
    o.padding[0] = top;
    o.padding[1] = left;
    return add(o, {s[0], s[1], s[2] + top + bottom, s[3] + left + right});
  }

  // `reference` computes the outputs from the inputs, in plain order.
  std::vector<tresnet_value> opaque(
      const std::vector<tresnet_value>& inputs, const std::vector<Sizes>& outputs, bool plain, tresnet_opaque compute, void* state,
      std::function<void(const std::vector<const Numbers*>&, const std::vector<Numbers*>&)> reference) {
    std::vector<tresnet_value> results;
    for (const auto& s : outputs) results.push_back(value(s));
    tresnet_operation o{};
    o.kind = TRESNET_OPAQUE;
    o.name = "ours";
    o.plain = plain;
    o.compute = compute;
    o.state = state;
    o.inputs = inputs.data();
    o.inputs_count = static_cast<int32_t>(inputs.size());
    o.outputs = results.data();
    o.outputs_count = static_cast<int32_t>(results.size());
    must(tresnet_program_add(program, &o), "an opaque operation");
    done_.push_back({o, {}, inputs, results, std::move(reference)});
    return results;
  }

  // Every value, by the plain loops (plan_reference.cpp).
  std::vector<Numbers> reference(const std::vector<float>& input) const;

  tresnet_program* program = nullptr;

 private:
  struct Done {
    tresnet_operation o;
    std::vector<tresnet_part> parts;
    std::vector<tresnet_value> inputs, outputs;
    std::function<void(const std::vector<const Numbers*>&, const std::vector<Numbers*>&)> reference;
  };

  static void set(tresnet_operation& o, tresnet_function function, float alpha, float beta) {
    o.function = function;
    o.alpha = alpha;
    o.beta = beta;
  }

  tresnet_value add(tresnet_operation& o, const Sizes& sizes) {
    o.output = value(sizes);
    must(tresnet_program_add(program, &o), "an operation");
    done_.push_back({o, {}, {}, {}, {}});
    return o.output;
  }

  tresnet_value of_parts(tresnet_kind kind, const std::vector<tresnet_part>& parts, tresnet_value gate, const Sizes& sizes) {
    tresnet_operation o{};
    o.kind = kind;
    o.gate = gate;
    o.parts = parts.data();
    o.parts_count = static_cast<int32_t>(parts.size());
    o.output = value(sizes);
    must(tresnet_program_add(program, &o), "an operation of parts");
    done_.push_back({o, parts, {}, {}, {}});
    return o.output;
  }

  std::vector<Sizes> sizes_;
  tresnet_value input_ = 0, output_ = 0;
  std::deque<std::vector<float>> kept_;
  std::vector<Done> done_;
  std::mt19937 engine_{1};
};

}  // namespace plan_tests
