// What an operation may be: its values are there, and their sizes go together.
#include "program.h"

#include <algorithm>

#include "../status.h"

namespace tresnet::plan {

namespace {

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::Convolution: return "a convolution";
    case Kind::Linear: return "a linear layer";
    case Kind::Pointwise: return "a pointwise operation";
    case Kind::Blur: return "a blur";
    case Kind::MaxPool: return "a maximum pool";
    case Kind::AveragePool: return "an average pool";
    case Kind::GlobalMean: return "a global mean";
    case Kind::GlobalMax: return "a global maximum";
    case Kind::SpaceToDepth: return "a space-to-depth";
    case Kind::Alias: return "an alias";
    case Kind::Channels: return "a concatenation of channels";
    case Kind::Mix: return "a mix";
    case Kind::EvoNorm: return "an EvoNorm";
    case Kind::ChannelConvolution: return "a convolution over channels";
    case Kind::Softmax: return "a softmax";
    case Kind::Pad: return "a pad";
    default: return "an opaque operation";
  }
}

class Check {
 public:
  Check(const Program& program, Operation& operation) : program_(program), o_(operation) {}

  void run() {
    for (int value : o_.reads()) known(value);
    for (int value : o_.makes()) {
      known(value);
      demand(!program_.values[value].made, "makes a value that another makes already");
      demand(!program_.values[value].given, "makes a value that another reads before it");
    }
    if (o_.kind == Kind::Opaque) return demand(o_.compute != nullptr && !o_.outputs.empty(), "has no function or no output");
    demand(o_.output != none, "has no output");
    if (o_.kind == Kind::Channels || o_.kind == Kind::Mix) return parts();
    demand(o_.input != none, "has no input");
    switch (o_.kind) {
      case Kind::Convolution: return convolution();
      case Kind::Linear: return linear();
      case Kind::Pointwise: return pointwise();
      case Kind::Blur: return blur();
      case Kind::MaxPool:
      case Kind::AveragePool: return window(true);
      case Kind::GlobalMean:
      case Kind::GlobalMax: return fits(in().size() == 4 && is_row(out()) && in()[0] == out()[0] && in()[1] == out()[1]);
      case Kind::SpaceToDepth: return space_to_depth();
      case Kind::Alias: return fits(product_of(in()) == product_of(out()));
      case Kind::EvoNorm: return fits(in().size() == 4 && in() == out() && in()[1] % o_.groups == 0 && o_.v && o_.weight && o_.bias);
      case Kind::ChannelConvolution: return channel_convolution();
      case Kind::Softmax:
        return fits(!is_map(in()) && !is_map(out()) && product_of(in()) == product_of(out()) && in()[0] == out()[0] && o_.count > 0 &&
                    product_of(in()) % (in()[0] * o_.count * o_.groups) == 0);
      default: return pad();
    }
  }

 private:
  const Sizes& in() const { return program_.sizes(o_.input); }
  const Sizes& out() const { return program_.sizes(o_.output); }

  template <class... Parts>
  void demand(bool holds, const Parts&... parts) const {
    require(holds, name_of(o_.kind), " ", parts...);
  }

  void known(int value) const { demand(value >= 0 && value < static_cast<int>(program_.values.size()), "names a value that is none"); }

  void fits(bool holds) const {
    demand(holds, "does not map ", o_.input == none ? "its parts" : in_words(in()), " to ", in_words(out()), " with what it was given");
  }

  // Sets the padding at the far borders.
  void window(bool keeps_channels) {
    demand(in().size() == 4 && out().size() == 4 && in()[0] == out()[0] && (!keeps_channels || in()[1] == out()[1]), "is not of maps");
    o_.far_padding = o_.padding;
    for (int i = 0; i < 2; i++) {
      demand(o_.kernel[i] > 0 && o_.stride[i] > 0 && o_.padding[i] >= 0 && o_.dilation[i] > 0, "has a window that is none");
      int64_t reach = o_.dilation[i] * (o_.kernel[i] - 1) + 1;
      int64_t whole = in()[2 + i] + o_.padding[i] - reach;  // with no padding at the far border
      int64_t steps = out()[2 + i] - 1;
      // Between these, several paddings have the same output, and the near one's is the usual.
      if ((whole + o_.padding[i]) / o_.stride[i] != steps || whole + o_.padding[i] < 0)
        o_.far_padding[i] = std::max<int64_t>(0, steps * o_.stride[i] - whole);
      fits(whole + o_.far_padding[i] >= 0 && (whole + o_.far_padding[i]) / o_.stride[i] == steps);
      demand(!keeps_channels || (o_.padding[i] < reach && o_.far_padding[i] < reach), "would pool nothing but padding");
    }
  }

  void convolution() {
    window(false);
    demand(o_.groups > 0 && in()[1] % o_.groups == 0 && out()[1] % o_.groups == 0, "has channels that its groups do not divide");
    demand(static_cast<bool>(o_.weight), "has no weights");
    o_.weight_sizes = {out()[1], in()[1] / o_.groups, o_.kernel[0], o_.kernel[1]};
    o_.weight.count = product_of(o_.weight_sizes);
    o_.bias.count = out()[1];
    demand(o_.addend == none || program_.sizes(o_.addend) == out(), "adds what is not of its sizes");
    demand(o_.gate == none, "has no gate");
  }

