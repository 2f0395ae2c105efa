#include "plan.h"

#include "wanted.h"

#include <sys/mman.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

namespace tb {
namespace optimize {

namespace {

constexpr int input_buffer = 0;
constexpr size_t alignment = 64;
constexpr size_t huge_page = size_t{2} << 20;

size_t rounded(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Layout layout_of(const at::Tensor& input) {
  return input.dim() == 4 && !input.is_contiguous() && input.is_contiguous(at::MemoryFormat::ChannelsLast) ? Layout::ChannelsLast
                                                                                                          : Layout::Plain;
}

}  // namespace

Plan::~Plan() { std::free(arena_); }

char* Plan::address(int buffer) const {
  if (buffer == input_buffer) return static_cast<char*>(const_cast<void*>(input_address_));
  return arena_ + buffers_[buffer].offset;
}

// Largest first, each at the lowest place that is free while it lives.
void Plan::place_buffers() {
  std::vector<int> order;
  for (int i = input_buffer + 1; i < static_cast<int>(buffers_.size()); i++) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return buffers_[a].bytes > buffers_[b].bytes; });
  std::vector<int> placed;
  for (int i : order) {
    auto& buffer = buffers_[i];
    std::vector<std::pair<size_t, size_t>> taken;
    for (int j : placed)
      if (buffers_[j].first <= buffer.last && buffer.first <= buffers_[j].last)
        taken.push_back({buffers_[j].offset, buffers_[j].offset + rounded(buffers_[j].bytes, alignment)});
    std::sort(taken.begin(), taken.end());
    size_t at = 0;
    for (const auto& range : taken) {
      if (at + buffer.bytes <= range.first) break;
      at = std::max(at, range.second);
    }
    buffer.offset = at;
    arena_bytes_ = std::max(arena_bytes_, at + rounded(buffer.bytes, alignment));
    placed.push_back(i);
  }
  arena_bytes_ = rounded(std::max(arena_bytes_, huge_page), huge_page);
  void* arena = nullptr;
  TORCH_CHECK(posix_memalign(&arena, huge_page, arena_bytes_) == 0, "there is no memory for a plan of ", arena_bytes_ >> 20, " MiB");
  arena_ = static_cast<char*>(arena);
  madvise(arena_, arena_bytes_, MADV_HUGEPAGE);
}

void Plan::enter(const at::Tensor& input) {
  if (input.data_ptr() == input_address_) return;
  input_address_ = input.data_ptr();
  for (int step : reads_input_) steps_[step]->bind(*this);
}

at::Tensor Plan::readable(const at::Tensor& input) const {
  TORCH_CHECK(
      !torch::jit::tracer::isTracing(), "an optimised network cannot be a part of one that is traced; optimise the network that it was made of");
  TORCH_CHECK(
      input.device().is_cpu() && input.sizes() == at::IntArrayRef(input_.sizes), "a plan for inputs of ", at::IntArrayRef(input_.sizes),
      " on the CPU got one of ", input.sizes(), " on ", input.device());
  auto format = input_.layout == Layout::Plain ? at::MemoryFormat::Contiguous : at::MemoryFormat::ChannelsLast;
  return input.to(at::kFloat).contiguous(format);
}

at::Tensor Plan::run(const at::Tensor& input) {
  auto given = readable(input);
  std::lock_guard<std::mutex> lock(mutex_);
  enter(given);
  for (auto& step : steps_) {
    Wanted::check();
    step->run();
  }
  auto result = at::empty(output_.sizes, at::kFloat);
  std::memcpy(result.data_ptr(), address(output_.buffer), output_.bytes());
  return result;
}

std::vector<StepTime> Plan::profile(const at::Tensor& input) {
  auto given = readable(input);
  std::lock_guard<std::mutex> lock(mutex_);
  enter(given);
  for (auto& step : steps_) step->run();
  std::vector<StepTime> times;
  for (auto& step : steps_) {
    auto start = now();
    step->run();
    times.push_back({step->name, step->by, now() - start});
  }
  return times;
}

std::unique_ptr<Plan> Plan::quickest(const Program& program, bool bfloat16, const at::Tensor& example, Weights& weights) {
  constexpr int rounds = 3;
  std::unique_ptr<Plan> best;
  double best_time = 0;
  for (bool blocked : {true, false}) {
    auto plan = std::make_unique<Plan>(program, Mode{blocked, bfloat16}, layout_of(example), weights);
    plan->run(example);
    double least = 1e300;
    for (int i = 0; i < rounds; i++) {
      auto start = now();
      plan->run(example);
      least = std::min(least, now() - start);
    }
    if (best == nullptr || least < best_time) {
      best = std::move(plan);
      best_time = least;
    }
  }
  return best;
}

}  // namespace optimize
}  // namespace tb
