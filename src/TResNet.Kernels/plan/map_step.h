// What steps over feature maps share: where the elements are, how rows are divided among threads, and the loops for this processor.
#pragma once

#include <algorithm>
#include <cstring>

#include "../parallel.h"
#include "../processor.h"
#include "../status.h"
#include "loops.h"
#include "step.h"

namespace tresnet::plan {

// Each translation unit has its own.
namespace {

template <class T>
[[maybe_unused]] const Loops<T>& loops();
template <>
[[maybe_unused]] const Loops<float>& loops<float>() {
  static const auto& value = TRESNET_BEST(float_loops)();
  return value;
}
template <>
[[maybe_unused]] const Loops<BFloat16>& loops<BFloat16>() {
  static const auto& value = TRESNET_BEST(bfloat16_loops)();
  return value;
}
[[maybe_unused]] const RowLoops& row_loops() {
  static const auto& value = TRESNET_BEST(row_loops)();
  return value;
}

// How a feature map's elements are found: its runs of channels, row after row.
struct Map {
  int64_t images, channels, groups, run, height, width, step, group_stride, image_stride;

  explicit Map(const Place& place) {
    const auto& sizes = place.sizes;
    images = sizes[0];
    channels = sizes[1];
    height = sizes.size() == 4 ? sizes[2] : 1;
    width = sizes.size() == 4 ? sizes[3] : 1;
    bool blocked = place.layout == Layout::Blocked;
    require(blocked || place.layout == Layout::ChannelsLast || channels == 1 || (height == 1 && width == 1), "a step got a map in the wrong order");
    groups = blocked ? (channels + block - 1) / block : 1;
    run = blocked ? block : channels;
    step = run;
    group_stride = blocked ? height * width * block : 0;
    image_stride = groups * run * height * width;
  }

  int64_t at(int64_t image, int64_t group, int64_t row) const {
    return image * image_stride + group * group_stride + row * width * step;
  }
  Strip row() const { return {width, run, step}; }
  int64_t rows() const { return images * groups * height; }
  // The channels of a group that are the map's; the others fill up its block.
  int64_t own(int64_t group) const { return std::min(run, channels - group * run); }
};

// For steps that know no blocks with something else than channels in them.
inline void require_whole_blocks(const Place& place) {
  require(place.layout != Layout::Blocked || place.sizes[1] % block == 0, "a step got a map with a block that is filled up");
}

// What one thread has read and written before another has woken and come back.
constexpr int64_t grain_elements = 32768;

// Calls f(image, group, row) for every row, divided among the threads.
template <class F>
void for_rows(const Map& map, F&& f) {
  int64_t grain = std::max<int64_t>(1, grain_elements / (map.width * map.run));
  parallel_for(0, map.rows(), grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) f(i / (map.groups * map.height), i / map.height % map.groups, i % map.height);
  });
}

// The addresses of its places, in order.
class MapStep : public Step {
 public:
  MapStep(std::string name, std::vector<int> buffers, std::string by = "loop")
      : Step(std::move(name), std::move(by)), buffers_(std::move(buffers)), addresses_(buffers_.size()) {}
  void bind(const Buffers& buffers) override {
    for (size_t i = 0; i < buffers_.size(); i++) addresses_[i] = buffers_[i] == none ? nullptr : buffers.address(buffers_[i]);
  }

 protected:
  template <class T>
  T* address(size_t i) const {
    return reinterpret_cast<T*>(addresses_[i]);
  }

 private:
  std::vector<int> buffers_;
  std::vector<char*> addresses_;
};

template <template <class> class S, class... Arguments>
std::unique_ptr<Step> of_type(Type type, Arguments&&... arguments) {
  if (type == Type::Float32) return std::make_unique<S<float>>(std::forward<Arguments>(arguments)...);
  return std::make_unique<S<BFloat16>>(std::forward<Arguments>(arguments)...);
}

}  // namespace
}  // namespace tresnet::plan
