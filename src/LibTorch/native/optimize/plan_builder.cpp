// From operations to steps: where each value lies and in which order, when it is brought into another, which step computes in the place of what it
// reads.
#include <algorithm>

#include "plan.h"
#include "ways.h"

namespace tb {
namespace optimize {

namespace {

constexpr int input_buffer = 0;

}  // namespace

class PlanBuilder {
 public:
  PlanBuilder(Plan& plan, const Program& program, Weights& weights) : plan_(plan), program_(program), weights_(weights) {}

  void build(Layout input_layout) {
    count();
    Place input{program_.values[program_.input].sizes, input_layout, at::kFloat, input_buffer};
    plan_.buffers_.push_back({input.bytes(), 0, 0, 0});
    plan_.input_ = input;
    places_.resize(program_.values.size());
    places_[program_.input] = {input};
    for (at_ = 0; at_ < program_.operations.size(); at_++) add(program_.operations[at_]);
    plan_.output_ = wanted(program_.output, Layout::Plain, at::kFloat);
    if (plan_.output_.buffer == input_buffer) TORCH_CHECK(false, "the network gives back its input");
    plan_.buffers_[plan_.output_.buffer].last = static_cast<int>(plan_.steps_.size());
  }

 private:
  // --- values

  // An alias is the value that it is of.
  int root(int value) const { return roots_[value]; }

  void count() {
    roots_.resize(program_.values.size());
    last_.assign(program_.values.size(), 0);
    for (size_t i = 0; i < roots_.size(); i++) roots_[i] = static_cast<int>(i);
    for (size_t i = 0; i < program_.operations.size(); i++) {
      const auto& operation = program_.operations[i];
      for (int value : operation.reads()) last_[root(value)] = i;
      if (operation.kind == Kind::Alias) roots_[operation.output] = root(operation.input);
    }
    last_[root(program_.output)] = program_.operations.size();
    last_[root(program_.input)] = program_.operations.size();  // the caller's
  }

  // Whether this operation is the last that reads the value.
  bool dies(int value) const { return last_[root(value)] == at_; }

  bool is_map(const std::vector<int64_t>& sizes) const { return sizes.size() == 4 && (sizes[2] != 1 || sizes[3] != 1); }

  // How a value lies best.
  Layout layout_of(int value) const {
    const auto& sizes = program_.values[value].sizes;
    if (sizes.size() != 4) return Layout::Plain;
    return plan_.mode_.blocked && is_map(sizes) && sizes[1] % block == 0 ? Layout::Blocked : Layout::ChannelsLast;
  }
  at::ScalarType type_of(int value) const {
    return plan_.mode_.bfloat16 && is_map(program_.values[value].sizes) ? at::kBFloat16 : at::kFloat;
  }

  Place best(int value) const { return {program_.values[value].sizes, layout_of(value), type_of(value), none}; }

  int buffer(size_t bytes) {
    int now = static_cast<int>(plan_.steps_.size());
    plan_.buffers_.push_back({bytes, now, now, 0});
    return static_cast<int>(plan_.buffers_.size()) - 1;
  }

  Place fresh(int value, Layout layout, at::ScalarType type) {
    Place place{program_.values[value].sizes, layout, type, none};
    place.buffer = buffer(place.bytes());
    return place;
  }
  Place fresh(int value) { return fresh(value, layout_of(value), type_of(value)); }

  // The value in this order and type; brought into it where it is not.
  Place wanted(int value, Layout layout, at::ScalarType type) {
    auto& places = places_[value];
    for (const auto& place : places)
      if (place.type == type && alike(place, layout)) return place;
    auto from = places[0];
    auto to = fresh(value, layout, type);
    append(reorder_step(from, to), {from, to});
    places_[value].push_back(to);
    return to;
  }
  Place wanted(int value) { return wanted(value, layout_of(value), type_of(value)); }

  static bool alike(const Place& place, Layout layout) {
    return place.layout == layout || place.is_vector() || (place.sizes.size() == 4 && place.sizes[1] == 1 && layout != Layout::Blocked);
  }

  void append(std::unique_ptr<Step> step, const std::vector<Place>& touched, int scratch = none) {
    int now = static_cast<int>(plan_.steps_.size());
    for (const auto& place : touched) touch(place.buffer, now);
    if (scratch != none) touch(scratch, now);
    plan_.steps_.push_back(std::move(step));
  }

