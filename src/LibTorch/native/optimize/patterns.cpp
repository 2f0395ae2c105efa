// Operators that are one operation together: the borders of a blur, the three steps of space-to-depth, EvoNorm (Liu et al., arXiv 2004.02967), and the
// mixing of paths (Li et al., arXiv 1903.06586; Zhang et al., arXiv 2004.08955).
#include "rewriting.h"

namespace tb {
namespace optimize {

namespace {

class Patterns : private Rewriting {
 public:
  explicit Patterns(Program& program) : Rewriting(program) {}

  void run() {
    for (size_t i = 0; i < operations_.size(); i++) {
      space_to_depth(i);
      blur(i);
      evo_norm(i);
      mix(i);
    }
    remove_dead();
  }

 private:
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

  Operation* torch_for(int value, std::initializer_list<const char*> names, int* index) {
    auto* maker = only_for(value, index);
    if (maker == nullptr) return nullptr;
    for (const auto* name : names)
      if (is_named(*maker, name)) return maker;
    return nullptr;
  }

  static int value_of(const Operation& operation, size_t argument) {
    return argument < operation.arguments.size() ? operation.arguments[argument].value : none;
  }

  static bool is_known(const Operation& operation, size_t argument, const std::vector<int64_t>& wanted) {
    if (argument >= operation.arguments.size()) return false;
    const auto& known = operation.arguments[argument].known;
    return known.isIntList() && known.toIntVector() == wanted;
  }

  static bool is_known(const Operation& operation, size_t argument, bool wanted) {
    if (argument >= operation.arguments.size()) return false;
    const auto& known = operation.arguments[argument].known;
    return known.isBool() && known.toBool() == wanted;
  }

  // x v with a v for each channel.
  Operation* scaled(int value, int x, int* index) {
    auto* maker = only_for(value, index);
    bool is = maker != nullptr && maker->kind == Kind::Pointwise && maker->input == x && maker->scale.defined() && !maker->shift.defined() &&
              maker->gate == none && maker->addend == none && maker->activation.is_identity();
    return is ? maker : nullptr;
  }

  // The biased variance of `value` over `dimensions`, which are kept; what it is of.
  int variance(int value, const std::vector<int64_t>& dimensions, std::vector<int>& parts) {
    int index;
    auto* var = torch_for(value, {"var"}, &index);
    if (var == nullptr || !is_known(*var, 1, dimensions) || !is_known(*var, 2, false) || !is_known(*var, 3, true)) return none;
    parts.push_back(index);
    return value_of(*var, 0);
  }

  // The root of a variance and an epsilon.
  int root(int value, double* epsilon, std::vector<int>& parts) {
    int index;
    auto* sqrt = torch_for(value, {"sqrt"}, &index);
    if (sqrt == nullptr) return none;
    parts.push_back(index);
    auto* add = only_for(value_of(*sqrt, 0), &index);
    if (add == nullptr) return none;
    parts.push_back(index);
    if (is_named(*add, "add") && add->arguments[1].known.isScalar()) {
      *epsilon = add->arguments[1].known.toScalar().toDouble();
      return value_of(*add, 0);
    }
    if (add->kind != Kind::Pointwise || !add->shift.defined() || add->scale.defined() || add->gate != none || add->addend != none ||
        !add->activation.is_identity())
      return none;
    *epsilon = add->shift[0].item<double>();
    return add->input;
  }

  // A division: of x sigmoid(v x) by the deviation of groups, or of x by the larger of the batch's deviation and v x + the image's.
  void evo_norm(size_t i) {
    if (dead_[i] || !is_named(operations_[i], "div") || operations_[i].outputs.size() != 1) return;
    EvoNorm evo;
    std::vector<int> parts;
    int x = evo_s0(operations_[i], evo, parts);
    if (x == none) {
      parts.clear();
      x = evo_b0(operations_[i], evo, parts);
    }
    if (x == none || program_.values[x].sizes.size() != 4) return;
    auto channels = program_.values[x].sizes[1];
    evo.weight = at::ones({channels});
    evo.bias = at::zeros({channels});
    Operation joined;
    joined.kind = Kind::EvoNorm;
    joined.input = x;
    joined.output = operations_[i].outputs[0];
    joined.evo = evo;
    operations_[i] = std::move(joined);
    for (int part : parts) dead_[part] = true;
  }

  int evo_s0(const Operation& division, EvoNorm& evo, std::vector<int>& parts) {
    int index;
    auto* swish = torch_for(value_of(division, 0), {"mul"}, &index);
    if (swish == nullptr) return none;
    parts.push_back(index);
    int x = value_of(*swish, 0);
    auto* sigmoid = only_for(value_of(*swish, 1), &index);
    if (x == none || sigmoid == nullptr || sigmoid->kind != Kind::Pointwise || sigmoid->activation.kind != Activation::Kind::Sigmoid ||
        sigmoid->scale.defined() || sigmoid->shift.defined() || sigmoid->gate != none || sigmoid->addend != none)
      return none;
    parts.push_back(index);
    auto* by = scaled(sigmoid->input, x, &index);
    if (by == nullptr) return none;
    parts.push_back(index);
    evo.v = by->scale;

    auto* whole = torch_for(value_of(division, 1), {"reshape", "view"}, &index);
    if (whole == nullptr) return none;
    parts.push_back(index);
    auto* expanded = torch_for(value_of(*whole, 0), {"expand"}, &index);
    if (expanded == nullptr) return none;
    parts.push_back(index);
    int var = root(value_of(*expanded, 0), &evo.epsilon, parts);
    int grouped = var == none ? none : variance(var, {2, 3, 4}, parts);
    auto* split = torch_for(grouped, {"reshape", "view"}, &index);
    if (split == nullptr || value_of(*split, 0) != x) return none;
    parts.push_back(index);
    const auto& sizes = program_.values[x].sizes;
    const auto& groups = program_.values[grouped].sizes;
    if (sizes.size() != 4 || groups != std::vector<int64_t>{sizes[0], groups[1], sizes[1] / groups[1], sizes[2], sizes[3]}) return none;
    evo.groups = groups[1];
    return x;
  }

