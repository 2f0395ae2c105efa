// An operator of ATen as a step: what the plan has nothing of its own for. Its arguments are views of the plan's buffers.
#include "step.h"

namespace tb {
namespace optimize {

namespace {

class TorchStep : public Step {
 public:
  TorchStep(const Operation& operation, std::vector<Place> places, std::vector<Place> outputs)
      : Step(operation.node->kind().toUnqualString(), "aten"),
        arguments_(operation.arguments),
        call_(operation.node->getOperation()),
        values_(operation.reads()),
        places_(std::move(places)),
        outputs_(std::move(outputs)) {}

  void bind(const Buffers& buffers) override {
    tensors_.clear();
    for (const auto& place : places_) tensors_.push_back(view(place, buffers));
    results_.clear();
    for (const auto& place : outputs_) results_.push_back(view(place, buffers));
  }

  void run() override {
    torch::jit::Stack stack;
    for (const auto& argument : arguments_) stack.push_back(value_of(argument));
    call_(stack);
    if (stack[0].isTensorList()) {
      auto list = stack[0].toTensorVector();
      for (size_t i = 0; i < results_.size(); i++) results_[i].copy_(list[i]);
    } else {
      for (size_t i = 0; i < results_.size(); i++) results_[i].copy_(stack[i].toTensor());
    }
  }

 private:
  static at::Tensor view(const Place& place, const Buffers& buffers) {
    auto* data = buffers.address(place.buffer);
    at::TensorOptions options(place.type);
    if (place.layout == Layout::Plain) return at::from_blob(data, place.sizes, options);
    const auto& s = place.sizes;
    return at::from_blob(data, s, {s[1] * s[2] * s[3], 1, s[3] * s[1], s[1]}, options);
  }

  c10::IValue value_of(const Argument& argument) const {
    if (argument.value != none) return tensors_[std::find(values_.begin(), values_.end(), argument.value) - values_.begin()];
    if (argument.list.empty()) return argument.known;
    std::vector<at::Tensor> list;
    for (const auto& item : argument.list) list.push_back(value_of(item).toTensor());
    return list;
  }

  std::vector<Argument> arguments_;
  torch::jit::Operation call_;
  std::vector<int> values_;
  std::vector<Place> places_, outputs_;
  std::vector<at::Tensor> tensors_, results_;
};

}  // namespace

std::unique_ptr<Step> torch_step(const Operation& operation, const std::vector<Place>& places, const std::vector<Place>& outputs) {
  return std::make_unique<TorchStep>(operation, places, outputs);
}

}  // namespace optimize
}  // namespace tb
