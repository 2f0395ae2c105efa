// Steps over parts of feature maps: channels that go somewhere else, the mixing of paths (Li et al., arXiv 1903.06586; Zhang et al.,
// arXiv 2004.08955), and EvoNorm (Liu et al., arXiv 2004.02967).
#include <cmath>
#include <cstring>

#include "map_step.h"

namespace tb {
namespace optimize {

namespace {

template <class T>
class ChannelsStep : public MapStep {
 public:
  ChannelsStep(const Place& in, const Place& out, int64_t from, int64_t to, int64_t count)
      : MapStep("channels", {in.buffer, out.buffer}), in_(in), out_(out), from_(from), to_(to), count_(count) {}

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    at::parallel_for(0, in_.images * in_.height, 1, [&](int64_t begin, int64_t end) {
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

// The addresses of the parts, of the result, and of the gates.
std::vector<int> buffers_of(const std::vector<Place>& in, const Place& out, const Place* gate) {
  std::vector<int> buffers;
  for (const auto& place : in) buffers.push_back(place.buffer);
  buffers.push_back(out.buffer);
  buffers.push_back(gate ? gate->buffer : none);
  return buffers;
}

template <class T>
class MixStep : public MapStep {
 public:
  MixStep(const std::vector<Place>& in, const std::vector<int64_t>& from, const Place& out, const Place* gate)
      : MapStep(gate ? "mix" : "sum of channels", buffers_of(in, out, gate)), in_(in.begin(), in.end()), from_(from), out_(out) {
    if (gate == nullptr) ones_.assign(out_.channels, 1.0f);
  }

  void run() override {
    auto parts = in_.size();
    auto* out = address<T>(parts);
    const auto* gates = address<const float>(parts + 1);
    for_rows(out_, [&](int64_t image, int64_t group, int64_t row) {
      int64_t channel = group * out_.run;
      auto part = [&](size_t i) {
        int64_t first = from_[i] + channel;
        return address<const T>(i) + in_[i].at(image, first / in_[i].run, row) + first % in_[i].run;
      };
      auto gate = [&](size_t i) {
        return gates ? gates + (image * static_cast<int64_t>(parts) + static_cast<int64_t>(i)) * out_.channels + channel : &ones_[channel];
      };
      for (size_t i = 0; i < parts; i += 2)
        loops<T>().mix(
            out + out_.at(image, group, row), part(i), part(i + 1), gate(i), gate(i + 1), i > 0, in_[i].step, out_.row());
    });
  }

 private:
  std::vector<Map> in_;
  std::vector<int64_t> from_;
  Map out_;
  std::vector<float> ones_;
};

std::vector<float> floats(const at::Tensor& values) {
  auto plain = values.to(at::kFloat).contiguous();
  return {plain.data_ptr<float>(), plain.data_ptr<float>() + plain.numel()};
}

template <class T>
class EvoNormStep : public MapStep {
 public:
  EvoNormStep(const Place& in, const Place& out, const EvoNorm& evo)
      : MapStep(evo.batch.defined() ? "EvoNorm-B0" : "EvoNorm-S0", {in.buffer, out.buffer}),
        map_(in),
        v_(floats(evo.v)),
        weight_(floats(evo.weight)),
        bias_(floats(evo.bias)),
        groups_(evo.groups),
        epsilon_(evo.epsilon),
        sums_(map_.images * map_.channels),
        squares_(sums_),
        deviation_(sums_.size()) {
    if (evo.batch.defined()) batch_ = floats(evo.batch);
  }

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    add_up(in);
    deviations();
    for_rows(map_, [&](int64_t image, int64_t group, int64_t row) {
      int64_t at = map_.at(image, group, row), channel = group * map_.run;
      const auto* deviation = &deviation_[image * map_.channels + channel];
      if (batch_.empty())
        loops<T>().evo_s0(out + at, in + at, &v_[channel], deviation, &bias_[channel], map_.row());
      else
        loops<T>().evo_b0(
            out + at, in + at, &v_[channel], &weight_[channel], &bias_[channel], &batch_[channel], deviation, map_.row());
    });
  }

 private:
  // Rows in float32, what they add up to in float64.
  void add_up(const T* in) {
    constexpr int64_t most = 64;
    int64_t part = std::min(map_.run, most), parts = (map_.run + part - 1) / part;
    at::parallel_for(0, map_.images * map_.groups * parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        int64_t image = i / (map_.groups * parts), group = i / parts % map_.groups, from = i % parts * part;
        int64_t run = std::min(part, map_.run - from), first = image * map_.channels + group * map_.run + from;
        std::fill_n(&sums_[first], run, 0.0);
        std::fill_n(&squares_[first], run, 0.0);
        for (int64_t row = 0; row < map_.height; row++) {
          float sums[most] = {}, squares[most] = {};
          loops<T>().add_squares(sums, squares, in + map_.at(image, group, row) + from, {map_.width, run, map_.step});
          for (int64_t c = 0; c < run; c++) {
            sums_[first + c] += sums[c];
            squares_[first + c] += squares[c];
          }
        }
      }
    });
  }

  // S0 takes the weight over the deviation, B0 the deviation.
  void deviations() {
    int64_t together = map_.channels / groups_;
    double count = static_cast<double>(together * map_.height * map_.width);
    for (int64_t i = 0; i < map_.images * groups_; i++) {
      double sum = 0, squares = 0;
      for (int64_t c = i * together; c < (i + 1) * together; c++) {
        sum += sums_[c];
        squares += squares_[c];
      }
      double mean = sum / count, deviation = std::sqrt(std::max(0.0, squares / count - mean * mean) + epsilon_);
      for (int64_t c = i * together; c < (i + 1) * together; c++)
        deviation_[c] = static_cast<float>(batch_.empty() ? weight_[c % map_.channels] / deviation : deviation);
    }
  }

  Map map_;
  std::vector<float> v_, weight_, bias_, batch_;
  int64_t groups_;
  double epsilon_;
  std::vector<double> sums_, squares_;
  std::vector<float> deviation_;
};

}  // namespace

std::unique_ptr<Step> channels_step(const Place& in, const Place& out, int64_t from, int64_t to, int64_t count) {
  return of_type<ChannelsStep>(in.type, in, out, from, to, count);
}

std::unique_ptr<Step> mix_step(const std::vector<Place>& in, const std::vector<int64_t>& from, const Place& out, const Place* gate) {
  return of_type<MixStep>(out.type, in, from, out, gate);
}

std::unique_ptr<Step> evo_norm_step(const Place& in, const Place& out, const EvoNorm& evo) {
  return of_type<EvoNormStep>(in.type, in, out, evo);
}

}  // namespace optimize
}  // namespace tb
