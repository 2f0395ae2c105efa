// A network as a fixed list of steps for inputs of one size: every size, order of elements and address is known beforehand, so that running it
// allocates nothing but its result.
#pragma once

#include <mutex>

#include "onednn.h"
#include "step.h"

namespace tb {
namespace optimize {

// How feature maps lie, and in what type they are computed.
struct Mode {
  bool blocked = false;
  bool bfloat16 = false;
};

struct StepTime {
  std::string name, by;
  double milliseconds;
};

class Plan final : private Buffers {
 public:
  // The plan that is quickest here for inputs like `example`: it tries the orders of elements and the algorithms.
  static std::unique_ptr<Plan> quickest(const Program& program, bool bfloat16, const at::Tensor& example, Weights& weights);

  Plan(const Program& program, Mode mode, Layout input, Weights& weights);
  ~Plan() override;

  // One call at a time; a second waits.
  at::Tensor run(const at::Tensor& input);

  // What each step takes, once.
  std::vector<StepTime> profile(const at::Tensor& input);

  Mode mode() const { return mode_; }
  size_t memory() const { return arena_bytes_; }

 private:
  friend class PlanBuilder;

  char* address(int buffer) const override;
  // The input in the type and the order that the plan reads.
  at::Tensor readable(const at::Tensor& input) const;
  void enter(const at::Tensor& input);

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
  char* arena_ = nullptr;
  size_t arena_bytes_ = 0;
  const void* input_address_ = nullptr;
  std::mutex mutex_;
};

}  // namespace optimize
}  // namespace tb
