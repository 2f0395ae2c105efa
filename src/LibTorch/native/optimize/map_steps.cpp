// Steps over feature maps: each divides its rows among the threads and leaves the work to loops.cpp.
#include "map_step.h"

namespace tb {
namespace optimize {

int64_t Place::elements() const {
  int64_t count = 1;
  for (auto size : sizes) count *= size;
  return count;
}

namespace {

template <class T>
class PointwiseStep : public MapStep {
 public:
  PointwiseStep(
      const Place& in, const Place& out, const Place* gate, const Place* addend, const at::Tensor& scale, const at::Tensor& shift, float slope)
      : MapStep(
            std::string("pointwise") + (gate ? " gate" : "") + (scale.defined() ? " scale" : "") + (addend ? " add" : "") +
                (slope != 1 ? " relu" : ""),
            {in.buffer, out.buffer, gate ? gate->buffer : none, addend ? addend->buffer : none}),
        map_(in),
        scale_(scale),
        shift_(shift),
        slope_(slope) {}

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    const auto* gate = address<const float>(2);
    const auto* addend = address<const T>(3);
    const auto* scale = scale_.defined() ? scale_.data_ptr<float>() : nullptr;
    const auto* shift = shift_.defined() ? shift_.data_ptr<float>() : nullptr;
    for_rows(map_, [&](int64_t image, int64_t group, int64_t row) {
      int64_t at = map_.at(image, group, row);
      int64_t channel = group * map_.run;
      loops<T>().pointwise(
          out + at, in + at, addend ? addend + at : nullptr, gate ? gate + image * map_.channels + channel : scale ? scale + channel : nullptr,
          shift ? shift + channel : nullptr, slope_, map_.row());
    });
  }

 private:
  Map map_;
  at::Tensor scale_, shift_;
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

template <class T>
class MeanStep : public MapStep {
 public:
  MeanStep(const Place& in, const Place& out) : MapStep("mean", {in.buffer, out.buffer}), in_(in) {}

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<float>(1);
    // Channels last: a part of the channels at a time, so that there is something for every thread.
    constexpr int64_t most_channels = 64;
    int64_t part = std::min<int64_t>(in_.run, most_channels);
    int64_t parts = (in_.run + part - 1) / part;
    int64_t pixels = in_.height * in_.width;
    // As many as float32 sums without losing digits that count.
    constexpr int64_t at_once = 512;
    at::parallel_for(0, in_.images * in_.groups * parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        int64_t image = i / (in_.groups * parts), group = i / parts % in_.groups, from = i % parts * part;
        int64_t run = std::min(part, in_.run - from);
        const auto* first = in + in_.at(image, group, 0) + from;
        double sums[most_channels] = {};
        for (int64_t pixel = 0; pixel < pixels; pixel += at_once) {
          float some[most_channels] = {};
          loops<T>().add(some, first + pixel * in_.step, {std::min(at_once, pixels - pixel), run, in_.step});
          for (int64_t c = 0; c < run; c++) sums[c] += some[c];
        }
        auto* to = out + image * in_.channels + group * in_.run + from;
        for (int64_t c = 0; c < run; c++) to[c] = static_cast<float>(sums[c] / static_cast<double>(pixels));
      }
    });
  }

 private:
  Map in_;
};

// From a float32 tensor in either order of its elements.
template <class T>
class SpaceToDepthStep : public MapStep {
 public:
  SpaceToDepthStep(const Place& in, const Place& out, int64_t patch)
      : MapStep("space to depth", {in.buffer, out.buffer}), out_(out), patch_(patch), colours_(in.sizes[1]) {
    bool last = in.layout == Layout::ChannelsLast;
    colour_stride_ = last ? 1 : in.sizes[2] * in.sizes[3];
    column_stride_ = last ? colours_ : 1;
    row_stride_ = in.sizes[3] * column_stride_;
    image_stride_ = colours_ * in.sizes[2] * in.sizes[3];
  }

  void run() override {
    const auto* in = address<const float>(0);
    auto* out = address<T>(1);
    for_rows(out_, [&](int64_t image, int64_t group, int64_t row) {
      auto* to = out + out_.at(image, group, row);
      const auto* from = in + image * image_stride_ + row * patch_ * row_stride_;
      for (int64_t c = 0; c < out_.run; c++) {
        int64_t channel = group * out_.run + c;
        int64_t place = channel / colours_;
        const auto* first = from + place / patch_ * row_stride_ + place % patch_ * column_stride_ + channel % colours_ * colour_stride_;
        for (int64_t x = 0; x < out_.width; x++) store(to + x * out_.step + c, first[x * patch_ * column_stride_]);
      }
    });
  }

 private:
  Map out_;
  int64_t patch_, colours_, colour_stride_, column_stride_, row_stride_, image_stride_;
};

}  // namespace

std::unique_ptr<Step> pointwise_step(
    const Place& in, const Place& out, const Place* gate, const Place* addend, const at::Tensor& scale, const at::Tensor& shift, float slope) {
  return of_type<PointwiseStep>(in.type, in, out, gate, addend, scale, shift, slope);
}

std::unique_ptr<Step> blur_step(const Place& in, const Place& out, int64_t stride) { return of_type<BlurStep>(in.type, in, out, stride); }

std::unique_ptr<Step> mean_step(const Place& in, const Place& out) { return of_type<MeanStep>(in.type, in, out); }

std::unique_ptr<Step> space_to_depth_step(const Place& in, const Place& out, int64_t patch) {
  return of_type<SpaceToDepthStep>(out.type, in, out, patch);
}

}  // namespace optimize
}  // namespace tb
