// Backward, gradients, and autograd functions whose forward and backward are C#.
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "internal.h"

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

static variable_list tensors_of(void* const* impls, int32_t count) {
  variable_list list;
  list.reserve(count);
  for (int32_t i = 0; i < count; i++) list.push_back(tb::borrow(impls[i]));
  return list;
}

static variable_list take(void** impls, int32_t count) {
  auto list = tensors_of(impls, count);
  for (int32_t i = 0; i < count; i++)
    tb_tensor_release(impls[i]);
  return list;
}

TB_API int tb_backward(void* const* tensors, void* const* grads, int32_t count, int retain_graph, int create_graph) {
  return tb::guarded([&] {
    tb::enter_thread();
    torch::autograd::backward(
        tensors_of(tensors, count), grads ? tensors_of(grads, count) : variable_list{}, retain_graph != 0, create_graph != 0);
  });
}

TB_API int tb_grad(
    void* const* outputs, void* const* grads, int32_t output_count, void* const* inputs, int32_t input_count, int retain_graph,
    int create_graph, int allow_unused, void** result) {
  return tb::guarded([&] {
    tb::enter_thread();
    auto values = torch::autograd::grad(
        tensors_of(outputs, output_count), tensors_of(inputs, input_count), grads ? tensors_of(grads, output_count) : variable_list{},
        retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (int32_t i = 0; i < input_count; i++) result[i] = tb::release(values[i]);
  });
}

// C# fills `outputs` with tensors it hands over, and returns 0; anything else means that it threw and kept the exception.
using forward_callback = int (*)(int64_t state, AutogradContext* context, void** outputs, int32_t capacity, int32_t* count);
using backward_callback =
    int (*)(int64_t state, AutogradContext* context, void* const* grads, int32_t grad_count, void** outputs, int32_t output_count);
using release_callback = void (*)(int64_t state);

namespace {

constexpr int32_t max_outputs = 16;

// Frees the C# side's state when the graph goes.
struct State : torch::CustomClassHolder {
  int64_t handle;
  backward_callback backward;
  release_callback released;
  int32_t input_count;
  State(int64_t handle, backward_callback backward, release_callback released, int32_t input_count)
      : handle(handle), backward(backward), released(released), input_count(input_count) {}
  ~State() override { released(handle); }
};

struct ManagedFunction : torch::autograd::Function<ManagedFunction> {
  static variable_list forward(
      AutogradContext* context, at::TensorList inputs, const c10::intrusive_ptr<State>& state, forward_callback callback) {
    context->saved_data["state"] = c10::IValue::make_capsule(state);
    void* outputs[max_outputs];
    int32_t count = 0;
    TORCH_CHECK(callback(state->handle, context, outputs, max_outputs, &count) == 0, "the forward of a C# autograd function failed");
    return take(outputs, count);
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto capsule = context->saved_data["state"].toCapsule();
    auto* state = static_cast<State*>(capsule.get());
    std::vector<void*> incoming;
    for (auto& grad : grads) incoming.push_back(tb::release(grad));
    std::vector<void*> outgoing(state->input_count, nullptr);
    auto status = state->backward(
        state->handle, context, incoming.data(), static_cast<int32_t>(incoming.size()), outgoing.data(), state->input_count);
    TORCH_CHECK(status == 0, "the backward of a C# autograd function failed");
    auto result = take(outgoing.data(), state->input_count);
    result.resize(state->input_count + 2);  // forward's two other arguments are no tensors and get no gradient
    return result;
  }
};

}  // namespace

TB_API int tb_function_apply(
    void* const* inputs, int32_t input_count, int64_t handle, forward_callback forward, backward_callback backward,
    release_callback released, void** outputs, int32_t capacity, int32_t* count) {
  return tb::guarded([&] {
    auto state = c10::make_intrusive<State>(handle, backward, released, input_count);
    auto variables = tensors_of(inputs, input_count);
    auto result = ManagedFunction::apply(at::TensorList(variables), state, forward);
    TORCH_CHECK(static_cast<int32_t>(result.size()) <= capacity, "a C# autograd function returned ", result.size(), " outputs");
    *count = static_cast<int32_t>(result.size());
    for (int32_t i = 0; i < *count; i++) outputs[i] = tb::release(result[i]);
  });
}

TB_API int tb_context_save(AutogradContext* context, void* const* tensors, int32_t count) {
  return tb::guarded([&] { context->save_for_backward(tensors_of(tensors, count)); });
}

TB_API int tb_context_saved(AutogradContext* context, void** tensors, int32_t capacity, int32_t* count) {
  return tb::guarded([&] {
    auto saved = context->get_saved_variables();
    TORCH_CHECK(static_cast<int32_t>(saved.size()) <= capacity, "too many saved tensors");
    *count = static_cast<int32_t>(saved.size());
    for (int32_t i = 0; i < *count; i++) tensors[i] = tb::release(saved[i]);
  });
}

TB_API int tb_context_mark(AutogradContext* context, void* const* tensors, int32_t count, int dirty) {
  return tb::guarded([&] {
    auto list = tensors_of(tensors, count);
    dirty ? context->mark_dirty(list) : context->mark_non_differentiable(list);
  });
}

TB_API void tb_context_materialize_grads(AutogradContext* context, int value) { context->set_materialize_grads(value != 0); }