  void touch(int buffer, int now) {
    if (buffer == input_buffer) {
      if (plan_.reads_input_.empty() || plan_.reads_input_.back() != now) plan_.reads_input_.push_back(now);
    } else {
      plan_.buffers_[buffer].last = now;
    }
  }

  // --- operations

  void add(const Operation& operation) {
    switch (operation.kind) {
      case Kind::Convolution: return convolution(operation);
      case Kind::Linear: return linear(operation);
      case Kind::Pointwise: return pointwise(operation);
      case Kind::Alias: return alias(operation);
      case Kind::Torch: return torch_operation(operation);
      case Kind::MaxPool:
      case Kind::AveragePool: {
        auto in = wanted(operation.input);
        auto out = fresh(operation.output, layout_of(operation.output), in.type);
        return finish(operation.output, out, pool_step(operation, in, out), {in, out});
      }
      case Kind::Blur: {
        auto in = wanted(operation.input);
        auto out = fresh(operation.output, in.layout, in.type);
        return finish(operation.output, out, blur_step(in, out, operation.stride[0]), {in, out});
      }
      case Kind::GlobalMean: {
        auto in = wanted(operation.input);
        auto out = fresh(operation.output, layout_of(operation.output), at::kFloat);
        return finish(operation.output, out, mean_step(in, out), {in, out});
      }
      case Kind::Channels: return channels(operation);
      case Kind::Mix: return mix(operation);
      case Kind::EvoNorm: {
        auto in = wanted(operation.input);
        auto out = dies(operation.input) && in.buffer != input_buffer ? in : fresh(operation.output);
        return finish(operation.output, out, evo_norm_step(in, out, operation.evo), {in, out});
      }
      case Kind::SpaceToDepth: {
        auto in = wanted(operation.input, places_[operation.input][0].layout == Layout::Blocked ? Layout::ChannelsLast : places_[operation.input][0].layout, at::kFloat);
        auto out = fresh(operation.output);
        return finish(operation.output, out, space_to_depth_step(in, out, operation.patch), {in, out});
      }
    }
  }

  void finish(int value, const Place& place, std::unique_ptr<Step> step, const std::vector<Place>& touched) {
    append(std::move(step), touched);
    places_[value] = {place};
  }

  void alias(const Operation& operation) {
    auto place = places_[operation.input][0];
    place.sizes = program_.values[operation.output].sizes;
    place.layout = place.sizes.size() == 4 ? Layout::ChannelsLast : Layout::Plain;
    places_[operation.output] = {place};
  }

  void linear(const Operation& operation) {
    auto in = wanted(operation.input, Layout::Plain, plan_.mode_.bfloat16 ? at::kBFloat16 : at::kFloat);
    auto out = fresh(operation.output, Layout::Plain, at::kFloat);
    finish(operation.output, out, linear_step(operation, in, out, weights_), {in, out});
  }

  // In the place of its input where nothing reads that any more.
  void pointwise(const Operation& operation) {
    auto in = wanted(operation.input);
    auto out = dies(operation.input) && in.buffer != input_buffer ? in : fresh(operation.output);
    bool leaky = operation.activation.is_leaky();
    if (operation.gate == none && !operation.scale.defined() && !operation.shift.defined() && operation.addend == none && !leaky) {
      return finish(operation.output, out, activation_step(operation.activation, in, out), {in, out});
    }
    Place gate, addend;
    std::vector<Place> touched = {in, out};
    if (operation.gate != none) touched.push_back(gate = wanted(operation.gate, Layout::ChannelsLast, at::kFloat));
    if (operation.addend != none) touched.push_back(addend = wanted(operation.addend));
    auto step = pointwise_step(
        in, out, operation.gate != none ? &gate : nullptr, operation.addend != none ? &addend : nullptr, operation.scale, operation.shift,
        leaky ? operation.activation.slope() : 1);
    finish(operation.output, out, std::move(step), touched);
    if (!leaky) append(activation_step(operation.activation, out, out), {out});
  }

  void channels(const Operation& operation) {
    auto out = fresh(operation.output);
    int64_t to = 0;
    for (const auto& part : operation.channels) {
      auto in = wanted(part.value, layout_of(part.value), out.type);
      append(channels_step(in, out, part.from, to, part.count), {in, out});
      to += part.count;
    }
    places_[operation.output] = {out};
  }

