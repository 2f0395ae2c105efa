// A frozen TorchScript graph to operations: known operators by what they mean, any other as it is. The graph is run once on the example,
// node by node, which gives every size; whatever does not depend on the values of the input (sizes, constants) becomes a constant of the program.
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/runtime/operator.h>

#include "meaning.h"
#include "wanted.h"

namespace tb {
namespace optimize {

namespace {

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
    Wanted::check();
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
      if (meaning_.same(node, arguments)) {
        arguments_[node->output()] = arguments[0];
        last_use_[arguments[0].value] = node->output();
        return;
      }
      const auto& result = results[0].toTensor();
      if (meaning_.known(node, arguments, result, operation)) {
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

  // The parts that a map is divided into, an operation for each.
  bool divide(jit::Node* node, const std::vector<Argument>& arguments, const std::vector<IValue>& results) {
    if (!named(node, {"chunk", "split", "split_with_sizes"}) || results.size() != 1 || !results[0].isTensorList()) return false;
    if (arguments[0].value == none || meaning_.sizes_of(arguments[0]).size() != 4 || meaning_.constant(node, "dim").toInt() != 1) return false;
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

  at::Tensor example_;
  Program program_;
  Arguments arguments_;
  Meaning meaning_{arguments_, program_.values};
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
