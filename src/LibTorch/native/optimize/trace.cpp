// A C# network as TorchScript: its forward is run once and what it calls is written down, with its parameters and buffers as the attributes of a
// module; then it is frozen, which folds normalisations into convolutions. What is left are standard operators, so that any TorchScript runs it.
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/passes/dead_code_elimination.h>
#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>
#include <torch/csrc/jit/passes/remove_mutation.h>
#include <torch/script.h>

#include <unordered_set>

#include "../internal.h"
#include "apart.h"

using tb::optimize::Apart;
using torch::jit::Module;

namespace {

// Runs the forward on `input`; hands over its result, and returns 0. Anything else means that it threw and kept the exception.
using Forward = int (*)(void* input, void** output);

// "layer1.0.conv1.weight": the modules of the path are made as they are needed.
void add_attribute(Module module, const std::string& path, const at::Tensor& tensor, bool is_parameter) {
  auto dot = path.find('.');
  if (dot == std::string::npos) {
    if (is_parameter)
      module.register_parameter(path, tensor, /*is_buffer=*/false);
    else
      module.register_buffer(path, tensor);
    return;
  }
  auto name = path.substr(0, dot);
  if (!module.hasattr(name)) {
    Module child(c10::QualifiedName("__torch__.tresnet." + name), module._ivalue()->compilation_unit(), /*shouldMangle=*/true);
    module.register_module(name, child);
  }
  add_attribute(module.attr(name).toModule(), path.substr(dot + 1), tensor, is_parameter);
}

torch::jit::Stack call(Forward forward, torch::jit::Stack inputs) {
  void* output = nullptr;
  auto* input = tb::release(inputs.at(0).toTensor());
  TORCH_CHECK(forward(input, &output) == 0, "the forward of a C# network failed");
  auto result = tb::borrow(output);
  tb_tensor_release(output);
  return {result};
}

bool depends(const torch::jit::Value* value, const torch::jit::Value* on, std::unordered_set<const torch::jit::Value*>& seen) {
  if (value == on) return true;
  if (!seen.insert(value).second) return false;
  for (const auto* input : value->node()->inputs())
    if (depends(input, on, seen)) return true;
  return false;
}

// The first operator that libtorch itself does not have; null where there is none.
const char* foreign(torch::jit::Block* block) {
  for (auto* node : block->nodes()) {
    if (!node->kind().is_aten() && !node->kind().is_prim()) return node->kind().toQualString();
    for (auto* inner : node->blocks())
      if (const auto* found = foreign(inner)) return found;
  }
  return nullptr;
}

}  // namespace

namespace tb {

void refuse_to_read(const at::Tensor& tensor) {
  const auto& state = torch::jit::tracer::getTracingState();
  if (!state || !tensor.defined() || !state->hasValue(tensor)) return;
  std::unordered_set<const torch::jit::Value*> seen;
  TORCH_CHECK(
      !depends(state->getValue(tensor), state->graph->inputs().back(), seen),
      "it reads values that it computes, and those of the example would count for every input");
}

}  // namespace tb

TB_API int tb_trace(
    Forward forward, const char* const* names, void* const* tensors, const uint8_t* are_parameters, int32_t count, void* example, void** result) {
  return tb::guarded([&] {
    tb::enter_thread();
    Apart apart;
    Module module(c10::QualifiedName("__torch__.tresnet.Network"), std::make_shared<torch::jit::CompilationUnit>(), /*shouldMangle=*/true);
    for (int32_t i = 0; i < count; i++) add_attribute(module, names[i], tb::borrow(tensors[i]), are_parameters[i] != 0);
    auto traced = torch::jit::tracer::trace(
        {tb::borrow(example)}, [&](torch::jit::Stack inputs) { return call(forward, std::move(inputs)); },
        [](const torch::autograd::Variable&) { return std::string(); }, /*strict=*/true, /*force_outplace=*/true, &module, {"x"});
    auto graph = traced.first->graph;
    auto* method = module._ivalue()->compilation_unit()->create_function(c10::QualifiedName(*module.type()->name(), "forward"), graph);
    module.type()->addMethod(method);

    auto frozen = torch::jit::freeze_module(module);
    graph = frozen.get_method("forward").graph();
    torch::jit::RemoveTensorMutation(graph);
    torch::jit::OptimizeFrozenGraph(graph);
    torch::jit::EliminateDeadCode(graph);
    *result = new Module(std::move(frozen));
  });
}

TB_API void tb_traced_release(void* traced) { delete static_cast<Module*>(traced); }

// The name of an operator in it that only this bridge knows, until it is released; null where all are libtorch's own.
TB_API const char* tb_traced_foreign(void* traced) { return foreign(static_cast<Module*>(traced)->get_method("forward").graph()->block()); }

TB_API int tb_traced_save(void* traced, const char* path) {
  return tb::guarded([&] { static_cast<Module*>(traced)->save(path); });
}

TB_API int tb_traced_run(void* traced, void* input, void** output) {
  return tb::guarded([&] {
    tb::enter_thread();
    Apart apart;
    *output = tb::release(static_cast<Module*>(traced)->forward({tb::borrow(input)}).toTensor());
  });
}

TB_API int tb_is_tracing() { return torch::jit::tracer::isTracing(); }