  int evo_b0(const Operation& division, EvoNorm& evo, std::vector<int>& parts) {
    int index, x = value_of(division, 0);
    if (x == none) return none;
    const auto& sizes = program_.values[x].sizes;
    auto* larger = torch_for(value_of(division, 1), {"maximum"}, &index);
    if (larger == nullptr || sizes.size() != 4) return none;
    parts.push_back(index);
    int known = value_of(*larger, 0) == none ? 0 : 1;
    const auto& batch = larger->arguments[known].known;
    if (!batch.isTensor() || batch.toTensor().sizes() != at::IntArrayRef({1, sizes[1], 1, 1})) return none;
    evo.batch = batch.toTensor().flatten();
    auto* sum = torch_for(value_of(*larger, 1 - known), {"add"}, &index);
    if (sum == nullptr || sum->arguments[2].known.toScalar().toDouble() != 1) return none;
    parts.push_back(index);
    auto* by = scaled(value_of(*sum, 0), x, &index);
    if (by == nullptr) return none;
    parts.push_back(index);
    evo.v = by->scale;
    int var = root(value_of(*sum, 1), &evo.epsilon, parts);
    if (var == none || variance(var, {2, 3}, parts) != x) return none;
    evo.groups = sizes[1];
    return x;
  }

  // Paths put beside one another, [N, paths, C, H, W], by a stack or as the view of one map: the mean of their sum, and their sum by shares.
  void mix(size_t i) {
    auto is_sum = [&](const Operation& operation) {
      return is_named(operation, "sum") && operation.outputs.size() == 1 && is_known(operation, 1, std::vector<int64_t>{1}) && is_known(operation, 2, false);
    };
    if (dead_[i] || !is_sum(operations_[i])) return;
    int product;
    auto* shared = torch_for(value_of(operations_[i], 0), {"mul"}, &product);
    if (shared == nullptr) return;
    int paths = value_of(*shared, 0), shares = value_of(*shared, 1);
    if (paths == none || shares == none || uses_[paths] != 2 || producer_[paths] == none) return;
    const auto sizes = program_.values[paths].sizes;
    if (sizes.size() != 5 || program_.values[shares].sizes != std::vector<int64_t>{sizes[0], sizes[1], sizes[2], 1, 1}) return;

    int seen = none, mean = none;
    for (size_t j = 0; j < i; j++)
      if (!dead_[j] && is_sum(operations_[j]) && value_of(operations_[j], 0) == paths) seen = static_cast<int>(j);
    if (seen == none) return;
    int total = operations_[seen].outputs[0];
    for (size_t j = seen; j < i; j++)
      if (operations_[j].kind == Kind::GlobalMean && operations_[j].input == total) mean = static_cast<int>(j);
    if (mean == none || uses_[total] != 1) return;

    int first = producer_[paths];
    auto& source = operations_[first];
    std::vector<Part> parts;
    if (is_named(source, "stack") && source.arguments[1].known.isInt() && source.arguments[1].known.toInt() == 1) {
      for (const auto& item : source.arguments[0].list) parts.push_back({item.value, 0, sizes[2]});
      // Two means take the places of the stack and of the sum.
      if (parts.size() != 2 || parts[0].value == none || parts[1].value == none) return;
    } else if (is_named(source, "reshape") || is_named(source, "view")) {
      int map = value_of(source, 0);
      const std::vector<int64_t> together{sizes[0], sizes[1] * sizes[2], sizes[3], sizes[4]};
      if (map == none || program_.values[map].sizes != together || sizes[1] % 2 != 0) return;
      for (int64_t part = 0; part < sizes[1]; part++) parts.push_back({map, part * sizes[2], sizes[2]});
    } else {
      return;
    }

    bool apart = parts[0].value != parts[1].value;
    auto means = parts;
    for (int slot = 0; slot < (apart ? 2 : 1); slot++) {
      Operation operation;
      operation.kind = Kind::GlobalMean;
      operation.input = parts[slot].value;
      operation.output = static_cast<int>(program_.values.size());
      program_.values.push_back({{sizes[0], apart ? sizes[2] : sizes[1] * sizes[2], 1, 1}});
      for (size_t part = 0; part < means.size(); part++)
        if (!apart || static_cast<int>(part) == slot) means[part].value = operation.output;
      operations_[slot == 0 ? first : seen] = std::move(operation);
    }
    if (!apart) dead_[seen] = true;
    dead_[product] = true;
    replace_by_mix(mean, operations_[mean].output, means, none);
    replace_by_mix(static_cast<int>(i), operations_[i].outputs[0], parts, shares);
  }

  void replace_by_mix(int index, int output, std::vector<Part> parts, int gate) {
    Operation operation;
    operation.kind = Kind::Mix;
    operation.output = output;
    operation.channels = std::move(parts);
    operation.gate = gate;
    operations_[index] = std::move(operation);
  }
};

}  // namespace

void recognise(Program& program) { Patterns(program).run(); }

}  // namespace optimize
}  // namespace tb
