// An operation that the caller computes, on the plan's buffers: what the plan has nothing of its own for.
#include "../status.h"
#include "step.h"

namespace tresnet::plan {

namespace {

class OpaqueStep : public Step {
 public:
  OpaqueStep(const Operation& operation, const std::vector<Place>& in, const std::vector<Place>& out)
      : Step(operation.name.empty() ? "operation" : operation.name, "opaque"),
        compute_(operation.compute),
        state_(operation.state),
        in_(buffers_of(in)),
        out_(buffers_of(out)),
        inputs_(in.size()),
        outputs_(out.size()) {}

  void bind(const Buffers& buffers) override {
    for (size_t i = 0; i < in_.size(); i++) inputs_[i] = buffers.address(in_[i]);
    for (size_t i = 0; i < out_.size(); i++) outputs_[i] = buffers.address(out_[i]);
  }

  void run() override {
    auto status = compute_(state_, inputs_.data(), outputs_.data());
    if (status != 0) throw Error(TRESNET_FAILED, text("the caller's operation \"", name, "\" failed with ", status));
  }

 private:
  static std::vector<int> buffers_of(const std::vector<Place>& places) {
    std::vector<int> buffers;
    for (const auto& place : places) buffers.push_back(place.buffer);
    return buffers;
  }

  tresnet_opaque compute_;
  void* state_;
  std::vector<int> in_, out_;
  std::vector<const void*> inputs_;
  std::vector<void*> outputs_;
};

}  // namespace

std::unique_ptr<Step> opaque_step(const Operation& operation, const std::vector<Place>& in, const std::vector<Place>& out) {
  return std::make_unique<OpaqueStep>(operation, in, out);
}

}  // namespace tresnet::plan
