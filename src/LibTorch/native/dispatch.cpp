// Any ATen operator by its schema name, called boxed through the dispatcher.
#include <ATen/core/dispatch/Dispatcher.h>

#include "internal.h"

namespace {

struct Operator {
  c10::OperatorHandle handle;
  std::vector<tb::Slot> slots;
  bool reads = false;  // the values of a tensor, for C#
};

bool reads(const std::string& name) {
  for (const auto* reader : {"aten::item", "aten::_local_scalar_dense", "aten::equal", "aten::allclose", "aten::is_nonzero"})
    if (name == reader) return true;
  return false;
}

}  // namespace

// The operator lives as long as the process: C# keeps it in a static field.
TB_API int tb_operator_find(const char* name, const char* overload, void** result) {
  return tb::guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "this libtorch has no operator ", name, overload[0] ? "." : "", overload);
    auto* op = new Operator{*handle, {}, reads(name)};
    for (const auto& argument : handle->schema().arguments()) {
      auto slot = tb::slot_of(argument.type());
      slot.fixed_size = argument.N().value_or(0);
      op->slots.push_back(slot);
    }
    *result = op;
  });
}

// With `again`, the result is cheap: autograd keeps the arguments for it.
static int call(
    void* op_pointer, const tb_value* inputs, int32_t input_count, tb_value* out, int32_t capacity, int32_t* count, bool again) {
  return tb::guarded([&] {
    tb::enter_thread();
    const auto& op = *static_cast<const Operator*>(op_pointer);
    const auto& arguments = op.handle.schema().arguments();
    TORCH_CHECK(static_cast<size_t>(input_count) <= arguments.size(), "it takes ", arguments.size(), " arguments, and got ", input_count);
    torch::jit::Stack stack;
    stack.reserve(arguments.size());
    for (size_t i = 0; i < arguments.size(); i++) {
      if (static_cast<int32_t>(i) < input_count && inputs[i].tag != TB_DEFAULT) {
        stack.push_back(tb::to_ivalue(inputs[i], op.slots[i]));
      } else {
        const auto& value = arguments[i].default_value();
        TORCH_CHECK(value.has_value(), "its argument '", arguments[i].name(), "' has no default");
        stack.push_back(*value);
      }
    }
    if (op.reads) {
      for (const auto& argument : stack)
        if (argument.isTensor()) tb::refuse_to_read(argument.toTensor());
    }
    if (again) {
      auto arguments = stack;
      op.handle.callBoxed(&stack);
      tb::remember_call(stack[0].toTensor(), op.handle, std::move(arguments));
    } else {
      op.handle.callBoxed(&stack);
    }
    *count = capacity == 0 ? 0 : tb::from_stack(stack, inputs, input_count, out, capacity);
  });
}

TB_API int tb_operator_call(
    void* op, const tb_value* inputs, int32_t input_count, tb_value* out, int32_t capacity, int32_t* count) {
  return call(op, inputs, input_count, out, capacity, count, false);
}

TB_API int tb_operator_call_again(
    void* op, const tb_value* inputs, int32_t input_count, tb_value* out, int32_t capacity, int32_t* count) {
  return call(op, inputs, input_count, out, capacity, count, true);
}
