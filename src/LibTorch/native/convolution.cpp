// The CPU's kernel of aten::convolution: autograd, tracing and autocast know nothing of it, and what it does not take goes to libtorch's own function.
//   Winograd's algorithm F(4x4, 3x3) (Lavin and Gray, arXiv 1509.09308), forward and both gradients: it multiplies a quarter as often as the direct
//   one, which is the only one that libtorch asks oneDNN for. oneDNN has it for float32 on AVX-512, for maps in blocks of 16 channels.
//   Small maps of one image, such as those of a classifier or a gate: by oneDNN, where libtorch multiplies with a BLAS.
#include <ATen/Parallel.h>
#include <ATen/ops/convolution_backward_native.h>
#include <ATen/ops/convolution_native.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/library.h>

#include <array>
#include <map>
#include <memory>
#include <mutex>

#include "engine.h"
#include "internal.h"

namespace {

using dnnl::memory;
using tb::engine;
using tb::stream;
using tag = memory::format_tag;

memory::desc describe(at::IntArrayRef sizes, tag order) { return {sizes.vec(), memory::data_type::f32, order}; }

// A tensor's own order; it is dense in one of the two.
memory::desc describe(const at::Tensor& tensor) { return describe(tensor.sizes(), tensor.is_contiguous() ? tag::nchw : tag::nhwc); }

// Memory in an order of oneDNN's.
struct Ordered {
  at::Tensor storage;
  memory values;

