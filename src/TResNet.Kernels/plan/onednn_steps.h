// oneDNN's primitives as steps. Weights are brought into the order that the primitive wants when it is made.
#pragma once

#include "step.h"

namespace tresnet::plan {

// How a convolution is computed; Winograd's is for 3x3 in float32 and blocked order.
enum class Algorithm { Direct, Winograd };

// Weights as primitives want them, each once for all plans that are tried.
class Weights {
 public:
  Weights();
  ~Weights();
  struct Cache;
  Cache& cache() { return *cache_; }

 private:
  std::unique_ptr<Cache> cache_;
};

// Null where oneDNN has no such primitive, or, unless `slow` is allowed, none but its reference, which is hundreds of times slower than the others.
// `scratch` is the buffer that it may use, of `scratch_bytes`.
std::unique_ptr<Step> convolution_step(
    const Operation& operation, Algorithm algorithm, const Place& in, const Place& out, bool adds, const Activation& activation, int scratch,
    Weights& weights, size_t* scratch_bytes, bool slow);
// Null where oneDNN has none.
std::unique_ptr<Step> linear_step(const Operation& operation, const Place& in, const Place& out, Weights& weights);
std::unique_ptr<Step> pool_step(const Operation& operation, const Place& in, const Place& out);
std::unique_ptr<Step> activation_step(const Activation& activation, const Place& in, const Place& out);
std::unique_ptr<Step> reorder_step(const Place& in, const Place& out);

}  // namespace tresnet::plan
