// From operations to steps: where each value lies and in which order, when it is brought into another, which step computes in the place of what it
// reads.
#ifdef TRESNET_ONEDNN
#include <algorithm>

#include "plan.h"
#include "ways.h"

namespace tresnet::plan {

namespace {

constexpr auto plain = Layout::Plain;
constexpr auto float32 = Type::Float32;

bool is_vector(const Sizes& sizes) { return sizes.size() == 4 && !is_map(sizes); }

// Whether the elements would lie in the same order in this layout.
bool alike(const Place& place, Layout layout) {
  if (place.layout == layout) return true;
  if (place.sizes.size() != 4) return false;
  auto blocked = place.layout == Layout::Blocked || layout == Layout::Blocked;
  if (is_vector(place.sizes)) return !blocked || place.sizes[1] % block == 0;
  return place.sizes[1] == 1 && !blocked;
}

}  // namespace

class PlanBuilder {
 public:
  PlanBuilder(Plan& plan, const Program& program, const Wanted& wanted, Weights& weights)
      : plan_(plan), mode_(plan.mode_), program_(program), choice_{mode_.winograd, mode_.type, mode_.any_type, wanted}, weights_(weights) {}

  void build(Layout input_layout) {
    count();
    Place input{program_.sizes(program_.input), input_layout, float32, input_buffer};
    plan_.buffers_.push_back({input.bytes(), 0, 0, 0});
    plan_.input_ = input;
    places_.resize(program_.values.size());
    places_[program_.input] = {input};
    for (at_ = 0; at_ < program_.operations.size(); at_++) {
      choice_.wanted.check();
      add(program_.operations[at_]);
    }
    plan_.output_ = wanted(program_.output, plain, float32);
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

  const Sizes& sizes(int value) const { return program_.sizes(value); }

  // How a value lies best.
  Layout layout_of(int value) const {
    const auto& s = sizes(value);
    if (s.size() != 4) return plain;
    bool fits = s[1] % block == 0 || (mode_.fills_blocks && s[1] > block);
    return mode_.blocked && is_map(s) && fits ? Layout::Blocked : Layout::ChannelsLast;
  }
  // The same for steps that know no blocks which are filled up.
  Layout whole_layout_of(int value) const {
    auto layout = layout_of(value);
    return layout == Layout::Blocked && sizes(value)[1] % block != 0 ? Layout::ChannelsLast : layout;
  }
  // One layout for both, of maps of as many channels.
  Layout common(Layout a, Layout b) const { return a == b ? a : Layout::ChannelsLast; }

  Type type_of(int value) const { return is_map(sizes(value)) ? mode_.type : float32; }
  // Where convolutions choose, the type that it was made in.
  Type type_made(int value) const { return mode_.any_type ? places_[value][0].type : type_of(value); }

  Place best(int value) const { return {sizes(value), layout_of(value), type_of(value), none}; }

  int buffer(size_t bytes) {
    int now = static_cast<int>(plan_.steps_.size());
    plan_.buffers_.push_back({bytes, now, now, 0});
    return static_cast<int>(plan_.buffers_.size()) - 1;
  }

  Place fresh(int value, Layout layout, Type type) {
    Place place{sizes(value), layout, type, none};
    place.buffer = buffer(place.bytes());
    return place;
  }

  // The value in this order and type; brought into it where it is not.
  Place wanted(int value, Layout layout, Type type) {
    auto& places = places_[value];
    for (const auto& place : places)
      if (place.type == type && alike(place, layout)) return place;
    auto from = places[0];
    auto to = fresh(value, layout, type);
    append(reorder_step(from, to), {from, to});
    places_[value].push_back(to);
    return to;
  }
  Place wanted(int value) { return wanted(value, layout_of(value), type_made(value)); }

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

  void finish(int value, const Place& place, std::unique_ptr<Step> step, const std::vector<Place>& touched) {
    append(std::move(step), touched);
    places_[value] = {place};
  }

  // The place of what this operation reads last, to be written over; or another.
  Place over(int input, const Place& in, int output) {
    return dies(input) && in.buffer != input_buffer ? in : fresh(output, in.layout, in.type);
  }

  // --- operations

  void add(const Operation& operation) {
    int input = operation.input, output = operation.output;
    switch (operation.kind) {
      case Kind::Convolution: return is_product(operation) ? linear(operation) : convolution(operation);
      case Kind::Linear: return linear(operation);
      case Kind::Pointwise: return pointwise(operation);
      case Kind::Alias: return alias(operation);
      case Kind::Opaque: return opaque(operation);
      case Kind::Channels: return channels(operation);
      case Kind::Mix: return mix(operation);
      case Kind::MaxPool:
      case Kind::AveragePool: {
        auto layout = common(layout_of(input), layout_of(output));
        auto in = wanted(input, layout, type_made(input));
        auto out = fresh(output, layout, in.type);
        return finish(output, out, pool_step(operation, in, out), {in, out});
      }
      case Kind::Blur: {
        auto in = wanted(input);
        auto out = fresh(output, in.layout, in.type);
        return finish(output, out, blur_step(in, out, operation.stride[0]), {in, out});
      }
      case Kind::GlobalMean:
      case Kind::GlobalMax: {
        auto in = wanted(input);
        auto out = fresh(output, layout_of(output), float32);
        return finish(output, out, operation.kind == Kind::GlobalMean ? mean_step(in, out) : maximum_step(in, out), {in, out});
      }
      case Kind::EvoNorm: {
        auto in = wanted(input, whole_layout_of(input), type_made(input));
        auto out = over(input, in, output);
        return finish(output, out, evo_norm_step(in, out, operation), {in, out});
      }
      case Kind::Pad: {
        auto layout = common(whole_layout_of(input), whole_layout_of(output));
        auto in = wanted(input, layout, type_made(input));
        auto out = fresh(output, layout, in.type);
        return finish(output, out, pad_step(in, out, operation), {in, out});
      }
      case Kind::SpaceToDepth: {
        auto made = places_[input][0].layout;
        auto in = wanted(input, made == Layout::Blocked ? Layout::ChannelsLast : made, float32);
        auto out = fresh(output, whole_layout_of(output), type_of(output));
        return finish(output, out, space_to_depth_step(in, out, operation.patch), {in, out});
      }
      case Kind::ChannelConvolution:
      case Kind::Softmax: {
        auto in = wanted(input, plain, float32);
        auto out = fresh(output, plain, float32);
        auto step = operation.kind == Kind::Softmax ? softmax_step(operation, in, out) : channel_convolution_step(operation, in, out);
        return finish(output, out, std::move(step), {in, out});
      }
    }
  }

  void alias(const Operation& operation) {
    auto place = wanted(operation.input, plain, float32);
    place.sizes = sizes(operation.output);
    place.layout = plain;
    places_[operation.output] = {place};
  }

  // A convolution that is a linear layer: of vectors.
  bool is_product(const Operation& operation) const {
    return is_vector(sizes(operation.input)) && is_vector(sizes(operation.output)) && operation.addend == none && operation.groups == 1 &&
           operation.kernel == Sizes{1, 1} && operation.padding == Sizes{0, 0};
  }

  void linear(const Operation& given) {
    auto operation = given;
    operation.weight_sizes.resize(2);
    auto flat = [](Place place) {
      place.sizes.resize(2);
      place.layout = plain;
      return place;
    };
    auto in = wanted(operation.input, plain, float32);
    auto out = fresh(operation.output, plain, float32);
    auto choice = choice_;
    if (given.kind == Kind::Convolution) choice.type = float32;
    auto way = quickest_linear_way(operation, flat(in), flat(out), choice, weights_);
    if (!way.loop) in = wanted(operation.input, plain, way.type);
    auto step = way.loop ? product_step(operation, flat(in), flat(out), way.type) : linear_step(operation, flat(in), flat(out), weights_);
    finish(operation.output, out, std::move(step), {in, out});
  }

  // In the place of its input where nothing reads that any more.
  void pointwise(const Operation& operation) {
    auto in = wanted(operation.input);
    auto out = over(operation.input, in, operation.output);
    bool leaky = operation.activation.is_leaky();
    if (operation.gate == none && !operation.scale && !operation.shift && operation.addend == none && (!leaky || in.sizes.size() != 4)) {
      auto step = leaky ? pointwise_step(as_row(in), as_row(out), nullptr, nullptr, {}, {}, operation.activation.slope())
                        : activation_step(operation.activation, in, out);
      return finish(operation.output, out, std::move(step), {in, out});
    }
    Place gate, addend;
    std::vector<Place> touched = {in, out};
    if (operation.gate != none) touched.push_back(gate = wanted(operation.gate, plain, float32));
    if (operation.addend != none) touched.push_back(addend = wanted(operation.addend, in.layout, in.type));
    auto step = pointwise_step(
        in, out, operation.gate != none ? &gate : nullptr, operation.addend != none ? &addend : nullptr, operation.scale, operation.shift,
        leaky ? operation.activation.slope() : 1);
    finish(operation.output, out, std::move(step), touched);
    if (!leaky) append(activation_step(operation.activation, out, out), {out});
  }

  static Place as_row(Place place) {
    place.sizes = {1, place.elements()};
    return place;
  }

  void channels(const Operation& operation) {
    auto type = is_map(sizes(operation.output)) ? type_made(operation.channels[0].value) : float32;
    auto out = fresh(operation.output, whole_layout_of(operation.output), type);
    int64_t to = 0;
    for (const auto& part : operation.channels) {
      auto in = wanted(part.value, layout_of(part.value), type);
      append(channels_step(in, out, part.from, to, part.count), {in, out});
      to += part.count;
    }
    places_[operation.output] = {out};
  }

  void mix(const Operation& operation) {
    // Blocks cannot be parted.
    auto layout = whole_layout_of(operation.output);
    for (const auto& part : operation.channels)
      if (whole_layout_of(part.value) != layout || part.from % block != 0) layout = Layout::ChannelsLast;
    auto type = is_map(sizes(operation.output)) ? type_made(operation.channels[0].value) : float32;
    auto out = fresh(operation.output, layout, type);
    std::vector<Place> in, touched = {out};
    std::vector<int64_t> from;
    for (const auto& part : operation.channels) {
      in.push_back(wanted(part.value, layout, type));
      from.push_back(part.from);
      touched.push_back(in.back());
    }
    Place gate;
    if (operation.gate != none) touched.push_back(gate = wanted(operation.gate, plain, float32));
    finish(operation.output, out, mix_step(in, from, out, operation.gate != none ? &gate : nullptr), touched);
  }

  void opaque(const Operation& operation) {
    auto layout = [&](int value) { return sizes(value).size() == 4 && !operation.plain ? Layout::ChannelsLast : plain; };
    std::vector<Place> in, out, touched;
    for (int value : operation.inputs) in.push_back(wanted(value, layout(value), float32));
    for (int value : operation.outputs) out.push_back(fresh(value, layout(value), float32));
    touched = in;
    touched.insert(touched.end(), out.begin(), out.end());
    append(opaque_step(operation, in, out), touched);
    for (size_t i = 0; i < out.size(); i++) places_[operation.outputs[i]] = {out[i]};
  }

  // --- convolutions

  void convolution(const Operation& operation) {
    bool adds = operation.addend != none;
    // A sum is made in the place of what is added; where that is still wanted, in a pass of its own.
    if (adds && (!dies(operation.addend) || places_[operation.addend][0].buffer == input_buffer || root(operation.input) == root(operation.addend)))
      return convolution_then_sum(operation);
    auto given = places_[operation.input][0];
    if (!mode_.any_type && given.type != type_of(operation.input)) given.type = type_of(operation.input);
    const auto* addend = adds ? &places_[operation.addend][0] : nullptr;
    auto way = quickest_way(operation, given, best(operation.input), best(operation.output), addend, choice_, weights_);
    auto in = wanted(operation.input, way.from, way.type);
    auto type = type_of(operation.output) == float32 ? float32 : way.type;
    auto out = adds ? wanted(operation.addend, way.to, type) : fresh(operation.output, way.to, type);
    int scratch = buffer(0);
    size_t scratch_bytes = 0;
    auto steps = steps_of(operation, way, in, out, adds, scratch, weights_, &scratch_bytes);
    if (steps.empty())
      throw Error(
          TRESNET_UNAVAILABLE, text("oneDNN has no convolution for weights of ", in_words(operation.weight_sizes), " on this processor",
                                    way.type != float32 ? " in bfloat16" : ""));
    plan_.buffers_[scratch].bytes = scratch_bytes;
    for (size_t i = 0; i < steps.size(); i++) append(std::move(steps[i]), {in, out}, i == 0 ? scratch : none);
    places_[operation.output] = {out};
    plan_.convolutions_++;
    if (way.type != float32) plan_.in_bfloat16_++;
  }

  void convolution_then_sum(Operation operation) {
    int addend = operation.addend;
    auto activation = operation.activation;
    operation.addend = none;
    operation.activation = {};
    convolution(operation);
    // Both in the order that maps of their size have.
    auto out = wanted(operation.output);
    auto other = wanted(addend, out.layout, out.type);
    bool leaky = activation.is_leaky();
    append(pointwise_step(out, out, nullptr, &other, {}, {}, leaky ? activation.slope() : 1), {out, other});
    if (!leaky) append(activation_step(activation, out, out), {out});
    places_[operation.output] = {out};
  }

  Plan& plan_;
  const Mode mode_;
  const Program& program_;
  Choice choice_;
  Weights& weights_;
  std::vector<std::vector<Place>> places_;  // of each value, first as it was made
  std::vector<int> roots_;
  std::vector<size_t> last_;
  size_t at_ = 0;
};

Plan::Plan(const Program& program, Mode mode, Layout input, const Wanted& wanted, Weights& weights) : mode_(mode) {
  PlanBuilder(*this, program, wanted, weights).build(input);
  place_buffers();
  bind_all();
}

}  // namespace tresnet::plan
#endif
