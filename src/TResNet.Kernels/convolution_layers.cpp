#include "convolution_layers.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "onednn.h"
#include "runtime.h"
#include "scratch.h"

namespace tresnet {
namespace convolution {

namespace {

using dnnl::memory;
using onednn::desc;
using onednn::dims;
using tag = memory::format_tag;

// ---- the operands -------------------------------------------------------------------------------------------------------------------------

memory::data_type type_of(const tresnet_convolution& c) { return c.type == TRESNET_BFLOAT16 ? memory::data_type::bf16 : memory::data_type::f32; }

dims input_sizes(const tresnet_convolution& c) { return {c.images, c.in_channels, c.in_size[0], c.in_size[1]}; }
dims output_sizes(const tresnet_convolution& c) { return {c.images, c.out_channels, out_size(c, 0), out_size(c, 1)}; }

// A convolution in groups has a dimension more.
dims weight_sizes(const tresnet_convolution& c) {
  dims sizes = {c.out_channels / c.groups, c.in_channels / c.groups, c.kernel[0], c.kernel[1]};
  if (c.groups > 1) sizes.insert(sizes.begin(), c.groups);
  return sizes;
}

// In one of the two orders of the C interface: the last three dimensions are channels, height and width.
desc describe(const dims& sizes, memory::data_type type, bool channels_last) {
  auto n = sizes.size();
  auto channels = sizes[n - 3], height = sizes[n - 2], width = sizes[n - 1];
  dims strides(n);
  strides[n - 3] = channels_last ? 1 : height * width;
  strides[n - 2] = channels_last ? width * channels : width;
  strides[n - 1] = channels_last ? channels : 1;
  auto stride = channels * height * width;
  for (auto i = n - 3; i-- > 0; stride *= sizes[i]) strides[i] = stride;
  return {sizes, type, strides};
}

// ---- the primitives -----------------------------------------------------------------------------------------------------------------------

// The order of maps that a primitive is made for: what oneDNN likes best, the tensors' own, or blocks of 16 channels.
enum class Maps { Any, ChannelsLast, Blocked };

struct Layer {
  dnnl::primitive primitive;
  desc input, output, weight, bias, scratch;
  std::string code;

