#include "meaning.h"

#include <algorithm>

namespace tb {
namespace optimize {

namespace {

bool is_vector(const std::vector<int64_t>& sizes) { return sizes.size() == 4 && sizes[2] == 1 && sizes[3] == 1; }

}  // namespace

bool named(const jit::Node* node, std::initializer_list<const char*> names) {
  for (const auto* name : names)
    if (node->kind() == c10::Symbol::fromQualString(std::string("aten::") + name)) return true;
  return false;
}

bool depends(const Argument& argument) {
  if (argument.value != none) return true;
  for (const auto& item : argument.list)
    if (depends(item)) return true;
  return false;
}

std::vector<int64_t> Meaning::pair(const jit::Node* node, const char* name) const {
  auto list = constant(node, name).toIntVector();
  if (list.size() == 1) list.push_back(list[0]);
  return list;
}

bool Meaning::same(const jit::Node* node, const std::vector<Argument>& arguments) const {
  if (arguments.empty() || arguments[0].value == none) return false;
  return named(node, {"contiguous", "detach", "alias", "clone"}) ||
         (named(node, {"dropout", "feature_dropout"}) && !constant(node, "train").toBool());
}

bool Meaning::known(const jit::Node* node, const std::vector<Argument>& arguments, const at::Tensor& result, Operation& operation) const {
  if (arguments.empty()) return false;
  operation.input = arguments[0].value;
  if (named(node, {"addmm"})) return linear_of_product(node, operation);
  if (named(node, {"mul", "add"}) && affine(node, operation)) return true;
  if (named(node, {"cat"})) return joined(node, operation);
  if (operation.input == none) return false;
  if (named(node, {"conv2d", "_convolution"})) return convolution(node, operation);
  if (named(node, {"linear"})) return linear(node, operation);
  if (named(node, {"batch_norm"})) return normalisation(node, operation);
  if (named(node, {"add"})) return sum(node, operation);
  if (named(node, {"mul"})) return product(node, operation);
  if (named(node, {"mean"})) return mean(node, operation);
  if (named(node, {"narrow", "slice"})) return part(node, result, operation);
  if (named(node, {"adaptive_avg_pool2d"})) return global(result, operation);
  if (named(node, {"max_pool2d"})) return pool(node, Kind::MaxPool, operation);
  if (named(node, {"avg_pool2d"})) return pool(node, Kind::AveragePool, operation) && averages_what_there_is(result, operation);
  if (named(node, {"flatten", "view", "reshape", "squeeze", "unsqueeze"})) return alias(result, operation);
  return activation(node, operation);
}

bool Meaning::convolution(const jit::Node* node, Operation& operation) const {
  if (node->hasNamedInput("transposed") && constant(node, "transposed").toBool()) return false;
  auto weight = constant(node, "weight");
  auto padding = constant(node, "padding");
  if (!weight.isTensor() || weight.toTensor().dim() != 4 || !padding.isIntList() || depends(argument(node, "bias"))) return false;
  if (sizes_of(argument(node, "input")).size() != 4) return false;
  auto bias = constant(node, "bias");
  operation.kind = Kind::Convolution;
  operation.weight = weight.toTensor();
  if (bias.isTensor()) operation.bias = bias.toTensor();
  operation.stride = pair(node, "stride");
  operation.padding = pair(node, "padding");
  operation.dilation = pair(node, "dilation");
  operation.groups = constant(node, "groups").toInt();
  return true;
}

bool Meaning::linear(const jit::Node* node, Operation& operation) const {
  auto weight = constant(node, "weight");
  auto bias = constant(node, "bias");
  if (!weight.isTensor() || sizes_of(argument(node, "input")).size() != 2 || depends(argument(node, "bias"))) return false;
  operation.kind = Kind::Linear;
  if (bias.isTensor() && bias.toTensor().numel() != weight.toTensor().size(0)) return false;
  operation.weight = weight.toTensor();
  if (bias.isTensor()) operation.bias = bias.toTensor();
  return true;
}

// bias + x weight', as older tracers write it.
bool Meaning::linear_of_product(const jit::Node* node, Operation& operation) const {
  auto bias = constant(node, "self");
  auto weight = constant(node, "mat2");
  operation.input = argument(node, "mat1").value;
  if (operation.input == none || !weight.isTensor() || !bias.isTensor() || bias.toTensor().dim() != 1) return false;
  if (bias.toTensor().numel() != weight.toTensor().size(1)) return false;
  if (constant(node, "alpha").toScalar().toDouble() != 1 || constant(node, "beta").toScalar().toDouble() != 1) return false;
  operation.kind = Kind::Linear;
  operation.weight = weight.toTensor().t();
  operation.bias = bias.toTensor();
  return true;
}

bool Meaning::normalisation(const jit::Node* node, Operation& operation) const {
  auto mean = constant(node, "running_mean");
  auto variance = constant(node, "running_var");
  if (!mean.isTensor() || !variance.isTensor() || sizes_of(argument(node, "input")).size() != 4) return false;
  if (constant(node, "training").toBool() || depends(argument(node, "weight")) || depends(argument(node, "bias"))) return false;
  auto weight = constant(node, "weight");
  auto bias = constant(node, "bias");
  auto scale = (variance.toTensor().to(at::kDouble) + constant(node, "eps").toDouble()).rsqrt();
  if (weight.isTensor()) scale = scale * weight.toTensor();
  auto shift = -mean.toTensor().to(at::kDouble) * scale;
  if (bias.isTensor()) shift = shift + bias.toTensor();
  operation.kind = Kind::Pointwise;
  operation.scale = scale.to(at::kFloat).contiguous();
  operation.shift = shift.to(at::kFloat).contiguous();
  return true;
}

bool Meaning::sum(const jit::Node* node, Operation& operation) const {
  const auto& other = argument(node, "other");
  if (other.value == none || constant(node, "alpha").toScalar().toDouble() != 1) return false;
  const auto& sizes = sizes_of(argument(node, "self"));
  if (sizes != sizes_of(other) || sizes.size() != 4) return false;
  operation.kind = Kind::Pointwise;
  operation.addend = other.value;
  return true;
}

// A factor or a term that is a number, or one for each channel.
bool Meaning::affine(const jit::Node* node, Operation& operation) const {
  auto value = argument(node, "self"), constant = argument(node, "other");
  if (value.value == none) std::swap(value, constant);
  if (value.value == none || depends(constant) || sizes_of(value).size() != 4) return false;
  if (node->hasNamedInput("alpha") && this->constant(node, "alpha").toScalar().toDouble() != 1) return false;
  auto channels = sizes_of(value)[1];
  if (!constant.known.isTensor() && !constant.known.isScalar()) return false;
  auto number = constant.known.isTensor() ? constant.known.toTensor() : at::scalar_tensor(constant.known.toScalar(), at::kFloat);
  if (number.scalar_type() != at::kFloat) return false;
  bool each = number.numel() == channels && number.dim() >= 3 && number.dim() <= 4 && number.size(number.dim() - 3) == channels;
  if (number.numel() != 1 && !each) return false;
  auto values = number.flatten().expand({channels}).contiguous();
  operation.kind = Kind::Pointwise;
  operation.input = value.value;
  (named(node, {"mul"}) ? operation.scale : operation.shift) = values;
  return true;
}

bool Meaning::part(const jit::Node* node, const at::Tensor& result, Operation& operation) const {
  const auto& sizes = sizes_of(argument(node, "self"));
  if (sizes.size() != 4 || constant(node, "dim").toInt() != 1 || result.numel() == 0) return false;
  if (node->hasNamedInput("step") && constant(node, "step").toInt() != 1) return false;
  auto start = constant(node, "start");
  auto first = start.isNone() ? 0 : start.toInt();
  operation.kind = Kind::Channels;
  operation.channels = {{operation.input, first < 0 ? std::max<int64_t>(0, first + sizes[1]) : first, result.size(1)}};
  operation.input = none;
  return true;
}

bool Meaning::joined(const jit::Node* node, Operation& operation) const {
  const auto& parts = argument(node, "tensors").list;
  if (parts.empty() || constant(node, "dim").toInt() != 1) return false;
  for (const auto& item : parts) {
    if (item.value == none || sizes_of(item).size() != 4) return false;
    operation.channels.push_back({item.value, 0, sizes_of(item)[1]});
  }
  operation.kind = Kind::Channels;
  operation.input = none;
  return true;
}

bool Meaning::product(const jit::Node* node, Operation& operation) const {
  auto first = argument(node, "self");
  auto second = argument(node, "other");
  if (second.value == none) return false;
  if (is_vector(sizes_of(first))) std::swap(first, second);
  const auto& sizes = sizes_of(first);
  const auto& gate = sizes_of(second);
  if (sizes.size() != 4 || is_vector(sizes) || !is_vector(gate) || gate[0] != sizes[0] || gate[1] != sizes[1]) return false;
  operation.kind = Kind::Pointwise;
  operation.input = first.value;
  operation.gate = second.value;
  return true;
}

bool Meaning::mean(const jit::Node* node, Operation& operation) const {
  if (!node->hasNamedInput("dim") || !constant(node, "dim").isIntList()) return false;
  auto dimensions = constant(node, "dim").toIntVector();
  for (auto& dimension : dimensions) dimension = dimension < 0 ? dimension + 4 : dimension;
  std::sort(dimensions.begin(), dimensions.end());
  if (sizes_of(argument(node, "self")).size() != 4 || dimensions != std::vector<int64_t>{2, 3}) return false;
  operation.kind = Kind::GlobalMean;
  return true;
}

bool Meaning::global(const at::Tensor& result, Operation& operation) const {
  if (!is_vector(result.sizes().vec())) return false;
  operation.kind = Kind::GlobalMean;
  return true;
}

bool Meaning::pool(const jit::Node* node, Kind kind, Operation& operation) const {
  operation.kind = kind;
  operation.kernel = pair(node, "kernel_size");
  operation.stride = constant(node, "stride").toIntVector().empty() ? operation.kernel : pair(node, "stride");
  operation.padding = pair(node, "padding");
  if (kind == Kind::MaxPool && pair(node, "dilation") != std::vector<int64_t>{1, 1}) return false;
  if (kind == Kind::AveragePool) {
    operation.counts_padding = constant(node, "count_include_pad").toBool();
    if (!constant(node, "divisor_override").isNone()) return false;
  }
  return sizes_of(argument(node, "self")).size() == 4;
}

// oneDNN would count what ceil_mode reads beyond the padding.
bool Meaning::averages_what_there_is(const at::Tensor& result, const Operation& operation) const {
  const auto& sizes = values_[operation.input].sizes;
  for (int i = 0; i < 2; i++) {
    auto end = (result.size(2 + i) - 1) * operation.stride[i] + operation.kernel[i] - operation.padding[i];
    if (operation.counts_padding && end > sizes[2 + i] + operation.padding[i]) return false;
  }
  return true;
}

bool Meaning::alias(const at::Tensor& result, Operation& operation) const {
  auto flat = [](const std::vector<int64_t>& sizes) {
    for (size_t i = 2; i < sizes.size(); i++)
      if (sizes[i] != 1) return false;
    return sizes.size() == 2 || sizes.size() == 4;
  };
  const auto& before = values_[operation.input].sizes;
  auto after = result.sizes().vec();
  if (!flat(before) || !flat(after) || before[0] != after[0]) return false;
  operation.kind = Kind::Alias;
  return true;
}

bool Meaning::activation(const jit::Node* node, Operation& operation) const {
  using F = Activation::Kind;
  auto& f = operation.activation;
  auto number = [&](const char* name) { return static_cast<float>(constant(node, name).toScalar().toDouble()); };
  if (named(node, {"relu"})) f = {F::LeakyRelu, 0, 0};
  else if (named(node, {"leaky_relu"})) f = {F::LeakyRelu, number("negative_slope"), 0};
  else if (named(node, {"relu6"})) f = {F::Clip, 0, 6};
  else if (named(node, {"hardtanh"})) f = {F::Clip, number("min_val"), number("max_val")};
  else if (named(node, {"sigmoid"})) f = {F::Sigmoid, 0, 0};
  else if (named(node, {"silu"})) f = {F::Swish, 1, 0};
  else if (named(node, {"hardswish"})) f = {F::HardSwish, 0, 0};
  else if (named(node, {"tanh"})) f = {F::Tanh, 0, 0};
  else if (named(node, {"elu"}) && number("scale") == 1 && number("input_scale") == 1) f = {F::Elu, number("alpha"), 0};
  else if (named(node, {"gelu"}) && constant(node, "approximate").toStringRef() == "none") f = {F::Gelu, 0, 0};
  else return false;
  auto rank = values_[operation.input].sizes.size();
  operation.kind = Kind::Pointwise;
  return rank == 4 || rank == 2;
}

}  // namespace optimize
}  // namespace tb
