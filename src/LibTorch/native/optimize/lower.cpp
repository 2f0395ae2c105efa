// A frozen TorchScript graph to operations: known operators by what they mean, any other as it is. The graph is run once on the example,
// node by node, which gives every size; whatever does not depend on the values of the input (sizes, constants) becomes a constant of the program.
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <unordered_map>

#include "program.h"

namespace tb {
namespace optimize {

namespace {

namespace jit = torch::jit;
using c10::IValue;

void collect(const Argument& argument, std::vector<int>& into) {
  if (argument.value != none) into.push_back(argument.value);
  for (const auto& item : argument.list) collect(item, into);
}

class Lowering {
 public:
  Lowering(std::shared_ptr<jit::Graph> graph, const at::Tensor& example) : example_(example) { program_.graph = std::move(graph); }

  Program run() {
    auto& graph = *program_.graph;
    // A frozen module keeps its first input, the module itself, without a use.
    auto inputs = graph.inputs();
    TORCH_CHECK(!inputs.empty() && graph.outputs().size() == 1, "the traced network does not map one tensor to one tensor");
    for (const auto* input : inputs.slice(0, inputs.size() - 1))
      TORCH_CHECK(!input->hasUses(), "the traced network has more than one input");
    program_.input = add(inputs.back(), example_);
    for (auto* node : graph.nodes()) visit(node);
    auto output = arguments_.find(graph.outputs()[0]);
    TORCH_CHECK(output != arguments_.end() && output->second.value != none, "the traced network's output does not depend on its input");
    program_.output = output->second.value;
    return std::move(program_);
  }

 private:
  // --- running on the example

  void visit(jit::Node* node) {
    TORCH_CHECK(
        node->blocks().empty() && node->kind() != jit::prim::CallFunction && node->kind() != jit::prim::CallMethod,
        "the traced network decides by what it computes (", node->kind().toDisplayString(), ")");
    const auto* schema = node->maybeSchema();
    TORCH_CHECK(schema == nullptr || !schema->is_mutable(), "the traced network writes in place (", node->kind().toDisplayString(), ")");
    if (node->kind() == jit::prim::Constant) {
      arguments_[node->output()].known = *jit::toIValue(node->output());
      return;
    }
    std::vector<Argument> arguments;
    for (const auto* input : node->inputs()) arguments.push_back(arguments_.at(input));
    auto results = execute(node, arguments);
    bool dynamic = false;
    for (const auto& argument : arguments) dynamic = dynamic || depends(argument);

    // A number of the example's values would be that of all inputs.
    TORCH_CHECK(
        !dynamic || results.empty() || results[0].isTensor() || results[0].isTensorList() || tells_sizes(node),
        "the traced network computes with numbers that it reads from tensors (", node->kind().toDisplayString(), ")");

    if (node->kind() == jit::prim::ListConstruct && dynamic) {
      arguments_[node->output()].list = arguments;
    } else if (node->kind() == jit::prim::ListUnpack && dynamic) {
      for (size_t i = 0; i < node->outputs().size(); i++) arguments_[node->outputs()[i]] = arguments[0].list.at(i);
    } else if (dynamic && !results.empty() && (results[0].isTensor() || results[0].isTensorList())) {
      keep(node, std::move(arguments), results);
    } else {
      for (size_t i = 0; i < results.size(); i++) arguments_[node->outputs()[i]].known = results[i];
    }
    forget(node);
  }

  static bool tells_sizes(const jit::Node* node) {
    return node->kind() == jit::prim::ListConstruct || node->kind() == jit::prim::ListUnpack ||
           named(node, {"size", "dim", "numel", "stride", "len", "is_contiguous", "is_floating_point"});
  }

  static bool depends(const Argument& argument) {
    if (argument.value != none) return true;
    for (const auto& item : argument.list)
      if (depends(item)) return true;
    return false;
  }

  IValue value_of(const Argument& argument) const {
    if (argument.value != none) return tensors_.at(argument.value);
    if (argument.list.empty()) return argument.known;
    std::vector<at::Tensor> list;
    for (const auto& item : argument.list) list.push_back(value_of(item).toTensor());
    return list;
  }

  std::vector<IValue> execute(jit::Node* node, const std::vector<Argument>& arguments) {
    jit::Stack stack;
    for (const auto& argument : arguments) stack.push_back(value_of(argument));
    if (node->kind() == jit::prim::ListConstruct) {
      c10::impl::GenericList list(node->output()->type()->expectRef<c10::ListType>().getElementType());
      for (const auto& item : stack) list.push_back(item);
      return {list};
    }
    if (node->kind() == jit::prim::ListUnpack) {
      auto list = stack[0].toListRef();
      return std::vector<IValue>(list.begin(), list.end());
    }
    TORCH_CHECK(node->maybeOperator() != nullptr, "the traced network holds a ", node->kind().toDisplayString());
    node->getOperation()(stack);
    return {stack.begin(), stack.end()};
  }