  // oneDNN's loops for everything are hundreds of times slower than the others.
  bool is_reference() const { return code.compare(0, 3, "ref") == 0; }
};

desc map_of(const dims& sizes, memory::data_type type, Maps maps) {
  switch (maps) {
    case Maps::ChannelsLast: return {sizes, type, tag::nhwc};
    case Maps::Blocked: return {sizes, type, tag::nChw16c};
    default: return {sizes, type, tag::any};
  }
}

using LayerPointer = std::shared_ptr<const Layer>;

// Null where oneDNN has no such primitive on this processor.
LayerPointer make(const tresnet_convolution& c, Algorithm algorithm, Pass pass, Maps maps, bool has_bias) {
  auto type = type_of(c);
  auto in = map_of(input_sizes(c), type, maps), out = map_of(output_sizes(c), type, maps);
  desc weight(weight_sizes(c), type, tag::any), bias = has_bias ? desc({c.out_channels}, type, tag::a) : desc();
  onednn::Window window{
      {c.stride[0], c.stride[1]}, {c.dilation[0] - 1, c.dilation[1] - 1}, {c.padding[0], c.padding[1]}, {c.padding[0], c.padding[1]}};
  auto kind = algorithm == Algorithm::Winograd ? dnnl::algorithm::convolution_winograd : dnnl::algorithm::convolution_direct;
  auto attributes = onednn::with_scratch();
  return unless_unimplemented([&]() -> LayerPointer {
    auto forward = onednn::convolution_forward(dnnl::prop_kind::forward_training, kind, in, weight, bias, out, window, attributes);
    switch (pass) {
      case Pass::Forward:
        return std::make_shared<Layer>(Layer{
            dnnl::convolution_forward(forward), forward.src_desc(), forward.dst_desc(), forward.weights_desc(), bias, forward.scratchpad_desc(),
            forward.impl_info_str()});
      case Pass::ToInput: {
        auto chosen = onednn::convolution_backward_data(kind, in, weight, out, window, forward, attributes);
        return std::make_shared<Layer>(Layer{
            dnnl::convolution_backward_data(chosen), chosen.diff_src_desc(), chosen.diff_dst_desc(), chosen.weights_desc(), bias,
            chosen.scratchpad_desc(), chosen.impl_info_str()});
      }
      default: {
        auto chosen = onednn::convolution_backward_weights(kind, in, weight, desc(), out, window, forward, attributes);
        return std::make_shared<Layer>(Layer{
            dnnl::convolution_backward_weights(chosen), chosen.src_desc(), chosen.diff_dst_desc(), chosen.diff_weights_desc(), bias,
            chosen.scratchpad_desc(), chosen.impl_info_str()});
      }
    }
  });
}

// In the tensors' own order where that is channels last and oneDNN has good code for it, so that nothing is copied; in its favourite one else. By
// sizes and processor alone: it changes bits.
LayerPointer make_direct(const tresnet_convolution& c, Pass pass, bool channels_last, bool has_bias) {
  auto first = channels_last ? make(c, Algorithm::Direct, pass, Maps::ChannelsLast, has_bias) : nullptr;
  if (first != nullptr && !first->is_reference()) return first;
  auto second = make(c, Algorithm::Direct, pass, Maps::Any, has_bias);
  return second != nullptr && (first == nullptr || !second->is_reference()) ? second : first;
}

// Null where there is none. Made once: scratch memory, and so the primitive, is by the number of threads.
LayerPointer layer_of(const tresnet_convolution& c, Algorithm algorithm, Pass pass, bool channels_last, bool has_bias) {
  constexpr size_t most = 1536;
  static std::mutex mutex;
  static auto* layers = new std::map<std::vector<int64_t>, LayerPointer>();
  std::vector<int64_t> key = {
      c.images, c.in_channels, c.in_size[0], c.in_size[1], c.out_channels, c.kernel[0], c.kernel[1], c.stride[0], c.stride[1], c.padding[0],
      c.padding[1], c.dilation[0], c.dilation[1], c.groups, c.type, static_cast<int64_t>(algorithm), static_cast<int64_t>(pass),
      channels_last && algorithm == Algorithm::Direct, has_bias, thread_count()};
  std::lock_guard<std::mutex> lock(mutex);
  auto found = layers->find(key);
  if (found != layers->end()) return found->second;
  if (layers->size() >= most) layers->clear();
  auto layer = algorithm == Algorithm::Winograd ? make(c, algorithm, pass, Maps::Blocked, has_bias) : make_direct(c, pass, channels_last, has_bias);
  return (*layers)[std::move(key)] = std::move(layer);
}

LayerPointer needed(const tresnet_convolution& c, Algorithm algorithm, Pass pass, bool channels_last, bool has_bias = false) {
  auto layer = layer_of(c, algorithm, pass, channels_last, has_bias);
  if (layer == nullptr) throw Error(TRESNET_UNAVAILABLE, "oneDNN has no code for this convolution on this processor");
  return layer;
}

// ---- Winograd's algorithm -----------------------------------------------------------------------------------------------------------------
// F(4x4, 3x3) (Lavin and Gray, arXiv 1509.09308), forward and both gradients: it multiplies a quarter as often as the direct one, which is the only
// one that libtorch asks oneDNN for. oneDNN has it for float32 on AVX-512, for maps in blocks of 16 channels.

bool may_go_by_winograd(const tresnet_convolution& c) {
  constexpr int64_t side = 3, block = 16;
  auto all = [](const int64_t* values, int64_t value) { return values[0] == value && values[1] == value; };
  return may_use_winograd() && c.type == TRESNET_FLOAT32 && c.groups == 1 && all(c.kernel, side) && all(c.stride, 1) && all(c.dilation, 1) &&
         c.in_channels % block == 0 && c.out_channels % block == 0;
}

// Whether there are tiles enough to pay for bringing the weights there and back, which costs as much as so many tiles.
bool pays(const dims& output, int64_t weights) {
  auto pixels = output[0] * output[2] * output[3];
  auto tiles = output[0] * ((output[2] + 3) / 4) * ((output[3] + 3) / 4);
  constexpr int64_t direct = 9, here = 36;  // multiplications of a pixel, of a tile
  return direct * pixels >= here * (tiles + weights);
}

// ---- memory -------------------------------------------------------------------------------------------------------------------------------

void reorder(memory from, memory to) { dnnl::reorder(from, to).execute(stream(), from, to); }

// An operand of a primitive: the caller's own memory where the primitive takes its order, and else some of ours.
class Argument {
 public:
  Argument(const desc& given, void* data, const desc& wanted) : given_(given, engine(), data) {
    if (given == wanted) return;
    storage_ = Scratch(wanted.get_size());
    own_ = memory(wanted, engine(), storage_.data());
  }

  // Brings what the caller gave.
  Argument&& read() && {
    if (own_) reorder(given_, *own_);
    return std::move(*this);
  }

  // Brings the result to the caller.
  void write() {
    if (own_) reorder(*own_, given_);
  }

  const memory& values() const { return own_ ? *own_ : given_; }
  desc order() const { return values().get_desc(); }