  void linear() {
    fits(is_row(in()) && is_row(out()) && in()[0] == out()[0]);
    demand(static_cast<bool>(o_.weight), "has no weights");
    o_.weight_sizes = {out()[1], in()[1]};
    o_.weight.count = product_of(o_.weight_sizes);
    o_.bias.count = out()[1];
  }

  void pointwise() {
    fits(in() == out());
    bool more = o_.scale || o_.shift || o_.gate != none || o_.addend != none;
    demand(!more || in().size() == 4, "does more than its function with what is no map");
    o_.scale.count = o_.shift.count = in().size() > 1 ? in()[1] : 0;
    demand(o_.addend == none || program_.sizes(o_.addend) == in(), "adds what is not of its sizes");
    if (o_.gate == none) return;
    demand(program_.sizes(o_.gate) == Sizes({in()[0], in()[1], 1, 1}), "has a gate that is not [N, C, 1, 1]");
    demand(!o_.scale, "has a gate and a scale");
  }

  void blur() {
    auto s = o_.stride[0];
    demand(in().size() == 4 && in()[2] > 1 && in()[3] > 1 && s == o_.stride[1] && (s == 1 || s == 2), "takes maps and a stride of 1 or 2");
    fits(out() == Sizes({in()[0], in()[1], (in()[2] - 1) / s + 1, (in()[3] - 1) / s + 1}));
  }

  void space_to_depth() {
    auto p = o_.patch;
    fits(p > 0 && in().size() == 4 && in()[2] % p == 0 && in()[3] % p == 0 && out() == Sizes({in()[0], p * p * in()[1], in()[2] / p, in()[3] / p}));
  }

  void channel_convolution() {
    demand(o_.kernel[0] > 0 && o_.padding[0] >= 0 && o_.weight, "has no kernel");
    fits(is_row(in()) && is_row(out()) && in()[0] == out()[0] && out()[1] == in()[1] + 2 * o_.padding[0] - o_.kernel[0] + 1);
    o_.weight.count = o_.kernel[0];
    o_.bias.count = 1;
  }

  void parts() const {
    demand(!o_.channels.empty(), "has no parts");
    int64_t channels = 0;
    for (const auto& part : o_.channels) {
      auto sizes = program_.sizes(part.value);
      demand(sizes.size() == out().size() && (sizes.size() == 4 || sizes.size() == 2), "is not of maps");
      demand(part.from >= 0 && part.count > 0 && part.from + part.count <= sizes[1], "wants channels that are not there");
      sizes[1] = out()[1];
      demand(sizes == out(), "has parts of other sizes than its output");
      channels += part.count;
      demand(o_.kind == Kind::Channels || part.count == out()[1], "has a part with other channels than its output");
    }
    if (o_.kind == Kind::Channels) return demand(channels == out()[1], "has other channels than its parts together");
    demand(o_.channels.size() % 2 == 0, "has an odd number of parts");
    demand(out().size() == 4, "is not of maps");
    if (o_.gate == none) return;
    const auto& gate = program_.sizes(o_.gate);
    demand(!is_map(gate) && gate[0] == out()[0] && product_of(gate) == out()[0] * channels, "has a gate of other sizes than its parts");
  }

  void pad() {
    fits(in().size() == 4 && out().size() == 4 && in()[0] == out()[0] && in()[1] == out()[1]);
    o_.far_padding = {0, 0};
    for (int i = 0; i < 2; i++) {
      o_.far_padding[i] = out()[2 + i] - in()[2 + i] - o_.padding[i];
      fits(o_.padding[i] >= 0 && o_.far_padding[i] >= 0);
      demand(o_.border != Border::Reflect || std::max(o_.padding[i], o_.far_padding[i]) < in()[2 + i], "mirrors more than there is");
    }
  }

  const Program& program_;
  Operation& o_;
};

}  // namespace

std::vector<int> Operation::reads() const {
  std::vector<int> values;
  for (int value : {input, addend, gate})
    if (value != none) values.push_back(value);
  for (const auto& part : channels) values.push_back(part.value);
  values.insert(values.end(), inputs.begin(), inputs.end());
  return values;
}

std::vector<int> Operation::makes() const {
  auto values = outputs;
  if (output != none) values.push_back(output);
  return values;
}

void Program::add(Operation operation) {
  Check(*this, operation).run();
  for (int value : operation.reads()) values[value].given = values[value].given || !values[value].made;
  for (int value : operation.makes()) values[value].made = true;
  operations.push_back(std::move(operation));
}

std::string in_words(const Sizes& sizes) {
  std::string words = "[";
  for (size_t i = 0; i < sizes.size(); i++) words += (i > 0 ? ", " : "") + std::to_string(sizes[i]);
  return words + "]";
}

}  // namespace tresnet::plan
