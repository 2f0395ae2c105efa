// The mixing of paths (Li et al., arXiv 1903.06586; Zhang et al., arXiv 2004.08955).
#include "map_step.h"

namespace tresnet::plan {

namespace {

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
    for (const auto& place : in) require_whole_blocks(place);
    require_whole_blocks(out);
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

}  // namespace

std::unique_ptr<Step> mix_step(const std::vector<Place>& in, const std::vector<int64_t>& from, const Place& out, const Place* gate) {
  return of_type<MixStep>(out.type, in, from, out, gate);
}

}  // namespace tresnet::plan
