#ifdef TRESNET_ONEDNN
#include "plan.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace tresnet::plan {

namespace {

double now() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

char* Plan::address(int buffer) const {
  if (buffer == input_buffer) return reinterpret_cast<char*>(const_cast<float*>(input_address_));
  return arena_.data() + buffers_[buffer].offset;
}

// Largest first, each at the lowest place that is free while it lives.
void Plan::place_buffers() {
  std::vector<int> order;
  for (int i = input_buffer + 1; i < static_cast<int>(buffers_.size()); i++) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return buffers_[a].bytes > buffers_[b].bytes; });
  std::vector<int> placed;
  size_t all = 0;
  for (int i : order) {
    auto& buffer = buffers_[i];
    std::vector<std::pair<size_t, size_t>> taken;
    for (int j : placed)
      if (buffers_[j].first <= buffer.last && buffer.first <= buffers_[j].last)
        taken.push_back({buffers_[j].offset, buffers_[j].offset + Arena::rounded(buffers_[j].bytes)});
    std::sort(taken.begin(), taken.end());
    size_t at = 0;
    for (const auto& range : taken) {
      if (at + buffer.bytes <= range.first) break;
      at = std::max(at, range.second);
    }
    buffer.offset = at;
    all = std::max(all, at + Arena::rounded(buffer.bytes));
    placed.push_back(i);
  }
  arena_.reserve(all);
}

void Plan::bind_all() {
  for (size_t i = 0; i < steps_.size(); i++)
    if (input_address_ != nullptr || !std::binary_search(reads_input_.begin(), reads_input_.end(), static_cast<int>(i))) steps_[i]->bind(*this);
}

void Plan::settle() {
  size_t bytes = 0;
  for (const auto& step : steps_) bytes += Arena::rounded(step->weights_bytes());
  weights_.reserve(bytes);
  for (auto& step : steps_) step->move_weights(weights_);
  bind_all();
}

void Plan::enter(const float* input) {
  if (input == input_address_) return;
  input_address_ = input;
  for (int step : reads_input_) steps_[step]->bind(*this);
}

void Plan::run(const float* input, float* output, const Wanted& wanted) {
  std::lock_guard<std::mutex> lock(mutex_);
  enter(input);
  for (auto& step : steps_) {
    wanted.check();
    step->run();
  }
  std::memcpy(output, address(output_.buffer), output_.bytes());
}

std::vector<double> Plan::profile(const float* input) {
  std::lock_guard<std::mutex> lock(mutex_);
  enter(input);
  for (auto& step : steps_) step->run();
  std::vector<double> times;
  for (auto& step : steps_) {
    auto start = now();
    step->run();
    times.push_back(now() - start);
  }
  return times;
}

}  // namespace tresnet::plan
#endif
