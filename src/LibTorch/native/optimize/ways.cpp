#include "ways.h"

#include "wanted.h"

#include "../internal.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <sstream>

namespace tb {
namespace optimize {

namespace {

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

std::vector<Way> ways(const Operation& operation, const Place& in, const Place& out) {
  constexpr auto plain = Layout::Plain, last = Layout::ChannelsLast, blocked = Layout::Blocked;
  auto from = in.layout, to = out.layout;
  std::vector<Way> result = {{Algorithm::Direct, from, to, false, false}};
  const auto& weight = operation.weight;
  bool winograd = may_use_winograd() && from == blocked && to == blocked && in.type == at::kFloat && operation.groups == 1 && weight.size(2) == 3 &&
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

}  // namespace

Steps steps_of(
    const Operation& operation, const Way& way, const Place& in, const Place& out, bool adds, int scratch, Weights& weights,
    size_t* scratch_bytes) {
  Steps steps;
  auto activation = way.activates_apart ? Activation() : operation.activation;
  auto step = convolution_step(operation, way.algorithm, in, out, adds, activation, scratch, weights, scratch_bytes, way.slow);
  if (step == nullptr) return steps;
  steps.push_back(std::move(step));
  if (way.activates_apart) steps.push_back(pointwise_step(out, out, nullptr, nullptr, {}, {}, operation.activation.slope()));
  return steps;
}

Way quickest_way(const Operation& operation, const Place& neighbour_in, const Place& neighbour_out, bool adds, Weights& weights) {
  auto possible = ways(operation, neighbour_in, neighbour_out);
  std::ostringstream key;
  key << may_use_winograd() << ' ' << at::get_num_threads() << ' ' << at::IntArrayRef(neighbour_in.sizes) << ' ' << operation.weight.sizes() << ' '
      << at::IntArrayRef(operation.stride) << at::IntArrayRef(operation.padding) << at::IntArrayRef(operation.dilation) << ' '
      << operation.groups << ' ' << static_cast<int>(neighbour_in.type) << static_cast<int>(neighbour_out.type)
      << static_cast<int>(neighbour_in.layout) << static_cast<int>(neighbour_out.layout) << adds
      << static_cast<int>(operation.activation.kind) << ' ' << operation.activation.alpha;
  std::lock_guard<std::mutex> lock(choices().mutex);
  auto found = choices().best.find(key.str());
  if (found != choices().best.end()) return possible[found->second];

  constexpr int source = 1, in_buffer = 2, out_buffer = 3, scratch_buffer = 4, target = 5;
  size_t best = possible.size() - 1;
  double best_time = 1e300;
  for (size_t i = 0; i + 1 < possible.size(); i++) {
    Wanted::check();
    const auto& way = possible[i];
    auto given = neighbour_in, in = neighbour_in, out = neighbour_out, result = neighbour_out;
    given.buffer = source;
    in.layout = way.from;
    in.buffer = in_buffer;
    out.layout = way.to;
    out.buffer = out_buffer;
    result.buffer = target;
    size_t scratch_bytes = 0;
    auto steps = steps_of(operation, way, in, out, adds, scratch_buffer, weights, &scratch_bytes);
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

}  // namespace optimize
}  // namespace tb