  explicit Ordered(const memory::desc& desc)
      : storage(at::empty({static_cast<int64_t>(desc.get_size())}, at::kByte)), values(desc, engine(), storage.data_ptr()) {}
};

void reorder(memory from, memory to) { dnnl::reorder(from, to).execute(stream(), from, to); }

Ordered ordered(const at::Tensor& tensor, const memory::desc& order) {
  Ordered result(order);
  reorder(memory(describe(tensor), engine(), tensor.data_ptr()), result.values);
  return result;
}

// The three primitives of a layer for maps of a size.
struct Layer {
  memory::desc input, output, weight, weight_for_input, weight_gradient;
  dnnl::convolution_forward forward;
  dnnl::convolution_backward_data input_gradient;
  dnnl::convolution_backward_weights weights_gradient;
  memory::desc forward_scratch, input_scratch, weights_scratch;
  bool pays_for_maps;     // forward, and backward to the input
  bool pays_for_weights;  // backward to the weights
};

// Whether there are tiles enough to pay for bringing the weights there and back, which costs as much as so many tiles.
bool pays(at::IntArrayRef output, int64_t weights) {
  auto pixels = output[0] * output[2] * output[3];
  auto tiles = output[0] * ((output[2] + 3) / 4) * ((output[3] + 3) / 4);
  constexpr int64_t direct = 9, here = 36;  // multiplications of a pixel, of a tile
  return direct * pixels >= here * (tiles + weights);
}

// Null where oneDNN has no such primitives on this processor.
std::shared_ptr<const Layer> make(at::IntArrayRef input, at::IntArrayRef output, at::IntArrayRef weight, at::IntArrayRef padding) {
  constexpr auto winograd = dnnl::algorithm::convolution_winograd;
  constexpr int64_t weights_for_maps = 60, weights_for_weights = 25;  // in tiles, as measured
  memory::dims once = {1, 1}, adjacent = {0, 0}, rows = padding.vec();
  auto in = describe(input, tag::nChw16c), out = describe(output, tag::nChw16c), kernel = describe(weight, tag::any);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  try {
    dnnl::convolution_forward::primitive_desc forward(
        {dnnl::prop_kind::forward_training, winograd, in, kernel, out, once, adjacent, rows, rows}, attributes, engine());
    dnnl::convolution_backward_data::primitive_desc to_input(
        {winograd, in, kernel, out, once, adjacent, rows, rows}, attributes, engine(), forward);
    dnnl::convolution_backward_weights::primitive_desc to_weights(
        {winograd, in, kernel, out, once, adjacent, rows, rows}, attributes, engine(), forward);
    return std::make_shared<Layer>(Layer{
        in, out, forward.weights_desc(), to_input.weights_desc(), to_weights.diff_weights_desc(), dnnl::convolution_forward(forward),
        dnnl::convolution_backward_data(to_input), dnnl::convolution_backward_weights(to_weights), forward.scratchpad_desc(),
        to_input.scratchpad_desc(), to_weights.scratchpad_desc(), pays(output, weights_for_maps), pays(output, weights_for_weights)});
  } catch (const dnnl::error& refused) {
    if (refused.status == dnnl_unimplemented) return nullptr;
    throw;
  }
}

std::shared_ptr<const Layer> layer_of(at::IntArrayRef input, at::IntArrayRef output, at::IntArrayRef weight, at::IntArrayRef padding) {
  constexpr size_t most = 512;
  static std::mutex mutex;
  static auto* layers = new std::map<std::array<int64_t, 8>, std::shared_ptr<const Layer>>();
  // Scratch memory is by threads.
  std::array<int64_t, 8> key = {input[0], input[1], input[2], input[3], weight[0], padding[0], padding[1], at::get_num_threads()};
  std::lock_guard<std::mutex> lock(mutex);
  auto found = layers->find(key);
  if (found != layers->end()) return found->second;
  if (layers->size() >= most) layers->clear();
  return (*layers)[key] = make(input, output, weight, padding);
}

bool is_float(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kFloat && tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.dim() == 4;
}

// One value may stand for height and width.
std::array<int64_t, 2> both(at::IntArrayRef values) { return {values[0], values.back()}; }

// What libtorch's own function does not ask oneDNN for.
bool is_small(const at::Tensor& input, const at::Tensor& weight) {
  constexpr int64_t most = 20480;
  return at::globalContext().userEnabledMkldnn() && is_float(input) && is_float(weight) && input.size(0) == 1 && input.numel() <= most && input.numel() > 0 &&
         input.size(1) == weight.size(1);
}

// Null where the algorithm does not apply.
std::shared_ptr<const Layer> layer_for(
    const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
    int64_t groups) {
  constexpr int64_t side = 3, block = 16;
  auto all = [](at::IntArrayRef values, int64_t value) { return values[0] == value && values.back() == value; };
  if (!tb::may_use_winograd() || transposed || groups != 1 || !is_float(input) || !is_float(weight) || !all(stride, 1) || !all(dilation, 1)) return nullptr;
  auto sizes = weight.sizes();
  if (sizes[2] != side || sizes[3] != side || sizes[0] % block != 0 || sizes[1] % block != 0 || input.size(1) != sizes[1]) return nullptr;
  auto rows = both(padding);
  std::array<int64_t, 4> output = {input.size(0), sizes[0], input.size(2) + 2 * rows[0] - 2, input.size(3) + 2 * rows[1] - 2};
  if (output[0] < 1 || output[2] < 1 || output[3] < 1) return nullptr;
  return layer_of(input.sizes(), output, sizes, rows);
}

// In channels-last order where one of the operands is, as libtorch has it.
at::Tensor restored(const Ordered& from, at::IntArrayRef sizes, const at::Tensor& input, const at::Tensor& weight) {
  auto last = at::MemoryFormat::ChannelsLast;
  bool is_last = input.suggest_memory_format() == last || weight.suggest_memory_format() == last;
  auto result = at::empty(sizes, input.options(), is_last ? last : at::MemoryFormat::Contiguous);
  reorder(from.values, memory(describe(result), engine(), result.data_ptr()));
  return result;
}

at::Tensor dense(const at::Tensor& tensor) {
  return tensor.is_contiguous() || tensor.is_contiguous(at::MemoryFormat::ChannelsLast) ? tensor : tensor.contiguous();
}

at::Tensor convolution(
    const at::Tensor& input, const at::Tensor& weight, const c10::optional<at::Tensor>& bias, at::IntArrayRef stride, at::IntArrayRef padding,
    at::IntArrayRef dilation, bool transposed, at::IntArrayRef output_padding, int64_t groups) {
  // The tracer writes down what libtorch's own function calls.
  bool free = !torch::jit::tracer::isTracing();
  if (free && is_small(input, weight) && !transposed && groups == 1)
    return at::mkldnn_convolution(input, weight, bias, both(padding), both(stride), both(dilation), groups);
  bool plain = free && (!bias.has_value() || !bias->defined());
  auto layer = plain ? layer_for(input, weight, stride, padding, dilation, transposed, groups) : nullptr;
  if (layer == nullptr || !layer->pays_for_maps)
    return at::native::convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
  auto from = ordered(dense(input), layer->input), kernel = ordered(dense(weight), layer->weight);
  Ordered to(layer->output), scratch(layer->forward_scratch);
  layer->forward.execute(
      stream(), {{DNNL_ARG_SRC, from.values},
                 {DNNL_ARG_WEIGHTS, kernel.values},
                 {DNNL_ARG_DST, to.values},
                 {DNNL_ARG_SCRATCHPAD, scratch.values}});
  return restored(to, layer->output.dims(), input, weight);
}

at::Tensor gradient_of_input(const Layer& layer, const Ordered& gradient, const at::Tensor& input, const at::Tensor& weight) {
  auto kernel = ordered(dense(weight), layer.weight_for_input);
  Ordered to(layer.input), scratch(layer.input_scratch);
  layer.input_gradient.execute(
      stream(), {{DNNL_ARG_DIFF_DST, gradient.values},
                 {DNNL_ARG_WEIGHTS, kernel.values},
                 {DNNL_ARG_DIFF_SRC, to.values},
                 {DNNL_ARG_SCRATCHPAD, scratch.values}});
  return restored(to, input.sizes(), input, weight);
}

at::Tensor gradient_of_weight(const Layer& layer, const Ordered& gradient, const at::Tensor& input, const at::Tensor& weight) {
  auto from = ordered(dense(input), layer.input);
  Ordered to(layer.weight_gradient), scratch(layer.weights_scratch);
  layer.weights_gradient.execute(
      stream(), {{DNNL_ARG_SRC, from.values},
                 {DNNL_ARG_DIFF_DST, gradient.values},
                 {DNNL_ARG_DIFF_WEIGHTS, to.values},
                 {DNNL_ARG_SCRATCHPAD, scratch.values}});
  return restored(to, weight.sizes(), input, weight);
}

using Gradients = std::tuple<at::Tensor, at::Tensor, at::Tensor>;

Gradients convolution_backward(
    const at::Tensor& gradient, const at::Tensor& input, const at::Tensor& weight, at::OptionalIntArrayRef bias_sizes, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed, at::IntArrayRef output_padding, int64_t groups,
    std::array<bool, 3> wanted) {
  auto layer = is_float(gradient) ? layer_for(input, weight, stride, padding, dilation, transposed, groups) : nullptr;
  bool to_input = wanted[0] && layer != nullptr && layer->pays_for_maps;
  bool to_weight = wanted[1] && layer != nullptr && layer->pays_for_weights;
  Gradients gradients;
  std::array<bool, 3> rest = {wanted[0] && !to_input, wanted[1] && !to_weight, wanted[2]};
  if (rest[0] || rest[1] || rest[2])
    gradients = at::native::convolution_backward(
        gradient, input, weight, bias_sizes, stride, padding, dilation, transposed, output_padding, groups, rest);
  if (to_input || to_weight) {
    auto incoming = ordered(dense(gradient), layer->output);
    if (to_input) std::get<0>(gradients) = gradient_of_input(*layer, incoming, input, weight);
    if (to_weight) std::get<1>(gradients) = gradient_of_weight(*layer, incoming, input, weight);
  }
  return gradients;
}

TORCH_LIBRARY_IMPL(aten, CPU, library) {
  library.impl("convolution", convolution);
  library.impl("convolution_backward", convolution_backward);
}

}  // namespace
