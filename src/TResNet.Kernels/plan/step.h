// What a plan is made of: steps that run one after another on buffers, whose addresses they are told when the memory is planned.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "program.h"

namespace tresnet::plan {

// The order of a value's elements: as its sizes say; channels last; or channels in blocks of 16, last (oneDNN's nChw16c), the last one filled up with zeros.
enum class Layout { Plain, ChannelsLast, Blocked };
constexpr int64_t block = 16;

enum class Type { Float32, BFloat16 };

// A value as it lies in a buffer.
struct Place {
  Sizes sizes;
  Layout layout = Layout::Plain;
  Type type = Type::Float32;
  int buffer = none;

  // With the zeros that fill up blocks.
  int64_t elements() const {
    auto count = product_of(sizes);
    return layout == Layout::Blocked ? count / sizes[1] * ((sizes[1] + block - 1) / block * block) : count;
  }
  size_t bytes() const { return static_cast<size_t>(elements()) * (type == Type::Float32 ? 4 : 2); }
};

class Buffers {
 public:
  virtual ~Buffers() = default;
  virtual char* address(int buffer) const = 0;
};

class Arena;

class Step {
 public:
  Step(std::string name, std::string by) : name(std::move(name)), by(std::move(by)) {}
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  virtual ~Step() = default;
  virtual void bind(const Buffers& buffers) = 0;
  virtual void run() = 0;
  // The bytes of its weights, and the order to bring them to the arena, before it is bound.
  virtual size_t weights_bytes() const { return 0; }
  virtual void move_weights(Arena&) {}

  const std::string name;
  const std::string by;  // which code: oneDNN's name of it, "loop" or "winograd_..." for ours, "opaque" for the caller's
};

using Steps = std::vector<std::unique_ptr<Step>>;

// --- over maps (map_steps.cpp); of the same layout, maps whose blocks are filled up included

// `scale` and `shift` are [C], or not there.
std::unique_ptr<Step> pointwise_step(const Place& in, const Place& out, const Place* gate, const Place* addend, Numbers scale, Numbers shift, float slope);
std::unique_ptr<Step> blur_step(const Place& in, const Place& out, int64_t stride);
std::unique_ptr<Step> mean_step(const Place& in, const Place& out);
std::unique_ptr<Step> maximum_step(const Place& in, const Place& out);

// --- over maps whose channels fill their blocks (rearranging_steps.cpp, part_steps.cpp, evo_norm_step.cpp)

std::unique_ptr<Step> pad_step(const Place& in, const Place& out, const Operation& operation);
std::unique_ptr<Step> space_to_depth_step(const Place& in, const Place& out, int64_t patch);
// `from` and `to` are the first channels.
std::unique_ptr<Step> channels_step(const Place& in, const Place& out, int64_t from, int64_t to, int64_t count);
// As many parts as there are places in `in`, each from its channel in `from`; `gate` or null holds N x parts x C numbers.
std::unique_ptr<Step> mix_step(const std::vector<Place>& in, const std::vector<int64_t>& from, const Place& out, const Place* gate);
std::unique_ptr<Step> evo_norm_step(const Place& in, const Place& out, const Operation& operation);

// --- over rows, in float32 (row_steps.cpp)

std::unique_ptr<Step> product_step(const Operation& operation, const Place& in, const Place& out, Type weights);
std::unique_ptr<Step> channel_convolution_step(const Operation& operation, const Place& in, const Place& out);
std::unique_ptr<Step> softmax_step(const Operation& operation, const Place& in, const Place& out);

// --- the caller's, in float32 (opaque_step.cpp)

std::unique_ptr<Step> opaque_step(const Operation& operation, const std::vector<Place>& in, const std::vector<Place>& out);

}  // namespace tresnet::plan
