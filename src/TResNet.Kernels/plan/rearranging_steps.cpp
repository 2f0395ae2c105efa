// Steps that bring pixels and channels somewhere else: patches into channels, channels of one map into another, and maps into the middle of larger ones.
#include "map_step.h"

namespace tresnet::plan {

namespace {

// From a float32 tensor in either order of its elements.
template <class T>
class SpaceToDepthStep : public MapStep {
 public:
  SpaceToDepthStep(const Place& in, const Place& out, int64_t patch)
      : MapStep("space to depth", {in.buffer, out.buffer}), out_(out), patch_(patch), colours_(in.sizes[1]) {
    require_whole_blocks(out);
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

template <class T>
class ChannelsStep : public MapStep {
 public:
  ChannelsStep(const Place& in, const Place& out, int64_t from, int64_t to, int64_t count)
      : MapStep("channels", {in.buffer, out.buffer}), in_(in), out_(out), from_(from), to_(to), count_(count) {
    require_whole_blocks(out);
  }

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    int64_t grain = std::max<int64_t>(1, grain_elements / (in_.width * count_));
    parallel_for(0, in_.images * in_.height, grain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        int64_t image = i / in_.height, row = i % in_.height;
        // As many as follow one another in both.
        for (int64_t c = 0; c < count_;) {
          int64_t a = from_ + c, b = to_ + c;
          int64_t run = std::min({count_ - c, in_.run - a % in_.run, out_.run - b % out_.run});
          const auto* source = in + in_.at(image, a / in_.run, row) + a % in_.run;
          auto* target = out + out_.at(image, b / out_.run, row) + b % out_.run;
          bool whole = run == in_.step && run == out_.step;
          int64_t times = whole ? 1 : in_.width, bytes = (whole ? in_.width * run : run) * static_cast<int64_t>(sizeof(T));
          for (int64_t x = 0; x < times; x++) std::memcpy(target + x * out_.step, source + x * in_.step, bytes);
          c += run;
        }
      }
    });
  }

 private:
  Map in_, out_;
  int64_t from_, to_, count_;
};

// The pixel that a padded one shows, from -1 for none.
int64_t shown(int64_t at, int64_t size, Border border) {
  if (at >= 0 && at < size) return at;
  if (border == Border::Constant) return -1;
  if (border == Border::Replicate) return at < 0 ? 0 : size - 1;
  return at < 0 ? -at : 2 * (size - 1) - at;
}

template <class T>
class PadStep : public MapStep {
 public:
  PadStep(const Place& in, const Place& out, const Operation& operation)
      : MapStep("pad", {in.buffer, out.buffer}), in_(in), out_(out), top_(operation.padding[0]), left_(operation.padding[1]), border_(operation.border),
        constant_(operation.activation.alpha) {
    require_whole_blocks(out);
  }

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    T constant;
    store(&constant, constant_);
    const auto pixel_bytes = out_.run * static_cast<int64_t>(sizeof(T));
    for_rows(out_, [&](int64_t image, int64_t group, int64_t row) {
      auto* to = out + out_.at(image, group, row);
      int64_t y = shown(row - top_, in_.height, border_);
      if (y < 0) {
        std::fill_n(to, out_.width * out_.run, constant);
        return;
      }
      const auto* from = in + in_.at(image, group, y);
      auto border = [&](int64_t x) {
        int64_t seen = shown(x - left_, in_.width, border_);
        if (seen < 0)
          std::fill_n(to + x * out_.step, out_.run, constant);
        else
          std::memcpy(to + x * out_.step, from + seen * in_.step, pixel_bytes);
      };
      for (int64_t x = 0; x < left_; x++) border(x);
      std::memcpy(to + left_ * out_.step, from, in_.width * pixel_bytes);
      for (int64_t x = left_ + in_.width; x < out_.width; x++) border(x);
    });
  }

 private:
  Map in_, out_;
  int64_t top_, left_;
  Border border_;
  float constant_;
};

}  // namespace

std::unique_ptr<Step> space_to_depth_step(const Place& in, const Place& out, int64_t patch) {
  return of_type<SpaceToDepthStep>(out.type, in, out, patch);
}

std::unique_ptr<Step> channels_step(const Place& in, const Place& out, int64_t from, int64_t to, int64_t count) {
  return of_type<ChannelsStep>(in.type, in, out, from, to, count);
}

std::unique_ptr<Step> pad_step(const Place& in, const Place& out, const Operation& operation) {
  return of_type<PadStep>(in.type, in, out, operation);
}

}  // namespace tresnet::plan
