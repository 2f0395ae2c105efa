#include "onednn.h"

#include <mutex>
#include <unordered_map>

#include "../engine.h"

namespace tb {
namespace optimize {

namespace {

using dnnl::algorithm;
using dnnl::memory;
using dims = memory::dims;
using tag = memory::format_tag;
using type = memory::data_type;

type type_of(at::ScalarType t) { return t == at::kFloat ? type::f32 : type::bf16; }

memory::desc describe(const Place& place) {
  static const tag plain[] = {tag::a, tag::a, tag::ab, tag::abc, tag::abcd, tag::abcde, tag::abcdef};
  TORCH_CHECK(place.sizes.size() < 7, "a tensor has too many dimensions");
  auto order = place.layout == Layout::ChannelsLast ? tag::acdb : place.layout == Layout::Blocked ? tag::aBcd16b : plain[place.sizes.size()];
  return {place.sizes, type_of(place.type), order};
}

// A primitive, where its arguments lie, and what it keeps.
class Primitive : public Step {
 public:
  Primitive(std::string name, std::string by, const dnnl::primitive& primitive)
      : Step(std::move(name), std::move(by)), primitive_(primitive) {}

  void place(int argument, const memory::desc& desc, int buffer) { places_.push_back({argument, desc, buffer}); }
  void keep(int argument, const memory& constant) { arguments_[argument] = constant; }

  void bind(const Buffers& buffers) override {
    for (const auto& p : places_) arguments_[p.argument] = memory(p.desc, engine(), buffers.address(p.buffer));
  }

  void run() override { primitive_.execute(stream(), arguments_); }

 private:
  struct Bound {
    int argument;
    memory::desc desc;
    int buffer;
  };
  dnnl::primitive primitive_;
  std::vector<Bound> places_;
  std::unordered_map<int, memory> arguments_;
};

algorithm algorithm_of(Activation::Kind kind) {
  switch (kind) {
    case Activation::Kind::LeakyRelu: return algorithm::eltwise_relu;
    case Activation::Kind::Clip: return algorithm::eltwise_clip;
    case Activation::Kind::Sigmoid: return algorithm::eltwise_logistic;
    case Activation::Kind::Swish: return algorithm::eltwise_swish;
    case Activation::Kind::HardSwish: return algorithm::eltwise_hardswish;
    case Activation::Kind::Tanh: return algorithm::eltwise_tanh;
    case Activation::Kind::Elu: return algorithm::eltwise_elu;
    default: return algorithm::eltwise_gelu_erf;
  }
}

// oneDNN's own scratch memory belongs to the thread that makes a primitive; another that runs it has none.
dnnl::primitive_attr with_scratch() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

dnnl::primitive_attr after(bool adds, const Activation& activation) {
  dnnl::post_ops operations;
  if (adds) operations.append_sum(1);
  if (!activation.is_identity()) operations.append_eltwise(1, algorithm_of(activation.kind), activation.alpha, activation.beta);
  auto attributes = with_scratch();
  attributes.set_post_ops(operations);
  return attributes;
}

template <class Description>
void keep_scratch(Primitive& step, const Description& chosen) {
  auto desc = chosen.scratchpad_desc();
  if (desc.get_size() > 0) step.keep(DNNL_ARG_SCRATCHPAD, memory(desc, engine()));
}

}  // namespace

struct Weights::Cache {
  struct Entry {
    at::Tensor source;  // keeps its address from being another's
    memory::desc desc;
    memory packed;
  };
  std::mutex mutex;
  std::vector<Entry> entries;

