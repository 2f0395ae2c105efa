// EvoNorm (Liu et al., arXiv 2004.02967) in evaluation: the deviations of an image's channels, and then every element.
#include <cmath>

#include "map_step.h"

namespace tresnet::plan {

namespace {

template <class T>
class EvoNormStep : public MapStep {
 public:
  EvoNormStep(const Place& in, const Place& out, const Operation& evo)
      : MapStep(evo.running ? "EvoNorm-B0" : "EvoNorm-S0", {in.buffer, out.buffer}),
        map_(in),
        v_(copied(evo.v)),
        weight_(copied(evo.weight)),
        bias_(copied(evo.bias)),
        groups_(evo.running ? map_.channels : evo.groups),
        epsilon_(evo.epsilon),
        sums_(map_.images * map_.channels),
        squares_(sums_),
        deviation_(sums_.size()) {
    require_whole_blocks(in);
    if (evo.running) running_ = copied(evo.running);
  }

  void run() override {
    const auto* in = address<const T>(0);
    auto* out = address<T>(1);
    add_up(in);
    deviations();
    for_rows(map_, [&](int64_t image, int64_t group, int64_t row) {
      int64_t at = map_.at(image, group, row), channel = group * map_.run;
      const auto* deviation = &deviation_[image * map_.channels + channel];
      if (running_.empty())
        loops<T>().evo_s0(out + at, in + at, &v_[channel], deviation, &bias_[channel], map_.row());
      else
        loops<T>().evo_b0(
            out + at, in + at, &v_[channel], &weight_[channel], &bias_[channel], &running_[channel], deviation, map_.row());
    });
  }

 private:
  std::vector<float> copied(Numbers numbers) const { return {numbers.data, numbers.data + map_.channels}; }

  // Rows in float32, what they add up to in float64.
  void add_up(const T* in) {
    constexpr int64_t most = 64;
    int64_t part = std::min(map_.run, most), parts = (map_.run + part - 1) / part;
    parallel_for(0, map_.images * map_.groups * parts, 1, [&](int64_t begin, int64_t end) {
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
        deviation_[c] = static_cast<float>(running_.empty() ? weight_[c % map_.channels] / deviation : deviation);
    }
  }

  Map map_;
  std::vector<float> v_, weight_, bias_, running_;
  int64_t groups_;
  double epsilon_;
  std::vector<double> sums_, squares_;
  std::vector<float> deviation_;
};

}  // namespace

std::unique_ptr<Step> evo_norm_step(const Place& in, const Place& out, const Operation& operation) {
  return of_type<EvoNormStep>(in.type, in, out, operation);
}

}  // namespace tresnet::plan
