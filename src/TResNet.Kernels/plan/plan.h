// A network as a fixed list of steps for inputs of one size: every size, order of elements and address is known beforehand, so that running it
// allocates nothing.
#pragma once

#include <mutex>

#include "arena.h"
#include "onednn_steps.h"
#include "step.h"
#include "wanted.h"

namespace tresnet::plan {

// The input's, which is not the plan's own.
inline constexpr int input_buffer = 0;

// How feature maps lie, and in what type they are computed.
struct Mode {
  bool blocked = false;
  bool fills_blocks = false;  // of channels that are no multiple of 16, with zeros
  Type type = Type::Float32;
  bool any_type = false;      // float32 for convolutions where that is quicker than `type`
  int32_t winograd = 1;      // as tresnet_plan.h says
};


class Plan final : private Buffers {
 public:
  Plan(const Program& program, Mode mode, Layout input, const Wanted& wanted, Weights& weights);

  // One call at a time; a second waits.
  void run(const float* input, float* output, const Wanted& wanted);

  // What each step takes, once.
  std::vector<double> profile(const float* input);

  // Brings the weights together, in the order in which they are read; what was made for other plans can be let go then.
  void settle();

  const Steps& steps() const { return steps_; }
  Mode mode() const { return mode_; }
  size_t memory() const { return arena_.bytes(); }
  int convolutions() const { return convolutions_; }
  int in_bfloat16() const { return in_bfloat16_; }

  std::string description;

 private:
  friend class PlanBuilder;

  char* address(int buffer) const override;
  void enter(const float* input);
  void bind_all();

  struct Buffer {
    size_t bytes;
    int first, last;  // steps
    size_t offset;
  };

  void place_buffers();

  Mode mode_;
  Steps steps_;
  std::vector<int> reads_input_;  // steps to tell where the input is
  std::vector<Buffer> buffers_;
  Place input_, output_;
  Arena arena_, weights_;
  const float* input_address_ = nullptr;
  int convolutions_ = 0, in_bfloat16_ = 0;
  std::mutex mutex_;
};

// The plan that is quickest here, as the options of tresnet_plan.h say: it tries the orders of elements, the types and the algorithms.
std::unique_ptr<Plan> quickest_plan(const Program& program, const tresnet_plan_options& options, const Wanted& wanted);

}  // namespace tresnet::plan
