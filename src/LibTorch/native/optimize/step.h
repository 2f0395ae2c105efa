// What a plan is made of: steps that run one after another on buffers, whose addresses they are told when the memory is planned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "program.h"

namespace tb {
namespace optimize {

// The order of a value's elements: as its sizes say; channels last; or channels in blocks of 16, last (oneDNN's nChw16c).
enum class Layout { Plain, ChannelsLast, Blocked };
constexpr int64_t block = 16;

// A value as it lies in a buffer. Only float32 and bfloat16.
struct Place {
  std::vector<int64_t> sizes;
  Layout layout = Layout::Plain;
  at::ScalarType type = at::kFloat;
  int buffer = none;

  int64_t elements() const;
  size_t bytes() const { return static_cast<size_t>(elements()) * (type == at::kFloat ? 4 : 2); }
  bool is_vector() const { return sizes.size() == 4 && sizes[2] == 1 && sizes[3] == 1; }
};

class Buffers {
 public:
  virtual ~Buffers() = default;
  virtual char* address(int buffer) const = 0;
};

class Step {
 public:
  Step(std::string name, std::string by) : name(std::move(name)), by(std::move(by)) {}
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;
  virtual void bind(const Buffers& buffers) = 0;
  virtual void run() = 0;

  const std::string name;
  const std::string by;  // which code: oneDNN's name of it, "loop" for ours, "aten"
};

using Steps = std::vector<std::unique_ptr<Step>>;

// --- loops.cpp's (map_steps.cpp); `scale` and `shift` are float32, [C], or undefined

std::unique_ptr<Step> pointwise_step(
    const Place& in, const Place& out, const Place* gate, const Place* addend, const at::Tensor& scale, const at::Tensor& shift, float slope);
std::unique_ptr<Step> blur_step(const Place& in, const Place& out, int64_t stride);
std::unique_ptr<Step> mean_step(const Place& in, const Place& out);
// `from` and `to` are the first channels.
std::unique_ptr<Step> channels_step(const Place& in, const Place& out, int64_t from, int64_t to, int64_t count);
// As many parts as there are places in `in`, each from its channel in `from`; `gate` or null is [N, parts, C, 1, 1].
std::unique_ptr<Step> mix_step(const std::vector<Place>& in, const std::vector<int64_t>& from, const Place& out, const Place* gate);
std::unique_ptr<Step> evo_norm_step(const Place& in, const Place& out, const EvoNorm& evo);
std::unique_ptr<Step> space_to_depth_step(const Place& in, const Place& out, int64_t patch);

// --- ATen's (torch_step.cpp): an operator on float32 tensors; `places` are those of the arguments' values in the order of reads()

std::unique_ptr<Step> torch_step(const Operation& operation, const std::vector<Place>& places, const std::vector<Place>& outputs);

}  // namespace optimize
}  // namespace tb
