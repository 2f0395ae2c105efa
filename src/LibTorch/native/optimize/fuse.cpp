// Operations that one pass over memory can do become one: the activation and the residual sum of a convolution, the gate of an attention with the
// sum and the activation behind it, the borders of a blur, the three steps of space-to-depth.
#include "program.h"

namespace tb {
namespace optimize {

namespace {

bool is_named(const Operation& operation, const char* name) {
  return operation.kind == Kind::Torch && operation.node->kind() == c10::Symbol::fromQualString(std::string("aten::") + name);
}

class Fusion {
 public:
  explicit Fusion(Program& program) : program_(program), operations_(program.operations) {}

  void run() {
    count();
    for (size_t i = 0; i < operations_.size(); i++) {
      space_to_depth(i);
      blur(i);
    }
    for (size_t i = 0; i < operations_.size(); i++) {
      if (dead_[i] || operations_[i].kind != Kind::Pointwise) continue;
      if (operations_[i].addend != none) sum(i);
      if (!operations_[i].activation.is_identity()) activation(i);
    }
    std::vector<Operation> kept;
    for (size_t i = 0; i < operations_.size(); i++)
      if (!dead_[i]) kept.push_back(std::move(operations_[i]));
    operations_ = std::move(kept);
  }

 private:
  void count() {
    uses_.assign(program_.values.size(), 0);
    last_.assign(program_.values.size(), 0);
    producer_.assign(program_.values.size(), none);
    dead_.assign(operations_.size(), false);
    uses_[program_.output]++;
    last_[program_.output] = operations_.size();
    for (size_t i = 0; i < operations_.size(); i++) {
      for (int value : operations_[i].reads()) {
        uses_[value]++;
        last_[value] = std::max(last_[value], i);
      }
      for (int value : operations_[i].outputs) producer_[value] = static_cast<int>(i);
      if (operations_[i].output != none) producer_[operations_[i].output] = static_cast<int>(i);
    }
  }

  // What makes a value that nothing else reads.
  Operation* only_for(int value, int* index = nullptr) {
    if (value == none || uses_[value] != 1 || producer_[value] == none) return nullptr;
    if (index != nullptr) *index = producer_[value];
    return &operations_[producer_[value]];
  }

  // x, then f(x) of a result that nothing else reads: f becomes part of what made x.
  void activation(size_t i) {
    auto& f = operations_[i];
    if (f.addend != none || f.gate != none || f.scale.defined()) return;
    int index;
    auto* maker = only_for(f.input, &index);
    if (maker == nullptr || !maker->activation.is_identity()) return;
    if (maker->kind != Kind::Convolution && maker->kind != Kind::Linear && maker->kind != Kind::Pointwise) return;
    maker->activation = f.activation;
    maker->output = f.output;
    producer_[f.output] = index;
    dead_[i] = true;
  }

  // a + b: what made one of them adds the other. It moves to the place of the sum, where both are known.
  void sum(size_t i) {
    for (auto wanted : {Kind::Pointwise, Kind::Convolution}) {
      int best = none;
      for (bool second : {false, true}) {
        auto& add = operations_[i];
        if (add.gate != none || add.scale.defined()) return;
        int index;
        auto* maker = only_for(second ? add.addend : add.input, &index);
        if (maker == nullptr || maker->kind != wanted || !maker->activation.is_identity() || maker->addend != none) continue;
        // A convolution adds in the place of the other: nothing may read that later.
        int other = second ? add.input : add.addend;
        if (wanted == Kind::Convolution && (last_[other] > i || other == program_.input || add.input == add.addend)) continue;
        if (best == none || index > best) best = index;
      }
      if (best != none) {
        join(best, i);
        return;
      }
    }
  }

  void join(int index, size_t i) {
    auto add = operations_[i];
    auto joined = operations_[index];
    joined.addend = add.input == joined.output ? add.addend : add.input;
    joined.activation = add.activation;
    joined.output = add.output;
    for (int value : joined.reads()) last_[value] = std::max(last_[value], i);
    operations_[i] = std::move(joined);
    dead_[index] = true;
  }