 private:
  memory given_;
  Scratch storage_;
  std::optional<memory> own_;
};

// The operands' descriptions as they are given.
struct Given {
  const tresnet_convolution& c;
  desc input(const tresnet_operand& x) const { return describe(input_sizes(c), type_of(c), x.channels_last != 0); }
  desc output(const tresnet_operand& x) const { return describe(output_sizes(c), type_of(c), x.channels_last != 0); }
  desc weight(const tresnet_operand& x) const { return describe(weight_sizes(c), type_of(c), x.channels_last != 0); }
};

void run(const Layer& layer, std::unordered_map<int, memory> arguments) {
  Scratch scratch(layer.scratch.get_size());
  arguments[DNNL_ARG_SCRATCHPAD] = memory(layer.scratch, engine(), scratch.data());
  layer.primitive.execute(stream(), arguments);
}

// The gradient of the output, in the order of one pass; the other, if it wants the same, takes it too.
class Incoming {
 public:
  Incoming(const Given& given, const tresnet_operand& doutput) : given_(given.output(doutput)), data_(doutput.data) {}

  const memory& in_order(const desc& wanted) {
    if (!last_ || last_->order() != wanted) last_.emplace(Argument(given_, data_, wanted).read());
    return last_->values();
  }

 private:
  desc given_;
  void* data_;
  std::optional<Argument> last_;
};

}  // namespace

tresnet_passes pays(const tresnet_convolution& c) {
  constexpr int64_t weights_for_maps = 60, weights_for_weights = 25;  // in tiles, as measured
  if (!may_go_by_winograd(c)) return 0;
  auto output = output_sizes(c);
  auto result = (pays(output, weights_for_maps) ? TRESNET_MAPS : 0) | (pays(output, weights_for_weights) ? TRESNET_WEIGHTS : 0);
  if (result == 0) return 0;
  return translated([&] {
    for (auto pass : {Pass::Forward, Pass::ToInput, Pass::ToWeights})
      if (layer_of(c, Algorithm::Winograd, pass, false, false) == nullptr) return 0;
    return result;
  });
}

void forward(
    const tresnet_convolution& c, Algorithm algorithm, const tresnet_operand& input, const tresnet_operand& weight, const void* bias,
    const tresnet_operand& output) {
  translated([&] {
    Given given{c};
    auto layer = needed(c, algorithm, Pass::Forward, input.channels_last && output.channels_last, bias != nullptr);
    auto from = Argument(given.input(input), input.data, layer->input).read();
    auto kernel = Argument(given.weight(weight), weight.data, layer->weight).read();
    Argument to(given.output(output), output.data, layer->output);
    std::unordered_map<int, memory> arguments = {
        {DNNL_ARG_SRC, from.values()}, {DNNL_ARG_WEIGHTS, kernel.values()}, {DNNL_ARG_DST, to.values()}};
    if (bias != nullptr) arguments[DNNL_ARG_BIAS] = memory(layer->bias, engine(), const_cast<void*>(bias));
    run(*layer, std::move(arguments));
    to.write();
  });
}

void backward(
    const tresnet_convolution& c, Algorithm to_input, Algorithm to_weights, const tresnet_operand& doutput, const tresnet_operand& input,
    const tresnet_operand& weight, const tresnet_operand& dinput, const tresnet_operand& dweight) {
  translated([&] {
    Given given{c};
    Incoming incoming(given, doutput);
    if (dinput.data != nullptr) {
      auto layer = needed(c, to_input, Pass::ToInput, doutput.channels_last && dinput.channels_last);
      auto kernel = Argument(given.weight(weight), weight.data, layer->weight).read();
      Argument to(given.input(dinput), dinput.data, layer->input);
      run(*layer,
          {{DNNL_ARG_DIFF_DST, incoming.in_order(layer->output)}, {DNNL_ARG_WEIGHTS, kernel.values()}, {DNNL_ARG_DIFF_SRC, to.values()}});
      to.write();
    }
    if (dweight.data != nullptr) {
      auto layer = needed(c, to_weights, Pass::ToWeights, doutput.channels_last && input.channels_last);
      auto from = Argument(given.input(input), input.data, layer->input).read();
      Argument to(given.weight(dweight), dweight.data, layer->weight);
      run(*layer,
          {{DNNL_ARG_SRC, from.values()}, {DNNL_ARG_DIFF_DST, incoming.in_order(layer->output)}, {DNNL_ARG_DIFF_WEIGHTS, to.values()}});
      to.write();
    }
  });
}

std::string code_of(const tresnet_convolution& c, Algorithm algorithm, Pass pass, bool channels_last) {
  return translated([&] {
    auto layer = layer_of(c, algorithm, pass, channels_last, false);
    return layer == nullptr ? "none" : layer->code;
  });
}

}  // namespace convolution
}  // namespace tresnet
