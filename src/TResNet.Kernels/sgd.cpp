// A step of stochastic gradient descent with momentum in one pass over parameter, gradient and velocity. The same of foreach operators makes
// five, which for a network of 25 million parameters costs a twentieth of a training step.
#include "parallel.h"
#include "processor.h"
#include "status.h"

namespace tresnet {

namespace {

constexpr int64_t grain = 1 << 15;

template <class T>
struct Rule {
  T rate;
  T momentum;
  T taken;  // of a gradient, into the velocity
  T decay;
  T sign;

  explicit Rule(const tresnet_sgd_options& options)
      : rate(static_cast<T>(options.rate)), momentum(static_cast<T>(options.momentum)), taken(static_cast<T>(1 - options.dampening)),
        decay(static_cast<T>(options.decay)), sign(options.maximize ? -1 : 1) {}
};

template <class T>
inline __attribute__((always_inline)) void step(
    T* parameter, const T* gradient, T* velocity, int64_t count, const Rule<T>& rule, bool nesterov) {
#pragma omp simd
  for (int64_t i = 0; i < count; i++) {
    T change = rule.sign * gradient[i] + rule.decay * parameter[i];
    T moved = rule.momentum * velocity[i] + rule.taken * change;
    velocity[i] = moved;
    parameter[i] -= rule.rate * (nesterov ? change + rule.momentum * moved : moved);
  }
}

// The compiler makes no variants of a template.
#define TRESNET_LOOPS(T)                                                                                                                \
  TRESNET_FOR_EACH_ISA void plain_loop(T* parameter, const T* gradient, T* velocity, int64_t count, Rule<T> rule) {                   \
    step(parameter, gradient, velocity, count, rule, false);                                                                          \
  }                                                                                                                                     \
  TRESNET_FOR_EACH_ISA void nesterov_loop(T* parameter, const T* gradient, T* velocity, int64_t count, Rule<T> rule) {                \
    step(parameter, gradient, velocity, count, rule, true);                                                                           \
  }
TRESNET_LOOPS(float)
TRESNET_LOOPS(double)
#undef TRESNET_LOOPS

struct Tensors {
  int64_t count;
  void* const* parameters;
  const void* const* gradients;
  void* const* velocities;
  const int64_t* sizes;
};

template <class T>
void step_all(const Tensors& tensors, const tresnet_sgd_options& options) {
  using Loop = void (*)(T*, const T*, T*, int64_t, Rule<T>);
  Rule<T> rule(options);
  Loop loop = options.nesterov ? static_cast<Loop>(nesterov_loop) : static_cast<Loop>(plain_loop);
  for (int64_t i = 0; i < tensors.count; i++) {
    auto* parameter = static_cast<T*>(tensors.parameters[i]);
    auto* gradient = static_cast<const T*>(tensors.gradients[i]);
    auto* velocity = static_cast<T*>(tensors.velocities[i]);
    parallel_for(0, tensors.sizes[i], grain, [&](int64_t begin, int64_t end) {
      loop(parameter + begin, gradient + begin, velocity + begin, end - begin, rule);
    });
  }
}

// Before the first of them changes.
void check(const Tensors& tensors) {
  require(
      tensors.count >= 0 &&
          (tensors.count == 0 || (tensors.parameters != nullptr && tensors.gradients != nullptr && tensors.velocities != nullptr && tensors.sizes != nullptr)),
      "sgd takes a gradient, a velocity and a size for each parameter");
  for (int64_t i = 0; i < tensors.count; i++)
    require(
        tensors.sizes[i] == 0 ||
            (tensors.sizes[i] > 0 && tensors.parameters[i] != nullptr && tensors.gradients[i] != nullptr && tensors.velocities[i] != nullptr),
        "sgd misses the parameter, the gradient or the velocity at ", i);
}

}  // namespace
}  // namespace tresnet

TRESNET_API tresnet_status tresnet_sgd(
    tresnet_type type, int64_t tensors, void* const* parameters, const void* const* gradients, void* const* velocities, const int64_t* counts,
    const tresnet_sgd_options* options) {
  return tresnet::guarded([&] {
    tresnet::Tensors all{tensors, parameters, gradients, velocities, counts};
    tresnet::check(all);
    tresnet::require(options != nullptr, "sgd has no options");
    tresnet::require(type == TRESNET_FLOAT32 || type == TRESNET_FLOAT64, "sgd takes float32 and float64, not type ", type);
    type == TRESNET_FLOAT32 ? tresnet::step_all<float>(all, *options) : tresnet::step_all<double>(all, *options);
  });
}
