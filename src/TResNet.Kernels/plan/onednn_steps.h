// oneDNN's primitives as steps. Weights are brought into the order that the primitive wants when it is made.
#pragma once

#include <map>
#include <tuple>

#include "step.h"

namespace tresnet::plan {

// How a convolution is computed. Winograd's algorithm is for 3x3: oneDNN's, in float32 and blocked order, where it has one, and ours (winograd_step.cpp).
enum class Algorithm { Direct, OneDnnWinograd, Winograd2x2, Winograd4x4 };

// Of one group, with stride 1 and no dilation: what Winograd's algorithm is for.
inline bool is_3x3(const Operation& operation) {
  return operation.kernel == Sizes{3, 3} && operation.stride == Sizes{1, 1} && operation.dilation == Sizes{1, 1} && operation.groups == 1;
}

// Weights as primitives want them, each once for all plans that are tried.
class Weights {
 public:
  Weights();
  ~Weights();
  struct Cache;
  Cache& cache() { return *cache_; }

  // For Winograd's algorithm: of the weights at an address and of these sizes, for tiles of this size in this type, while some step has them, since they are
  // up to four times as large.
  std::map<std::tuple<const float*, Sizes, int64_t, Type>, std::weak_ptr<Arena>> winograd;

 private:
  std::unique_ptr<Cache> cache_;
};

// Null where oneDNN has no such primitive, or, unless `slow` is allowed, none but its reference, which is hundreds of times slower than the others.
// `scratch` is the buffer that it may use, of `scratch_bytes`.
std::unique_ptr<Step> convolution_step(
    const Operation& operation, Algorithm algorithm, const Place& in, const Place& out, bool adds, const Activation& activation, int scratch,
    Weights& weights, size_t* scratch_bytes, bool slow);
// Whether ours (winograd_step.cpp) can compute it: with channels in blocks or as good as, and no more than a leaky ReLU after it; in bfloat16 with tiles of 2x2,
// on a processor that multiplies it.
bool can_winograd(const Operation& operation, int64_t tile, const Place& in, const Place& out);
// Null where it cannot.
std::unique_ptr<Step> winograd_step(
    const Operation& operation, int64_t tile, const Place& in, const Place& out, bool adds, int scratch, Weights& weights, size_t* scratch_bytes);
// Null where oneDNN has none.
std::unique_ptr<Step> linear_step(const Operation& operation, const Place& in, const Place& out, Weights& weights);
std::unique_ptr<Step> pool_step(const Operation& operation, const Place& in, const Place& out);
std::unique_ptr<Step> activation_step(const Activation& activation, const Place& in, const Place& out);
std::unique_ptr<Step> reorder_step(const Place& in, const Place& out);

}  // namespace tresnet::plan