  int add(const jit::Value* value, const at::Tensor& tensor) {
    TORCH_CHECK(
        tensor.scalar_type() == at::kFloat, "the traced network computes in ", tensor.scalar_type(), "; plans are of networks in float32");
    int id = static_cast<int>(program_.values.size());
    program_.values.push_back({tensor.sizes().vec()});
    tensors_[id] = tensor;
    if (value != nullptr) {
      arguments_[value].value = id;
      last_use_[id] = value;
    }
    return id;
  }

  // Tensors of the run are let go after their last use: the sizes are what is wanted of them.
  void forget(jit::Node* node) {
    for (const auto* input : node->inputs()) {
      auto found = arguments_.find(input);
      if (found == arguments_.end() || found->second.value == none) continue;
      bool used_later = input == program_.graph->outputs()[0];
      for (const auto& use : input->uses()) used_later = used_later || use.user->isAfter(node);
      if (!used_later && node->kind() != jit::prim::ListConstruct && last_use_[found->second.value] == input) tensors_.erase(found->second.value);
    }
  }

  // --- what a node means

  void keep(jit::Node* node, std::vector<Argument> arguments, const std::vector<IValue>& results) {
    Operation operation;
    if (results.size() == 1 && results[0].isTensor()) {
      if (same(node, arguments)) {
        arguments_[node->output()] = arguments[0];
        last_use_[arguments[0].value] = node->output();
        return;
      }
      const auto& result = results[0].toTensor();
      if (known(node, arguments, result, operation)) {
        operation.output = add(node->output(), result);
        program_.operations.push_back(std::move(operation));
        return;
      }
    }
    if (divide(node, arguments, results)) return;
    operation = {};
    operation.kind = Kind::Torch;
    operation.node = node;
    operation.arguments = std::move(arguments);
    for (size_t i = 0; i < results.size(); i++) {
      if (results[i].isTensor()) {
        operation.outputs.push_back(add(node->outputs()[i], results[i].toTensor()));
      } else {
        TORCH_CHECK(results.size() == 1 && results[i].isTensorList(), "the traced network holds a ", node->kind().toDisplayString());
        for (const at::Tensor& tensor : results[i].toTensorVector()) {
          Argument item;
          item.value = add(nullptr, tensor);
          operation.outputs.push_back(item.value);
          arguments_[node->outputs()[i]].list.push_back(item);
        }
      }
    }
    program_.operations.push_back(std::move(operation));
  }

  const Argument& argument(const jit::Node* node, const char* name) const { return arguments_.at(node->namedInput(name)); }
  IValue constant(const jit::Node* node, const char* name) const { return argument(node, name).known; }
  // Of rows and columns, for which one number may stand.
  std::vector<int64_t> pair(const jit::Node* node, const char* name) const {
    auto list = constant(node, name).toIntVector();
    if (list.size() == 1) list.push_back(list[0]);
    return list;
  }
  const std::vector<int64_t>& sizes_of(const Argument& value) const { return program_.values[value.value].sizes; }

  static bool named(const jit::Node* node, std::initializer_list<const char*> names) {
    for (const auto* name : names)
      if (node->kind() == c10::Symbol::fromQualString(std::string("aten::") + name)) return true;
    return false;
  }

  // Whether its result is its input.
  bool same(jit::Node* node, const std::vector<Argument>& arguments) const {
    if (arguments.empty() || arguments[0].value == none) return false;
    return named(node, {"contiguous", "detach", "alias", "clone"}) ||
           (named(node, {"dropout", "feature_dropout"}) && !constant(node, "train").toBool());
  }