  void mix(const Operation& operation) {
    // Blocks cannot be parted.
    auto layout = layout_of(operation.output);
    for (const auto& part : operation.channels)
      if (layout_of(part.value) != layout || part.from % block != 0) layout = Layout::ChannelsLast;
    auto out = fresh(operation.output, layout, type_of(operation.output));
    std::vector<Place> in, touched = {out};
    std::vector<int64_t> from;
    for (const auto& part : operation.channels) {
      in.push_back(wanted(part.value, layout, out.type));
      from.push_back(part.from);
      touched.push_back(in.back());
    }
    Place gate;
    if (operation.gate != none) touched.push_back(gate = wanted(operation.gate, Layout::Plain, at::kFloat));
    finish(operation.output, out, mix_step(in, from, out, operation.gate != none ? &gate : nullptr), touched);
  }

  void torch_operation(const Operation& operation) {
    std::vector<Place> in, out, touched;
    for (int value : operation.reads())
      in.push_back(wanted(value, program_.values[value].sizes.size() == 4 ? Layout::ChannelsLast : Layout::Plain, at::kFloat));
    for (int value : operation.outputs)
      out.push_back(fresh(value, program_.values[value].sizes.size() == 4 ? Layout::ChannelsLast : Layout::Plain, at::kFloat));
    touched = in;
    touched.insert(touched.end(), out.begin(), out.end());
    append(torch_step(operation, in, out), touched);
    for (size_t i = 0; i < out.size(); i++) places_[operation.outputs[i]] = {out[i]};
  }

  // --- convolutions

  void convolution(const Operation& operation) {
    bool adds = operation.addend != none;
    auto way = quickest_way(operation, best(operation.input), best(operation.output), adds, weights_);
    auto in = wanted(operation.input, way.from, type_of(operation.input));
    Place out;
    if (adds) {
      // A sum is made in the place of what is added; where that is still wanted, in a pass of its own.
      out = wanted(operation.addend, way.to, type_of(operation.output));
      if (!dies(operation.addend) || out.buffer == input_buffer || root(operation.input) == root(operation.addend))
        return convolution_then_sum(operation);
    } else {
      out = fresh(operation.output, way.to, type_of(operation.output));
    }
    int scratch = buffer(0);
    size_t scratch_bytes = 0;
    auto steps = steps_of(operation, way, in, out, adds, scratch, weights_, &scratch_bytes);
    TORCH_CHECK(
        !steps.empty(), "oneDNN has no convolution for weights of ", operation.weight.sizes(), " on this processor",
        plan_.mode_.bfloat16 ? " in bfloat16, which takes AVX-512: optimise in float32" : "");
    plan_.buffers_[scratch].bytes = scratch_bytes;
    for (size_t i = 0; i < steps.size(); i++) append(std::move(steps[i]), {in, out}, i == 0 ? scratch : none);
    places_[operation.output] = {out};
  }

  void convolution_then_sum(Operation operation) {
    int addend = operation.addend;
    auto activation = operation.activation;
    operation.addend = none;
    operation.activation = {};
    convolution(operation);
    // Both in the order that maps of their size have.
    auto out = wanted(operation.output);
    auto other = wanted(addend);
    bool leaky = activation.is_leaky();
    append(pointwise_step(out, out, nullptr, &other, {}, {}, leaky ? activation.slope() : 1), {out, other});
    if (!leaky) append(activation_step(activation, out, out), {out});
    places_[operation.output] = {out};
  }

  Plan& plan_;
  const Program& program_;
  Weights& weights_;
  std::vector<std::vector<Place>> places_;  // of each value, first as it was made
  std::vector<int> roots_;
  std::vector<size_t> last_;
  size_t at_ = 0;
};

Plan::Plan(const Program& program, Mode mode, Layout input, Weights& weights) : mode_(mode) {
  PlanBuilder(*this, program, weights).build(input);
  place_buffers();
  for (size_t i = 0; i < steps_.size(); i++)
    if (std::find(reads_input_.begin(), reads_input_.end(), static_cast<int>(i)) == reads_input_.end()) steps_[i]->bind(*this);
}

}  // namespace optimize
}  // namespace tb
