// TorchScript compiled from source text: torch.jit.compile / CompilationUnit.
#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/jit.h>

#include "internal.h"

using Unit = std::shared_ptr<torch::jit::CompilationUnit>;

TB_API int tb_jit_compile(const char* source, void** result) {
  return tb::guarded([&] { *result = new Unit(torch::jit::compile(source)); });
}

TB_API void tb_jit_release(void* unit) { delete static_cast<Unit*>(unit); }

TB_API int tb_jit_invoke(
    void* unit, const char* name, const tb_value* inputs, int32_t input_count, tb_value* out, int32_t capacity, int32_t* count) {
  return tb::guarded([&] {
    tb::enter_thread();
    auto* function = (*static_cast<Unit*>(unit))->find_function(name);
    TORCH_CHECK(function != nullptr, "the script defines no function '", name, "'");
    const auto& arguments = function->getSchema().arguments();
    torch::jit::Stack stack;
    for (int32_t i = 0; i < input_count; i++) {
      auto slot = static_cast<size_t>(i) < arguments.size() ? tb::slot_of(arguments[i].type()) : tb::Slot{tb::Kind::Any, 0};
      stack.push_back(tb::to_ivalue(inputs[i], slot));
    }
    torch::jit::Stack results{(*function)(std::move(stack))};
    *count = tb::from_stack(results, inputs, input_count, out, capacity);
  });
}
