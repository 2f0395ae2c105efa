#ifdef TRESNET_ONEDNN
#include "ways.h"

#include <omp.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <sstream>

namespace tresnet::plan {

namespace {

// Memory to try a step on.
class Scratch : public Buffers {
 public:
  void add(int buffer, size_t bytes) {
    if (buffer == none || bytes == 0) return;
    auto& memory = memory_[buffer];
    if (memory.size() < bytes + 64) memory.assign(bytes + 64, 0);
  }
  void add(const Place& place) { add(place.buffer, place.bytes()); }

  char* address(int buffer) const override {
    auto at = reinterpret_cast<uintptr_t>(memory_.at(buffer).data());
    return reinterpret_cast<char*>((at + 63) / 64 * 64);
  }

 private:
  std::map<int, std::vector<char>> memory_;
};

// The least time of each of some lists of steps, in turn, so that what a neighbour takes in the meantime it takes from all; more rounds of short ones, which
// are disturbed more. An empty list is not there.
std::vector<double> times_of(std::vector<Steps>& lists, const Scratch& scratch, const Wanted& wanted) {
  constexpr int least_rounds = 3, most_rounds = 40;
  constexpr double enough = 0.006;
  using clock = std::chrono::steady_clock;
  std::vector<double> least(lists.size(), 1e300);
  double sum = 0;
  int there = 0;
  for (auto& steps : lists) {
    for (auto& step : steps) step->bind(scratch);
    there += steps.empty() ? 0 : 1;
  }
  if (there < 2) {
    // Nothing to choose from.
    for (size_t i = 0; i < lists.size(); i++) least[i] = lists[i].empty() ? 1e300 : 0;
    return least;
  }
  for (int round = -1; round < least_rounds || (round < most_rounds && sum < enough * there); round++) {
    for (size_t i = 0; i < lists.size(); i++) {
      if (lists[i].empty()) continue;
      wanted.check();
      // Twice, since the one before has left something else in the caches.
      for (auto& step : lists[i]) step->run();
      auto start = clock::now();
      for (auto& step : lists[i]) step->run();
      auto time = std::chrono::duration<double>(clock::now() - start).count();
      sum += 2 * time;
      if (round >= 0) least[i] = std::min(least[i], time);
      // Hopeless ones are not worth more rounds.
      if (round >= 1 && least[i] > 3 * *std::min_element(least.begin(), least.end())) lists[i].clear();
    }
  }
  return least;
}

// What was quickest on this machine, for the life of the process. Plans are made one at a time: two would disturb each other's times.
struct Choices {
  std::mutex mutex;
  std::map<std::string, size_t> best;
};

Choices& choices() {
  static Choices value;
  return value;
}

// The number of the quickest of some lists of steps, which `make(i, scratch)` makes; `count` where none is there. Of those that differ by less than can
// be measured, the first.
template <class F>
size_t quickest(const std::string& key, size_t count, const Choice& choice, F&& make) {
  constexpr double measurable = 0.03;
  std::lock_guard<std::mutex> lock(choices().mutex);
  auto found = choices().best.find(key);
  if (found != choices().best.end()) return found->second;
  Scratch scratch;
  std::vector<Steps> lists;
  for (size_t i = 0; i < count; i++) {
    choice.wanted.check();
    lists.push_back(make(i, scratch));
  }
  auto times = times_of(lists, scratch, choice.wanted);
  size_t best = count;
  for (size_t i = 0; i < count; i++)
    if (times[i] < (best < count ? times[best] * (1 - measurable) : 1e300)) best = i;
  choices().best[key] = best;
  return best;
}

void write(std::ostream& key, const Place& place) {
  key << in_words(place.sizes) << static_cast<int>(place.layout) << static_cast<int>(place.type) << ' ';
}

void write(std::ostream& key, const Operation& operation) {
  key << in_words(operation.weight_sizes) << static_cast<bool>(operation.bias) << ' ' << static_cast<int>(operation.activation.kind) << ' '
      << operation.activation.alpha << ' ';
}

void write(std::ostream& key, const Choice& choice) {
  key << omp_get_max_threads() << ' ' << choice.winograd << static_cast<int>(choice.type) << choice.any_type << ' ';
}

std::vector<Way> ways(const Operation& operation, const Place& in, const Place& out, const Choice& choice) {
  constexpr auto plain = Layout::Plain, last = Layout::ChannelsLast, blocked = Layout::Blocked;
  auto from = in.layout, to = out.layout;
  std::vector<Way> result;
  bool winograd = choice.winograd != 0 && is_3x3(operation);
  auto with_type = [&](Type type) {
    auto typed_in = in, typed_out = out;
    typed_in.type = type;
    if (out.type != Type::Float32) typed_out.type = type;
    std::vector<Way> ours;
    for (int64_t tile : {4, 2})
      if (winograd && (choice.winograd <= 1 || choice.winograd == tile) && can_winograd(operation, tile, typed_in, typed_out))
        ours.push_back({tile == 4 ? Algorithm::Winograd4x4 : Algorithm::Winograd2x2, from, to, false, false, type});
    bool forced = choice.winograd > 1 && !ours.empty();
    if (!forced) result.push_back({Algorithm::Direct, from, to, false, false, type});
    if (winograd && !forced && type == Type::Float32 && from == blocked && to == blocked) {
      result.push_back({Algorithm::OneDnnWinograd, from, to, false, false, type});
      if (operation.activation.is_leaky() && !operation.activation.is_identity())
        result.push_back({Algorithm::OneDnnWinograd, from, to, true, false, type});
    }
    result.insert(result.end(), ours.begin(), ours.end());
    // The few channels of an image, and what has no primitive in these orders.
    if (!forced && from != plain && to != plain && (from != to || operation.groups > 1)) {
      result.push_back({Algorithm::Direct, plain, to, false, false, type});
      result.push_back({Algorithm::Direct, last, last, false, false, type});
      result.push_back({Algorithm::Direct, plain, plain, false, false, type});
    }
  };
  with_type(in.type);
  if (choice.any_type && in.type != Type::Float32) with_type(Type::Float32);
  return result;
}

}  // namespace

Steps steps_of(
    const Operation& operation, const Way& way, const Place& in, const Place& out, bool adds, int scratch, Weights& weights,
    size_t* scratch_bytes) {
  Steps steps;
  auto activation = way.activates_apart ? Activation() : operation.activation;
  bool ours = way.algorithm == Algorithm::Winograd2x2 || way.algorithm == Algorithm::Winograd4x4;
  auto step = ours ? winograd_step(operation, way.algorithm == Algorithm::Winograd2x2 ? 2 : 4, in, out, adds, scratch, weights, scratch_bytes)
                   : convolution_step(operation, way.algorithm, in, out, adds, activation, scratch, weights, scratch_bytes, way.slow);
  if (step == nullptr) return steps;
  steps.push_back(std::move(step));
  if (way.activates_apart) steps.push_back(pointwise_step(out, out, nullptr, nullptr, {}, {}, operation.activation.slope()));
  return steps;
}

Way quickest_way(
    const Operation& operation, const Place& given, const Place& best_in, const Place& best_out, const Place* addend, const Choice& choice, Weights& weights) {
  auto possible = ways(operation, best_in, best_out, choice);
  std::ostringstream key;
  key << "convolution ";
  write(key, choice);
  write(key, operation);
  for (const auto* place : {&given, &best_in, &best_out}) write(key, *place);
  if (addend) write(key, *addend);
  key << in_words(operation.stride) << in_words(operation.padding) << in_words(operation.dilation) << operation.groups;

  auto best = quickest(key.str(), possible.size(), choice, [&](size_t i, Scratch& scratch) {
    constexpr int source = 1, in_buffer = 2, out_buffer = 3, scratch_buffer = 4, target = 5;
    const auto& way = possible[i];
    auto from = given, in = given, out = best_out, beyond = addend ? *addend : best_out;
    from.buffer = source;
    in.layout = way.from;
    in.type = way.type;
    in.buffer = in_buffer;
    out.layout = way.to;
    if (best_out.type != Type::Float32) out.type = way.type;
    out.buffer = out_buffer;
    beyond.buffer = target;
    size_t scratch_bytes = 0;
    auto steps = steps_of(operation, way, in, out, addend != nullptr, scratch_buffer, weights, &scratch_bytes);
    if (steps.empty()) return steps;
    if (in.layout != from.layout || in.type != from.type) steps.insert(steps.begin(), reorder_step(from, in));
    if (addend != nullptr) {
      if (beyond.layout != out.layout || beyond.type != out.type) steps.insert(steps.begin(), reorder_step(beyond, out));
    } else if (beyond.layout != out.layout) {
      // Whatever type it has: what reads it may want that one.
      beyond.type = out.type;
      steps.push_back(reorder_step(out, beyond));
    }
    for (const auto* place : {&from, &in, &out, &beyond}) scratch.add(*place);
    scratch.add(scratch_buffer, scratch_bytes);
    return steps;
  });
  if (best < possible.size()) return possible[best];
  return {Algorithm::Direct, Layout::Plain, Layout::Plain, false, true, best_in.type};
}

LinearWay quickest_linear_way(const Operation& operation, const Place& in, const Place& out, const Choice& choice, Weights& weights) {
  std::vector<LinearWay> possible;
  if (choice.type == Type::Float32 || choice.any_type) possible = {{true, Type::Float32}, {false, Type::Float32}};
  if (choice.type != Type::Float32) possible.insert(possible.end(), {{true, choice.type}, {false, choice.type}});
  std::ostringstream key;
  key << "linear ";
  write(key, choice);
  write(key, operation);
  write(key, in);

  auto best = quickest(key.str(), possible.size(), choice, [&](size_t i, Scratch& scratch) {
    constexpr int source = 1, in_buffer = 2, out_buffer = 3;
    const auto& way = possible[i];
    // The loop has no blocks for many rows at a time.
    constexpr int64_t most_rows = 64;
    if (way.loop && in.sizes[0] > most_rows) return Steps();
    auto from = in, read = in, to = out;
    from.buffer = source;
    read.buffer = source;
    to.buffer = out_buffer;
    Steps steps;
    if (!way.loop && way.type != in.type) {
      read.type = way.type;
      read.buffer = in_buffer;
      steps.push_back(reorder_step(from, read));
    }
    auto step = way.loop ? product_step(operation, from, to, way.type) : linear_step(operation, read, to, weights);
    if (step == nullptr) return Steps();
    steps.push_back(std::move(step));
    for (const auto* place : {&from, &read, &to}) scratch.add(*place);
    return steps;
  });
  return best < possible.size() ? possible[best] : LinearWay{true, Type::Float32};
}

}  // namespace tresnet::plan
#endif
