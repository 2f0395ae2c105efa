// The end of a residual block, max(a + b, 0) (He et al., arXiv 1512.03385, figure 5): one pass over the maps, where an addition and an activation make
// two.
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "internal.h"

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

constexpr int64_t grain = 1 << 15;

// What is no number stays so.
TB_FOR_EACH_ISA void add_relu_loop(float* into, const float* a, const float* b, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) {
    float sum = a[i] + b[i];
    into[i] = sum < 0 ? 0 : sum;
  }
}

bool alike(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == at::kFloat && b.scalar_type() == at::kFloat && a.sizes() == b.sizes() && a.strides() == b.strides() &&
         a.is_non_overlapping_and_dense();
}

void add_relu_into(const at::Tensor& into, const at::Tensor& a, const at::Tensor& b) {
  auto* to = into.data_ptr<float>();
  auto* first = a.data_ptr<float>();
  auto* second = b.data_ptr<float>();
  at::parallel_for(0, a.numel(), grain, [&](int64_t begin, int64_t end) {
    add_relu_loop(to + begin, first + begin, second + begin, end - begin);
  });
}

at::Tensor& add_relu_(at::Tensor& a, const at::Tensor& b) {
  at::AutoDispatchBelowADInplaceOrView below;
  if (!alike(a, b)) return a.add_(b).relu_();
  add_relu_into(a, a, b);
  if (!a.is_inference()) a.unsafeGetTensorImpl()->bump_version();
  return a;
}

struct AddReluInPlace : torch::autograd::Function<AddReluInPlace> {
  static at::Tensor forward(AutogradContext* context, at::Tensor a, const at::Tensor& b) {
    at::AutoDispatchBelowADInplaceOrView below;
    if (alike(a, b)) {
      add_relu_into(a, a, b);
    } else {
      a.add_(b).relu_();
    }
    context->mark_dirty({a});
    context->save_for_backward({a});
    return a;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto gradient = at::threshold_backward(grads[0], context->get_saved_variables()[0], 0);
    return {gradient, gradient};
  }
};

at::Tensor& add_relu_recorded_(at::Tensor& a, const at::Tensor& b) {
  if (!at::GradMode::is_enabled() || !(a.requires_grad() || b.requires_grad())) return add_relu_(a, b);
  TORCH_CHECK(!(a.requires_grad() && a.is_leaf()), "add_relu_ cannot take the place of a leaf that requires a gradient");
  TORCH_CHECK(a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type(), "add_relu_ takes two tensors of one shape and type");
  AddReluInPlace::apply(a, b);
  return a;
}

TORCH_LIBRARY_FRAGMENT(tresnet, library) { library.def("add_relu_(Tensor(a!) a, Tensor b) -> Tensor(a!)"); }
TORCH_LIBRARY_IMPL(tresnet, CPU, library) { library.impl("add_relu_", add_relu_); }
TORCH_LIBRARY_IMPL(tresnet, AutogradCPU, library) { library.impl("add_relu_", add_relu_recorded_); }

}  // namespace

namespace tb {

at::Tensor add_relu(const at::Tensor& a, const at::Tensor& b) {
  if (!alike(a, b)) return at::add(a, b).relu_();
  auto result = at::empty_like(a);
  add_relu_into(result, a, b);
  return result;
}

}  // namespace tb
