// What a network computes, as operations on values: between the C interface that says it (program.cpp) and the plan that runs it (plan.h). Sizes are those
// of the inputs of one plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tresnet_plan.h"

namespace tresnet::plan {

constexpr int none = -1;

using Sizes = std::vector<int64_t>;

// f(x); alpha and beta are what oneDNN's eltwise of that name takes.
struct Activation {
  enum class Kind { Identity, LeakyRelu, Clip, Sigmoid, Swish, HardSwish, Tanh, Elu, Gelu };
  Kind kind = Kind::Identity;
  float alpha = 0;
  float beta = 0;

  bool is_identity() const { return kind == Kind::Identity; }
  // max(x, alpha * x), of which identity is the case of 1.
  bool is_leaky() const { return is_identity() || (kind == Kind::LeakyRelu && alpha <= 1); }
  float slope() const { return is_identity() ? 1 : alpha; }
};

// As tresnet_plan.h says of each.
enum class Kind {
  Convolution,
  Linear,
  Pointwise,
  Blur,
  MaxPool,
  AveragePool,
  GlobalMean,
  GlobalMax,
  SpaceToDepth,
  Alias,
  Channels,
  Mix,
  EvoNorm,
  ChannelConvolution,
  Softmax,
  Pad,
  Opaque,
};

enum class Border { Constant, Reflect, Replicate };

// Numbers of the caller's, which outlive the program; plans have copies.
struct Numbers {
  const float* data = nullptr;
  int64_t count = 0;

  explicit operator bool() const { return data != nullptr; }
  std::vector<float> copy() const { return {data, data + (data ? count : 0)}; }
};

// Channels of a value.
struct Part {
  int value = none;
  int64_t from = 0;
  int64_t count = 0;
};

struct Operation {
  Kind kind = Kind::Alias;
  int input = none;
  int output = none;
  int addend = none;
  int gate = none;
  Activation activation;
  Numbers weight, bias;
  Sizes weight_sizes;
  Numbers scale, shift;    // [C]
  Numbers v, running;      // of EvoNorm, whose B0 has a `running`
  double epsilon = 0;
  Sizes kernel, stride, padding, dilation;
  Sizes far_padding;       // by the output's sizes
  int64_t groups = 1;
  int64_t count = 0;
  int64_t patch = 0;
  bool counts_padding = true;
  Border border = Border::Constant;
  std::vector<Part> channels;
  // Of Opaque:
  bool plain = false;
  std::string name;
  tresnet_opaque compute = nullptr;
  void* state = nullptr;
  std::vector<int> inputs, outputs;

  // Every value that it reads, or makes.
  std::vector<int> reads() const;
  std::vector<int> makes() const;
};

// Of float32.
struct Value {
  Sizes sizes;
  bool made = false;   // by an operation
  bool given = false;  // read before anything made it: the program's input
};

struct Program {
  std::vector<Value> values;
  std::vector<Operation> operations;
  int input = none;
  int output = none;

  // Throws where the operation is not one, or its values do not go together.
  void add(Operation operation);

  const Sizes& sizes(int value) const { return values[value].sizes; }
};

inline int64_t product_of(const Sizes& sizes) {
  int64_t result = 1;
  for (auto size : sizes) result *= size;
  return result;
}

// A feature map of more than one pixel.
inline bool is_map(const Sizes& sizes) { return sizes.size() == 4 && (sizes[2] != 1 || sizes[3] != 1); }

// [N, C] or [N, C, 1, 1].
inline bool is_row(const Sizes& sizes) { return sizes.size() == 2 || (sizes.size() == 4 && !is_map(sizes)); }

std::string in_words(const Sizes& sizes);

}  // namespace tresnet::plan
