// A step of stochastic gradient descent with momentum in one pass over parameter, gradient and velocity. The same of foreach operators makes
// five, which for a network of 25 million parameters costs a twentieth of a training step.
#include <ATen/Parallel.h>
#include <torch/library.h>

#include "internal.h"

namespace {

constexpr int64_t grain = 1 << 15;

struct Rule {
  float rate;
  float momentum;
  float taken;  // of a gradient, into the velocity
  float decay;
  float sign;
  bool nesterov;
};

inline __attribute__((always_inline)) void loop(
    float* parameter, const float* gradient, float* velocity, int64_t count, Rule rule, bool nesterov) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) {
    float change = rule.sign * gradient[i] + rule.decay * parameter[i];
    float moved = rule.momentum * velocity[i] + rule.taken * change;
    velocity[i] = moved;
    parameter[i] -= rule.rate * (nesterov ? change + rule.momentum * moved : moved);
  }
}

TB_FOR_EACH_ISA void plain_loop(float* parameter, const float* gradient, float* velocity, int64_t count, Rule rule) {
  loop(parameter, gradient, velocity, count, rule, false);
}

TB_FOR_EACH_ISA void nesterov_loop(float* parameter, const float* gradient, float* velocity, int64_t count, Rule rule) {
  loop(parameter, gradient, velocity, count, rule, true);
}

bool is_simple(const at::Tensor& tensor) {
  return tensor.layout() == at::kStrided && tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat;
}

// In the parameter's order of elements.
at::Tensor ordered(const at::Tensor& tensor, const at::Tensor& parameter) {
  return tensor.strides() == parameter.strides() ? tensor : at::empty_like(parameter).copy_(tensor);
}

void sgd_(
    at::TensorList parameters, at::TensorList gradients, at::TensorList velocities, double rate, double momentum, double dampening,
    double decay, bool nesterov, bool maximize) {
  TORCH_CHECK(
      parameters.size() == gradients.size() && parameters.size() == velocities.size(), "sgd_ takes a gradient and a velocity for each of ",
      parameters.size(), " parameters, not ", gradients.size(), " and ", velocities.size());
  at::NoGradGuard ungraded;
  Rule rule{
      static_cast<float>(rate),  static_cast<float>(momentum),  static_cast<float>(1 - dampening),
      static_cast<float>(decay), maximize ? -1.0f : 1.0f,       nesterov};
  for (size_t i = 0; i < parameters.size(); i++) {
    const auto &parameter = parameters[i], &gradient = gradients[i], &velocity = velocities[i];
    if (is_simple(parameter) && is_simple(gradient) && is_simple(velocity) && parameter.is_non_overlapping_and_dense() &&
        gradient.sizes() == parameter.sizes() && velocity.sizes() == parameter.sizes()) {
      // A velocity that was read from a file is in plain order: it takes the parameter's, so that a run that goes on rounds as one that never stopped.
      auto own = ordered(gradient, parameter);
      if (velocity.strides() != parameter.strides()) velocity.set_data(ordered(velocity, parameter));
      auto* p = parameter.data_ptr<float>();
      auto* g = own.data_ptr<float>();
      auto* v = velocity.data_ptr<float>();
      at::parallel_for(0, parameter.numel(), grain, [&](int64_t begin, int64_t end) {
        (nesterov ? nesterov_loop : plain_loop)(p + begin, g + begin, v + begin, end - begin, rule);
      });
      parameter.unsafeGetTensorImpl()->bump_version();
      velocity.unsafeGetTensorImpl()->bump_version();
      continue;
    }

    auto change = maximize ? gradient.neg() : gradient;
    if (decay != 0) change = change.add(parameter, decay);
    velocity.mul_(momentum).add_(change, 1 - dampening);
    parameter.add_(nesterov ? change.add(velocity, momentum) : velocity, -rate);
  }
}

TORCH_LIBRARY_FRAGMENT(tresnet, library) {
  library.def(
      "sgd_(Tensor(a!)[] parameters, Tensor[] gradients, Tensor(b!)[] velocities, float rate, float momentum, float dampening, "
      "float decay, bool nesterov, bool maximize) -> ()");
}
TORCH_LIBRARY_IMPL(tresnet, CompositeImplicitAutograd, library) { library.impl("sgd_", sgd_); }

}  // namespace