  bool known(jit::Node* node, const std::vector<Argument>& arguments, const at::Tensor& result, Operation& operation) {
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

  bool convolution(jit::Node* node, Operation& operation) {
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

  bool linear(jit::Node* node, Operation& operation) {
    auto weight = constant(node, "weight");
    auto bias = constant(node, "bias");
    if (!weight.isTensor() || sizes_of(argument(node, "input")).size() != 2) return false;
    operation.kind = Kind::Linear;
    operation.weight = weight.toTensor();
    if (bias.isTensor()) operation.bias = bias.toTensor();
    return true;
  }

  // bias + x weight', as older tracers write it.
  bool linear_of_product(jit::Node* node, Operation& operation) {
    auto bias = constant(node, "self");
    auto weight = constant(node, "mat2");
    operation.input = argument(node, "mat1").value;
    if (operation.input == none || !weight.isTensor() || !bias.isTensor() || bias.toTensor().dim() != 1) return false;
    if (constant(node, "alpha").toScalar().toDouble() != 1 || constant(node, "beta").toScalar().toDouble() != 1) return false;
    operation.kind = Kind::Linear;
    operation.weight = weight.toTensor().t();
    operation.bias = bias.toTensor();
    return true;
  }

  bool normalisation(jit::Node* node, Operation& operation) {
    auto mean = constant(node, "running_mean");
    auto variance = constant(node, "running_var");
    if (!mean.isTensor() || !variance.isTensor() || sizes_of(argument(node, "input")).size() != 4) return false;
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

  bool sum(jit::Node* node, Operation& operation) {
    const auto& other = argument(node, "other");
    if (other.value == none || constant(node, "alpha").toScalar().toDouble() != 1) return false;
    const auto& sizes = sizes_of(argument(node, "self"));
    if (sizes != sizes_of(other) || sizes.size() != 4) return false;
    operation.kind = Kind::Pointwise;
    operation.addend = other.value;
    return true;
  }

  // A factor or a term that is a number, or one for each channel.
  bool affine(jit::Node* node, Operation& operation) {
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

  bool part(jit::Node* node, const at::Tensor& result, Operation& operation) {
    const auto& sizes = sizes_of(argument(node, "self"));
    if (sizes.size() != 4 || constant(node, "dim").toInt() != 1) return false;
    if (node->hasNamedInput("step") && constant(node, "step").toInt() != 1) return false;
    auto start = constant(node, "start");
    auto first = start.isNone() ? 0 : start.toInt();
    operation.kind = Kind::Channels;
    operation.channels = {{operation.input, first < 0 ? first + sizes[1] : first, result.size(1)}};
    operation.input = none;
    return true;
  }

  bool joined(jit::Node* node, Operation& operation) {
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

  // The parts that a map is divided into, an operation for each.
  bool divide(jit::Node* node, const std::vector<Argument>& arguments, const std::vector<IValue>& results) {
    if (!named(node, {"chunk", "split", "split_with_sizes"}) || results.size() != 1 || !results[0].isTensorList()) return false;
    if (arguments[0].value == none || sizes_of(arguments[0]).size() != 4 || constant(node, "dim").toInt() != 1) return false;
    int64_t from = 0;
    for (const at::Tensor& tensor : results[0].toTensorVector()) {
      Operation operation;
      operation.kind = Kind::Channels;
      operation.channels = {{arguments[0].value, from, tensor.size(1)}};
      Argument item;
      item.value = operation.output = add(nullptr, tensor);
      from += tensor.size(1);
      program_.operations.push_back(std::move(operation));
      arguments_[node->output()].list.push_back(item);
    }
    return true;
  }

  bool product(jit::Node* node, Operation& operation) {
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

  static bool is_vector(const std::vector<int64_t>& sizes) { return sizes.size() == 4 && sizes[2] == 1 && sizes[3] == 1; }

  bool mean(jit::Node* node, Operation& operation) {
    if (!node->hasNamedInput("dim") || !constant(node, "dim").isIntList()) return false;
    auto dimensions = constant(node, "dim").toIntVector();
    for (auto& dimension : dimensions) dimension = dimension < 0 ? dimension + 4 : dimension;
    std::sort(dimensions.begin(), dimensions.end());
    if (sizes_of(argument(node, "self")).size() != 4 || dimensions != std::vector<int64_t>{2, 3}) return false;
    operation.kind = Kind::GlobalMean;
    return true;
  }

  bool global(const at::Tensor& result, Operation& operation) {
    if (!is_vector(result.sizes().vec())) return false;
    operation.kind = Kind::GlobalMean;
    return true;
  }

  bool pool(jit::Node* node, Kind kind, Operation& operation) {
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
  bool averages_what_there_is(const at::Tensor& result, const Operation& operation) const {
    const auto& sizes = program_.values[operation.input].sizes;
    for (int i = 0; i < 2; i++) {
      auto end = (result.size(2 + i) - 1) * operation.stride[i] + operation.kernel[i] - operation.padding[i];
      if (operation.counts_padding && end > sizes[2 + i] + operation.padding[i]) return false;
    }
    return true;
  }

  bool alias(const at::Tensor& result, Operation& operation) {
    auto flat = [](const std::vector<int64_t>& sizes) {
      for (size_t i = 2; i < sizes.size(); i++)
        if (sizes[i] != 1) return false;
      return sizes.size() == 2 || sizes.size() == 4;
    };
    const auto& before = program_.values[operation.input].sizes;
    auto after = result.sizes().vec();
    if (!flat(before) || !flat(after) || before[0] != after[0]) return false;
    operation.kind = Kind::Alias;
    return true;
  }

  bool activation(jit::Node* node, Operation& operation) {
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
    auto rank = program_.values[operation.input].sizes.size();
    operation.kind = Kind::Pointwise;
    return rank == 4 || rank == 2;
  }

  at::Tensor example_;
  Program program_;
  std::unordered_map<const jit::Value*, Argument> arguments_;
  std::unordered_map<int, at::Tensor> tensors_;
  std::unordered_map<int, const jit::Value*> last_use_;
};

}  // namespace

std::vector<int> Operation::reads() const {
  std::vector<int> values;
  for (int value : {input, addend, gate})
    if (value != none) values.push_back(value);
  for (const auto& part : channels) values.push_back(part.value);
  for (const auto& argument : arguments) collect(argument, values);
  return values;
}

Program lower(const std::shared_ptr<jit::Graph>& graph, const at::Tensor& example) {
  at::NoGradGuard no_grad;
  return Lowering(graph, example).run();
}

}  // namespace optimize
}  // namespace tb