  // reflection_pad2d and the depthwise convolution with [1 2 1] x [1 2 1] / 16.
  void blur(size_t i) {
    auto& filter = operations_[i];
    if (dead_[i] || filter.kind != Kind::Convolution || filter.groups == 1) return;
    int index;
    auto* pad = only_for(filter.input, &index);
    if (pad == nullptr || !is_reflection_of_one(*pad) || !is_binomial(filter)) return;
    const auto& before = program_.values[pad->arguments[0].value].sizes;
    filter.kind = Kind::Blur;
    filter.input = pad->arguments[0].value;
    filter.weight = at::Tensor();
    TORCH_INTERNAL_ASSERT(before.size() == 4);
    last_[filter.input] = std::max(last_[filter.input], i);
    dead_[index] = true;
  }

  static bool is_reflection_of_one(const Operation& operation) {
    if (!is_named(operation, "reflection_pad2d") && !is_named(operation, "pad")) return false;
    const auto& arguments = operation.arguments;
    if (arguments.size() > 2 && !(arguments[2].known.isString() && arguments[2].known.toStringRef() == "reflect")) return false;
    return arguments[1].known.isIntList() && arguments[1].known.toIntVector() == std::vector<int64_t>{1, 1, 1, 1};
  }

  static bool is_binomial(const Operation& operation) {
    const auto& weight = operation.weight;
    if (weight.size(1) != 1 || weight.size(0) != operation.groups || weight.size(2) != 3 || weight.size(3) != 3) return false;
    if (operation.bias.defined() || operation.stride[0] != operation.stride[1]) return false;
    if (operation.padding != std::vector<int64_t>{0, 0} || operation.dilation != std::vector<int64_t>{1, 1}) return false;
    auto row = at::tensor({1.0f, 2.0f, 1.0f}, weight.options());
    auto wanted = (row.view({3, 1}) * row.view({1, 3}) / 16).expand_as(weight);
    return at::equal(weight, wanted);
  }

  // reshape to [N, C, H, p, W, p], permute, reshape to [N, p p C, H, W].
  void space_to_depth(size_t i) {
    auto& last = operations_[i];
    if (dead_[i] || !(is_named(last, "reshape") || is_named(last, "view")) || last.outputs.size() != 1) return;
    int second;
    auto* order = only_for(last.arguments[0].value, &second);
    if (order == nullptr || !is_named(*order, "permute")) return;
    auto dimensions = order->arguments[1].known;
    if (!dimensions.isIntList() || dimensions.toIntVector() != std::vector<int64_t>{0, 3, 5, 1, 2, 4}) return;
    int first;
    auto* split = only_for(order->arguments[0].value, &first);
    if (split == nullptr || !(is_named(*split, "reshape") || is_named(*split, "view"))) return;
    int input = split->arguments[0].value;
    const auto& from = program_.values[input].sizes;
    const auto& patches = program_.values[split->outputs[0]].sizes;
    const auto& to = program_.values[last.outputs[0]].sizes;
    if (from.size() != 4 || patches.size() != 6 || to.size() != 4) return;
    int64_t patch = patches[3];
    if (patches != std::vector<int64_t>{from[0], from[1], from[2] / patch, patch, from[3] / patch, patch}) return;
    if (to != std::vector<int64_t>{from[0], from[1] * patch * patch, from[2] / patch, from[3] / patch}) return;
    Operation joined;
    joined.kind = Kind::SpaceToDepth;
    joined.input = input;
    joined.output = last.outputs[0];
    joined.patch = patch;
    operations_[i] = std::move(joined);
    last_[input] = std::max(last_[input], i);
    dead_[first] = dead_[second] = true;
  }

  Program& program_;
  std::vector<Operation>& operations_;
  std::vector<int> uses_, producer_;
  std::vector<size_t> last_;
  std::vector<bool> dead_;
};

}  // namespace

void fuse(Program& program) { Fusion(program).run(); }

}  // namespace optimize
}  // namespace tb
