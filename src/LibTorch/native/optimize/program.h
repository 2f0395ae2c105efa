// What a network computes, as operations on values: between the TorchScript graph that it was traced to (lower.cpp) and the plan that runs
// it (plan.cpp). Sizes are those of one input.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <string>
#include <vector>

namespace tb {
namespace optimize {

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

enum class Kind {
  Convolution,   // activation(weight * x + bias + addend)
  Linear,        // activation(x weight' + bias)
  Pointwise,     // activation(x * gate * scale + shift + addend)
  Blur,          // the depthwise kernel [1 2 1] x [1 2 1] / 16 on mirrored borders
  MaxPool,
  AveragePool,
  GlobalMean,    // [N, C, H, W] to [N, C, 1, 1]
  SpaceToDepth,  // patches of `patch` pixels into channels, (row, column, channel)
  Alias,         // the same numbers in the same order: [N, C, 1, 1] as [N, C]
  Channels,      // `channels` says which parts of which values, one after another
  Mix,           // the sum of the parts of `channels`, all of one size; `gate` scales each of their channels: [N, parts, C, 1, 1]
  EvoNorm,       // `evo` says how
  Torch,         // any other operator of ATen, by the node
};

constexpr int none = -1;

// Channels of a value.
struct Part {
  int value = none;
  int64_t from = 0;
  int64_t count = 0;
};

// EvoNorm (Liu et al., arXiv 2004.02967, table 1) in evaluation. S0: x sigmoid(v x) / d weight + bias with the deviation d of `groups` of channels of the
// image. B0, where `batch` is there: x / max(batch, v x + d) weight + bias with the deviation d of each channel of the image. All [C].
struct EvoNorm {
  at::Tensor v, weight, bias, batch;
  int64_t groups = 0;
  double epsilon = 0;
};

// An argument of a Torch operation: a value, a list of them, or what does not depend on the input.
struct Argument {
  int value = none;
  std::vector<Argument> list;
  c10::IValue known;
};

struct Operation {
  Kind kind = Kind::Torch;
  int input = none;
  int output = none;
  // Of Convolution, Linear, Pointwise:
  int addend = none;
  int gate = none;  // [N, C, 1, 1]; of Mix, one for each part
  Activation activation;
  at::Tensor weight, bias;
  at::Tensor scale, shift;  // [C]
  // Of what has a window:
  std::vector<int64_t> kernel, stride, padding, dilation;
  int64_t groups = 1;
  bool counts_padding = true;
  int64_t patch = 0;
  std::vector<Part> channels;
  EvoNorm evo;
  // Of Torch, which may have several outputs:
  torch::jit::Node* node = nullptr;
  std::vector<Argument> arguments;
  std::vector<int> outputs;

  // Every value that it reads.
  std::vector<int> reads() const;
};

// A tensor of float32.
struct Value {
  std::vector<int64_t> sizes;
};

struct Program {
  std::shared_ptr<torch::jit::Graph> graph;  // owns the nodes
  std::vector<Value> values;
  std::vector<Operation> operations;
  int input = none;
  int output = none;
};

// The operations of a frozen graph of one tensor to one tensor, for inputs like `example`. Throws where the graph has control flow or calls.
Program lower(const std::shared_ptr<torch::jit::Graph>& graph, const at::Tensor& example);

// Joins operations that one pass over memory can do.
void fuse(Program& program);

}  // namespace optimize
}  // namespace tb
