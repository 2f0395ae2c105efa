// Steps over rows of float32: the small layers of attention, for which calling oneDNN and waking threads takes longer than computing.
#include "arena.h"
#include "map_step.h"

namespace tresnet::plan {

namespace {

template <class F>
void for_rows_of(const Place& place, F&& f) {
  for (int64_t image = 0; image < place.sizes[0]; image++) f(image);
}

int number_of(const Activation& activation) { return static_cast<int>(activation.kind); }

// activation(x weight' + bias): the weights in blocks of 16 outputs, [blocks, inputs, 16]. W is their type.
template <class W>
class ProductStep : public MapStep {
 public:
  ProductStep(const Operation& operation, const Place& in, const Place& out)
      : MapStep(std::string("linear") + (operation.activation.is_identity() ? "" : " activation"), {in.buffer, out.buffer}),
        activation_(operation.activation),
        rows_(in.sizes[0]),
        inputs_(in.sizes[1]),
        outputs_(out.sizes[1]),
        blocks_((outputs_ + block - 1) / block),
        bias_(operation.bias.copy()) {
    bias_.resize(blocks_ * block);
    own_.reserve(weights_bytes());
    weight_ = reinterpret_cast<W*>(own_.data());
    for (int64_t o = 0; o < blocks_ * block; o++)
      for (int64_t i = 0; i < inputs_; i++)
        store(weight_ + (o / block * inputs_ + i) * block + o % block, o < outputs_ ? operation.weight.data[o * inputs_ + i] : 0.0f);
  }

  size_t weights_bytes() const override { return blocks_ * inputs_ * block * sizeof(W); }
  void move_weights(Arena& arena) override {
    weight_ = static_cast<W*>(std::memcpy(arena.take(weights_bytes()), weight_, weights_bytes()));
    Arena().swap(own_);
  }

  void run() override {
    const auto* in = address<const float>(0);
    auto* out = address<float>(1);
    // What one thread does sooner than another wakes.
    constexpr int64_t grain_products = 64 * 1024;
    int64_t grain = std::max<int64_t>(1, grain_products / (inputs_ * block * rows_));
    parallel_for(0, blocks_, grain, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; b++) {
        for (int64_t row = 0; row < rows_; row += 4) {
          int64_t rows = std::min<int64_t>(4, rows_ - row), own = std::min(block, outputs_ - b * block);
          alignas(64) float sums[4 * block];
          loops<W>().product(sums, in + row * inputs_, weight_ + b * inputs_ * block, &bias_[b * block], inputs_, rows, inputs_, block);
          row_loops().activate(sums, rows * block, number_of(activation_), activation_.alpha, activation_.beta);
          for (int64_t r = 0; r < rows; r++) std::memcpy(out + (row + r) * outputs_ + b * block, sums + r * block, own * sizeof(float));
        }
      }
    });
  }

 private:
  Activation activation_;
  int64_t rows_, inputs_, outputs_, blocks_;
  std::vector<float> bias_;
  Arena own_;
  W* weight_;
};

class ChannelConvolutionStep : public MapStep {
 public:
  ChannelConvolutionStep(const Operation& operation, const Place& in, const Place& out)
      : MapStep("convolution over channels", {in.buffer, out.buffer}),
        in_(in),
        out_(out),
        activation_(operation.activation),
        weight_(operation.weight.copy()),
        bias_(operation.bias ? operation.bias.data[0] : 0),
        padding_(operation.padding[0]) {}

  void run() override {
    const auto* in = address<const float>(0);
    auto* out = address<float>(1);
    int64_t inputs = in_.sizes[1], outputs = out_.sizes[1];
    for_rows_of(in_, [&](int64_t row) {
      auto* to = out + row * outputs;
      std::fill_n(to, outputs, bias_);
      row_loops().convolve(to, in + row * inputs, weight_.data(), static_cast<int64_t>(weight_.size()), padding_, inputs, outputs);
      row_loops().activate(to, outputs, number_of(activation_), activation_.alpha, activation_.beta);
    });
  }

 private:
  Place in_, out_;
  Activation activation_;
  std::vector<float> weight_;
  float bias_;
  int64_t padding_;
};

class SoftmaxStep : public MapStep {
 public:
  SoftmaxStep(const Operation& operation, const Place& in, const Place& out)
      : MapStep("softmax", {in.buffer, out.buffer}), in_(in), count_(operation.count), groups_(operation.groups) {}

  void run() override {
    const auto* in = address<const float>(0);
    auto* out = address<float>(1);
    int64_t row_size = in_.elements() / in_.sizes[0], run = row_size / (count_ * groups_);
    for_rows_of(in_, [&](int64_t row) {
      for (int64_t group = 0; group < groups_; group++)
        row_loops().softmax(out + row * row_size + group * run, in + row * row_size + group * count_ * run, count_, run, run, groups_ * run);
    });
  }

 private:
  Place in_;
  int64_t count_, groups_;
};

}  // namespace

std::unique_ptr<Step> product_step(const Operation& operation, const Place& in, const Place& out, Type weights) {
  return of_type<ProductStep>(weights, operation, in, out);
}

std::unique_ptr<Step> channel_convolution_step(const Operation& operation, const Place& in, const Place& out) {
  return std::make_unique<ChannelConvolutionStep>(operation, in, out);
}

std::unique_ptr<Step> softmax_step(const Operation& operation, const Place& in, const Place& out) {
  return std::make_unique<SoftmaxStep>(operation, in, out);
}

}  // namespace tresnet::plan
