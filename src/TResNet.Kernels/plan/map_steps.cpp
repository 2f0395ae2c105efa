// Steps over feature maps: each divides its rows among the threads and leaves the work to loops.cpp.
#include <limits>

#include "map_step.h"

namespace tresnet::plan {

namespace {

// A number for each channel, and zeros for what fills up the last block.
std::vector<float> filled_up(const Map& map, Numbers numbers) {
  auto result = numbers.copy();
  if (!result.empty()) result.resize(map.groups * map.run);
  return result;
}

template <class T>
class PointwiseStep : public MapStep {
 public:
  PointwiseStep(const Place& in, const Place& out, const Place* gate, const Place* addend, Numbers scale, Numbers shift, float slope)
      : MapStep(
            std::string("pointwise") + (gate ? " gate" : "") + (scale ? " scale" : "") + (addend ? " add" : "") + (slope != 1 ? " relu" : ""),
            {in.buffer, out.buffer, gate ? gate->buffer : none, addend ? addend->buffer : none}),
        map_(in),
        scale_(filled_up(map_, scale)),
        shift_(filled_up(map_, shift)),
        slope_(slope) {}

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    const auto* gate = address<const float>(2);
    const auto* addend = address<const T>(3);
    const auto* scale = scale_.empty() ? nullptr : scale_.data();
    const auto* shift = shift_.empty() ? nullptr : shift_.data();
    for_rows(map_, [&](int64_t image, int64_t group, int64_t row) {
      int64_t at = map_.at(image, group, row);
      int64_t channel = group * map_.run, own = map_.own(group);
      const auto* by = scale ? scale + channel : nullptr;
      float last[block] = {};
      if (gate) {
        by = gate + image * map_.channels + channel;
        if (own < map_.run) by = static_cast<const float*>(std::memcpy(last, by, own * sizeof(float)));
      }
      loops<T>().pointwise(out + at, in + at, addend ? addend + at : nullptr, by, shift ? shift + channel : nullptr, slope_, map_.row());
    });
  }

 private:
  Map map_;
  std::vector<float> scale_, shift_;
  float slope_;
};

template <class T>
class BlurStep : public MapStep {
 public:
  BlurStep(const Place& in, const Place& out, int64_t stride) : MapStep("blur", {in.buffer, out.buffer}), in_(in), out_(out), stride_(stride) {}

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    for_rows(out_, [&](int64_t image, int64_t group, int64_t row) {
      int64_t at = row * stride_, last = in_.height - 1;
      auto line = [&](int64_t y) { return in + in_.at(image, group, y); };
      loops<T>().blur(
          out + out_.at(image, group, row), line(at == 0 ? 1 : at - 1), line(at), line(at == last ? last - 1 : at + 1), stride_, in_.row());
    });
  }

 private:
  Map in_, out_;
  int64_t stride_;
};

// Calls f(image, group, from, run) for parts of the channels, so that there is something for every thread where there is one run of them.
constexpr int64_t most_channels = 64;

template <class F>
void for_channels(const Map& map, F&& f) {
  int64_t part = std::min(map.run, most_channels), parts = (map.run + part - 1) / part;
  int64_t grain = std::max<int64_t>(1, grain_elements / (part * map.height * map.width));
  parallel_for(0, map.images * map.groups * parts, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      int64_t group = i / parts % map.groups, from = i % parts * part;
      f(i / (map.groups * parts), group, from, std::min(part, map.own(group) - from));
    }
  });
}

template <class T>
class MeanStep : public MapStep {
 public:
  MeanStep(const Place& in, const Place& out) : MapStep("mean", {in.buffer, out.buffer}), in_(in) {}

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<float>(1);
    // As many as float32 sums without losing digits that count.
    constexpr int64_t at_once = 512;
    int64_t pixels = in_.height * in_.width;
    for_channels(in_, [&](int64_t image, int64_t group, int64_t from, int64_t run) {
      const auto* first = in + in_.at(image, group, 0) + from;
      double sums[most_channels] = {};
      for (int64_t pixel = 0; pixel < pixels; pixel += at_once) {
        float some[most_channels] = {};
        loops<T>().add(some, first + pixel * in_.step, {std::min(at_once, pixels - pixel), run, in_.step});
        for (int64_t c = 0; c < run; c++) sums[c] += some[c];
      }
      auto* to = out + image * in_.channels + group * in_.run + from;
      for (int64_t c = 0; c < run; c++) to[c] = static_cast<float>(sums[c] / static_cast<double>(pixels));
    });
  }

 private:
  Map in_;
};

template <class T>
class MaximumStep : public MapStep {
 public:
  MaximumStep(const Place& in, const Place& out) : MapStep("maximum", {in.buffer, out.buffer}), in_(in) {}

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<float>(1);
    for_channels(in_, [&](int64_t image, int64_t group, int64_t from, int64_t run) {
      auto* to = out + image * in_.channels + group * in_.run + from;
      std::fill_n(to, run, -std::numeric_limits<float>::infinity());
      loops<T>().maximum(to, in + in_.at(image, group, 0) + from, {in_.height * in_.width, run, in_.step});
    });
  }

 private:
  Map in_;
};

}  // namespace

std::unique_ptr<Step> pointwise_step(const Place& in, const Place& out, const Place* gate, const Place* addend, Numbers scale, Numbers shift, float slope) {
  return of_type<PointwiseStep>(in.type, in, out, gate, addend, scale, shift, slope);
}

std::unique_ptr<Step> blur_step(const Place& in, const Place& out, int64_t stride) { return of_type<BlurStep>(in.type, in, out, stride); }

std::unique_ptr<Step> mean_step(const Place& in, const Place& out) { return of_type<MeanStep>(in.type, in, out); }

std::unique_ptr<Step> maximum_step(const Place& in, const Place& out) { return of_type<MaximumStep>(in.type, in, out); }

}  // namespace tresnet::plan
