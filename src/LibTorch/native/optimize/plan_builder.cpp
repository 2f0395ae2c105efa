// From operations to steps: where each value lies and in which order, when it is brought into another, which step computes in the place of what it
// reads, and which of oneDNN's algorithms is quickest for each convolution on this machine.
#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <sstream>

#include "plan.h"

namespace tb {
namespace optimize {

namespace {

constexpr int input_buffer = 0;

// Memory to try a step on.
class Scratch : public Buffers {
 public:
  void add(int buffer, size_t bytes) {
    if (buffer == none || bytes == 0) return;
    auto& memory = memory_[buffer];
    if (memory.size() < bytes + 64) memory.assign(bytes + 64, 0);
  }
  char* address(int buffer) const override {
    auto at = reinterpret_cast<uintptr_t>(memory_.at(buffer).data());
    return reinterpret_cast<char*>((at + 63) / 64 * 64);
  }

 private:
  std::map<int, std::vector<char>> memory_;
};

double time_of(Steps& steps, const Scratch& scratch) {
  constexpr int rounds = 3;
  for (auto& step : steps) {
    step->bind(scratch);
    step->run();
  }
  double least = 1e300;
  for (int i = 0; i < rounds; i++) {
    auto start = std::chrono::steady_clock::now();
    for (auto& step : steps) step->run();
    least = std::min(least, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return least;
}

// What was quickest on this machine, for the life of the process.
struct Choices {
  std::mutex mutex;
  std::map<std::string, int> best;
};

Choices& choices() {
  static Choices value;
  return value;
}

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

  // A way to compute one: with which algorithm, from which order to which, and whether the activation is a step of its own.
  struct Way {
    Algorithm algorithm;
    Layout from;
    Layout to;
    bool activates_apart;
    bool slow;
  };

  std::vector<Way> ways(const Operation& operation) const {
    constexpr auto plain = Layout::Plain, last = Layout::ChannelsLast, blocked = Layout::Blocked;
    auto from = layout_of(operation.input), to = layout_of(operation.output);
    std::vector<Way> result = {{Algorithm::Direct, from, to, false, false}};
    const auto& weight = operation.weight;
    bool winograd = from == blocked && to == blocked && !plan_.mode_.bfloat16 && operation.groups == 1 && weight.size(2) == 3 &&
                    weight.size(3) == 3 && operation.stride == std::vector<int64_t>{1, 1} &&
                    operation.dilation == std::vector<int64_t>{1, 1};
    if (winograd) {
      result.push_back({Algorithm::Winograd, from, to, false, false});
      if (operation.activation.is_leaky() && !operation.activation.is_identity())
        result.push_back({Algorithm::Winograd, from, to, true, false});
    }
    // The few channels of an image, and what has no primitive in these orders.
    if (from != plain && to != plain) {
      if (from != to || operation.groups > 1) {
        result.push_back({Algorithm::Direct, plain, to, false, false});
        result.push_back({Algorithm::Direct, last, last, false, false});
        result.push_back({Algorithm::Direct, plain, plain, false, false});
      }
    }
    result.push_back({Algorithm::Direct, plain, plain, false, true});
    return result;
  }

  // The steps of a way on these places; none where oneDNN has it not.
  Steps steps_of(const Operation& operation, const Way& way, const Place& in, const Place& out, bool adds, int scratch, size_t* scratch_bytes) {
    Steps steps;
    auto activation = way.activates_apart ? Activation() : operation.activation;
    auto step = convolution_step(operation, way.algorithm, in, out, adds, activation, scratch, weights_, scratch_bytes, way.slow);
    if (step == nullptr) return steps;
    steps.push_back(std::move(step));
    if (way.activates_apart) steps.push_back(pointwise_step(out, out, nullptr, nullptr, {}, {}, operation.activation.slope()));
    return steps;
  }

  void convolution(const Operation& operation) {
    bool adds = operation.addend != none;
    auto way = quickest(operation, adds);
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
    auto steps = steps_of(operation, way, in, out, adds, scratch, &scratch_bytes);
    TORCH_CHECK(!steps.empty(), "oneDNN has no convolution for [", operation.weight.sizes(), "]");
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
    Operation sum;
    sum.kind = Kind::Pointwise;
    sum.input = sum.output = operation.output;
    sum.addend = addend;
    sum.activation = activation;
    auto out = places_[operation.output][0];
    auto other = wanted(addend);
    bool leaky = activation.is_leaky();
    append(pointwise_step(out, out, nullptr, &other, {}, {}, leaky ? activation.slope() : 1), {out, other});
    if (!leaky) append(activation_step(activation, out, out), {out});
  }

  // By trying, with what brings its input and its result into the orders that the neighbours have; the last way is for where there is no other.
  Way quickest(const Operation& operation, bool adds) {
    auto possible = ways(operation);
    auto in_type = type_of(operation.input), out_type = type_of(operation.output);
    const auto& in_sizes = program_.values[operation.input].sizes;
    const auto& out_sizes = program_.values[operation.output].sizes;
    std::ostringstream key;
    key << at::get_num_threads() << ' ' << at::IntArrayRef(in_sizes) << ' ' << operation.weight.sizes() << ' '
        << at::IntArrayRef(operation.stride) << at::IntArrayRef(operation.padding) << at::IntArrayRef(operation.dilation) << ' '
        << operation.groups << ' ' << static_cast<int>(in_type) << static_cast<int>(out_type) << static_cast<int>(possible[0].from)
        << static_cast<int>(possible[0].to) << adds << static_cast<int>(operation.activation.kind) << ' ' << operation.activation.alpha;
    std::lock_guard<std::mutex> lock(choices().mutex);
    auto found = choices().best.find(key.str());
    if (found != choices().best.end()) return possible[found->second];

    constexpr int source = 1, in_buffer = 2, out_buffer = 3, scratch_buffer = 4, target = 5;
    size_t best = possible.size() - 1;
    double best_time = 1e300;
    for (size_t i = 0; i + 1 < possible.size(); i++) {
      const auto& way = possible[i];
      Place given{in_sizes, possible[0].from, in_type, source};
      Place in{in_sizes, way.from, in_type, in_buffer};
      Place out{out_sizes, way.to, out_type, out_buffer};
      Place result{out_sizes, possible[0].to, out_type, target};
      size_t scratch_bytes = 0;
      auto steps = steps_of(operation, way, in, out, adds, scratch_buffer, &scratch_bytes);
      if (steps.empty()) continue;
      if (way.from != given.layout) steps.insert(steps.begin(), reorder_step(given, in));
      if (way.to != result.layout) steps.push_back(reorder_step(out, result));
      Scratch scratch;
      for (const auto* place : {&given, &in, &out, &result}) scratch.add(place->buffer, place->bytes());
      scratch.add(scratch_buffer, scratch_bytes);
      double time = time_of(steps, scratch);
      if (time < best_time) {
        best_time = time;
        best = i;
      }
    }
    choices().best[key.str()] = static_cast<int>(best);
    return possible[best];
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