  // `as` is how the source is to be read: a convolution in groups has a dimension more.
  memory get(const at::Tensor& source, const memory::desc& as, const memory::desc& wanted) {
    std::lock_guard<std::mutex> lock(mutex);
    for (const auto& entry : entries)
      if (entry.source.is_same(source) && entry.desc == wanted) return entry.packed;
    auto plain = source.detach().to(at::kFloat).contiguous();
    memory from(as, engine(), plain.data_ptr());
    memory packed(wanted, engine());
    dnnl::reorder(from, packed).execute(stream(), from, packed);
    stream().wait();
    entries.push_back({source, wanted, packed});
    return packed;
  }
};

Weights::Weights() : cache_(new Cache()) {}
Weights::~Weights() = default;

std::unique_ptr<Step> convolution_step(
    const Operation& operation, Algorithm algorithm, const Place& in, const Place& out, bool adds, const Activation& activation, int scratch,
    Weights& weights, size_t* scratch_bytes, bool slow) {
  const auto& weight = operation.weight;
  dims shape = weight.sizes().vec();
  auto plain = tag::oihw;
  if (operation.groups > 1) {
    shape = {operation.groups, weight.size(0) / operation.groups, weight.size(1), weight.size(2), weight.size(3)};
    plain = tag::goihw;
  }
  auto from = describe(in), to = describe(out);
  memory::desc any(shape, type_of(in.type), tag::any);
  bool has_bias = operation.bias.defined();
  memory::desc bias = has_bias ? memory::desc({weight.size(0)}, type::f32, tag::a) : memory::desc();
  dims dilation = {operation.dilation[0] - 1, operation.dilation[1] - 1};
  try {
    auto kind = algorithm == Algorithm::Winograd ? algorithm::convolution_winograd : algorithm::convolution_direct;
    dnnl::convolution_forward::desc call(
        dnnl::prop_kind::forward_inference, kind, from, any, bias, to, operation.stride, dilation, operation.padding, operation.padding);
    dnnl::convolution_forward::primitive_desc chosen(call, after(adds, activation), engine());
    std::string by = chosen.impl_info_str();
    if (!slow && by.compare(0, 3, "ref") == 0) return nullptr;
    auto step = std::make_unique<Primitive>(
        std::string("convolution") + (adds ? " add" : "") + (activation.is_identity() ? "" : " activation"), by,
        dnnl::convolution_forward(chosen));
    step->place(DNNL_ARG_SRC, from, in.buffer);
    step->place(DNNL_ARG_DST, to, out.buffer);
    step->keep(DNNL_ARG_WEIGHTS, weights.cache().get(weight, memory::desc(shape, type::f32, plain), chosen.weights_desc()));
    if (has_bias) step->keep(DNNL_ARG_BIAS, weights.cache().get(operation.bias, bias, bias));
    *scratch_bytes = chosen.scratchpad_desc().get_size();
    if (*scratch_bytes > 0) step->place(DNNL_ARG_SCRATCHPAD, chosen.scratchpad_desc(), scratch);
    return step;
  } catch (const dnnl::error& refused) {
    if (refused.status == dnnl_unimplemented) return nullptr;
    throw;
  }
}

std::unique_ptr<Step> linear_step(const Operation& operation, const Place& in, const Place& out, Weights& weights) {
  auto from = describe(in), to = describe(out);
  dims shape = operation.weight.sizes().vec();
  bool has_bias = operation.bias.defined();
  memory::desc bias = has_bias ? memory::desc({shape[0]}, type::f32, tag::a) : memory::desc();
  dnnl::inner_product_forward::desc call(
      dnnl::prop_kind::forward_inference, from, memory::desc(shape, type_of(in.type), tag::any), bias, to);
  dnnl::inner_product_forward::primitive_desc chosen(call, after(false, operation.activation), engine());
  auto step = std::make_unique<Primitive>("linear", chosen.impl_info_str(), dnnl::inner_product_forward(chosen));
  step->place(DNNL_ARG_SRC, from, in.buffer);
  step->place(DNNL_ARG_DST, to, out.buffer);
  step->keep(DNNL_ARG_WEIGHTS, weights.cache().get(operation.weight, memory::desc(shape, type::f32, tag::ab), chosen.weights_desc()));
  if (has_bias) step->keep(DNNL_ARG_BIAS, weights.cache().get(operation.bias, bias, bias));
  keep_scratch(*step, chosen);
  return step;
}

std::unique_ptr<Step> pool_step(const Operation& operation, const Place& in, const Place& out) {
  auto from = describe(in), to = describe(out);
  auto kind = operation.kind == Kind::MaxPool   ? algorithm::pooling_max
              : operation.counts_padding        ? algorithm::pooling_avg_include_padding
                                                : algorithm::pooling_avg_exclude_padding;
  // ceil_mode reads beyond the far border.
  dims far = operation.padding;
  for (int i = 0; i < 2; i++)
    far[i] = std::max<int64_t>(
        operation.padding[i],
        (out.sizes[2 + i] - 1) * operation.stride[i] + operation.kernel[i] - in.sizes[2 + i] - operation.padding[i]);
  dnnl::pooling_forward::desc call(
      dnnl::prop_kind::forward_inference, kind, from, to, operation.stride, operation.kernel, operation.padding, far);
  dnnl::pooling_forward::primitive_desc chosen(call, with_scratch(), engine());
  auto step = std::make_unique<Primitive>("pool", chosen.impl_info_str(), dnnl::pooling_forward(chosen));
  step->place(DNNL_ARG_SRC, from, in.buffer);
  step->place(DNNL_ARG_DST, to, out.buffer);
  keep_scratch(*step, chosen);
  return step;
}

std::unique_ptr<Step> activation_step(const Activation& activation, const Place& in, const Place& out) {
  auto desc = describe(in);
  dnnl::eltwise_forward::desc call(
      dnnl::prop_kind::forward_inference, algorithm_of(activation.kind), desc, activation.alpha, activation.beta);
  dnnl::eltwise_forward::primitive_desc chosen(call, with_scratch(), engine());
  auto step = std::make_unique<Primitive>("activation", chosen.impl_info_str(), dnnl::eltwise_forward(chosen));
  step->place(DNNL_ARG_SRC, desc, in.buffer);
  step->place(DNNL_ARG_DST, desc, out.buffer);
  keep_scratch(*step, chosen);
  return step;
}

std::unique_ptr<Step> reorder_step(const Place& in, const Place& out) {
  auto from = describe(in), to = describe(out);
  dnnl::reorder::primitive_desc chosen(engine(), from, engine(), to, with_scratch());
  auto step = std::make_unique<Primitive>("reorder", chosen.impl_info_str(), dnnl::reorder(chosen));
  step->place(DNNL_ARG_FROM, from, in.buffer);
  step->place(DNNL_ARG_TO, to, out.buffer);
  keep_scratch(*step, chosen);
  return step;
}

}  // namespace optimize
}  // namespace tb
