#include "shared_statistics.h"

#include <algorithm>
#include <atomic>

#include "status.h"

namespace tresnet {
namespace abn {

namespace {

std::atomic<tresnet_reducer> reducer{nullptr};

void add_others(tresnet_reducer add, std::vector<double>& values, bool is_backward) {
  auto status = add(values.data(), static_cast<int64_t>(values.size()), is_backward);
  if (status != 0) throw Error(TRESNET_FAILED, "the statistics of the other processes did not come");
}

}  // namespace

bool has_others() { return reducer.load() != nullptr; }

void combine(std::vector<Moments>& moments) {
  auto add = reducer.load();
  if (add == nullptr) return;
  auto channels = moments.size();
  std::vector<double> sums(2 * channels + 1);
  sums[2 * channels] = moments[0].count;
  for (size_t c = 0; c < channels; c++) {
    sums[c] = moments[c].count * moments[c].mean;
    sums[channels + c] = moments[c].squares + sums[c] * moments[c].mean;
  }
  add_others(add, sums, false);
  auto count = sums[2 * channels];
  for (size_t c = 0; c < channels; c++) {
    auto mean = sums[c] / count;
    moments[c] = {count, mean, std::max(0.0, sums[channels + c] - count * mean * mean)};
  }
}

std::vector<Sums> combined(const std::vector<Sums>& sums) {
  auto add = reducer.load();
  if (add == nullptr) return sums;
  auto channels = sums.size();
  std::vector<double> values(2 * channels);
  for (size_t c = 0; c < channels; c++) {
    values[c] = sums[c].gradient;
    values[channels + c] = sums[c].product;
  }
  add_others(add, values, true);
  std::vector<Sums> all(channels);
  for (size_t c = 0; c < channels; c++) all[c] = {values[c], values[channels + c]};
  return all;
}

}  // namespace abn
}  // namespace tresnet

TRESNET_API void tresnet_reduce_with(tresnet_reducer add) { tresnet::abn::reducer = add; }
