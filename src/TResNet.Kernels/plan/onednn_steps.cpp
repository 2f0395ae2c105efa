#ifdef TRESNET_ONEDNN
#include "onednn_steps.h"

#include <cstring>

#include "../onednn.h"
#include "arena.h"

namespace tresnet::plan {

namespace {

using dnnl::algorithm;
using dnnl::memory;
using dims = memory::dims;
using tag = memory::format_tag;
using type = memory::data_type;

type type_of(Type t) { return t == Type::Float32 ? type::f32 : type::bf16; }

memory::desc describe(const Place& place) {
  static const tag plain[] = {tag::a, tag::a, tag::ab, tag::abc, tag::abcd, tag::abcde, tag::abcdef};
  auto order = place.layout == Layout::ChannelsLast ? tag::acdb : place.layout == Layout::Blocked ? tag::aBcd16b : plain[place.sizes.size()];
  return {place.sizes, type_of(place.type), order};
}

// A primitive with its arguments, as oneDNN's C interface takes them: those of its C++ one would be put together for each call.
class Primitive : public Step {
 public:
  Primitive(std::string name, std::string by, const dnnl::primitive& primitive)
      : Step(std::move(name), std::move(by)), primitive_(primitive) {}

  void place(int argument, const memory::desc& desc, int buffer) { places_.push_back({argument, desc, buffer}); }
  void keep(int argument, const memory& constant) { kept_.push_back({argument, constant}); }

  void bind(const Buffers& buffers) override {
    memories_.clear();
    arguments_.clear();
    for (const auto& p : places_) {
      memories_.emplace_back(p.desc, engine(), buffers.address(p.buffer));
      arguments_.push_back({p.argument, memories_.back().get()});
    }
    for (const auto& k : kept_) arguments_.push_back({k.argument, k.constant.get()});
  }

  void run() override {
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(primitive_.get(), stream().get(), static_cast<int>(arguments_.size()), arguments_.data()), "oneDNN could not compute");
  }

  size_t weights_bytes() const override {
    size_t bytes = 0;
    for (const auto& k : kept_) bytes += Arena::rounded(k.constant.get_desc().get_size());
    return bytes;
  }

  void move_weights(Arena& arena) override {
    for (auto& k : kept_) {
      auto desc = k.constant.get_desc();
      auto* piece = arena.take(desc.get_size());
      // oneDNN may write zeros to what fills up blocks when it is told the address: so the weights come after.
      memory moved(desc, engine(), piece);
      std::memcpy(piece, k.constant.get_data_handle(), desc.get_size());
      k.constant = moved;
    }
  }

 private:
  struct Bound {
    int argument;
    memory::desc desc;
    int buffer;
  };
  struct Kept {
    int argument;
    memory constant;
  };
  dnnl::primitive primitive_;
  std::vector<Bound> places_;
  std::vector<Kept> kept_;
  std::vector<memory> memories_;
  std::vector<dnnl_exec_arg_t> arguments_;
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

// oneDNN 2 has x relu6(x + 3) / 6 and reads no numbers, oneDNN 3 x min(max(alpha x + beta, 0), 1).
std::pair<float, float> numbers_of(const Activation& activation) {
  if (activation.kind == Activation::Kind::HardSwish && DNNL_VERSION_MAJOR >= 3) return {1.0f / 6, 0.5f};
  return {activation.alpha, activation.beta};
}

dnnl::primitive_attr after(bool adds, const Activation& activation) {
  dnnl::post_ops operations;
  if (adds) operations.append_sum(1);
  if (!activation.is_identity()) {
    auto numbers = numbers_of(activation);
    onednn::append_eltwise(operations, algorithm_of(activation.kind), numbers.first, numbers.second);
  }
  auto attributes = onednn::with_scratch();
  attributes.set_post_ops(operations);
  return attributes;
}

onednn::Window window_of(const Operation& operation) {
  return {operation.stride, {operation.dilation[0] - 1, operation.dilation[1] - 1}, operation.padding, operation.far_padding};
}

memory::desc vector_of(int64_t count) { return {{count}, type::f32, tag::a}; }

template <class Description>
void keep_scratch(Primitive& step, const Description& chosen) {
  auto desc = chosen.scratchpad_desc();
  if (desc.get_size() > 0) step.keep(DNNL_ARG_SCRATCHPAD, memory(desc, engine()));
}

}  // namespace

struct Weights::Cache {
  struct Entry {
    const float* source;
    memory::desc desc;
    memory packed;
  };
  std::vector<Entry> entries;

  // `as` is how the source is to be read: a convolution in groups has a dimension more.
  memory get(Numbers source, const memory::desc& as, const memory::desc& wanted) {
    for (const auto& entry : entries)
      if (entry.source == source.data && entry.desc == wanted) return entry.packed;
    memory from(as, engine(), const_cast<float*>(source.data));
    memory packed(wanted, engine());
    dnnl::reorder(from, packed).execute(stream(), from, packed);
    stream().wait();
    entries.push_back({source.data, wanted, packed});
    return packed;
  }
};

Weights::Weights() : cache_(new Cache()) {}
Weights::~Weights() = default;

std::unique_ptr<Step> convolution_step(
    const Operation& operation, Algorithm algorithm, const Place& in, const Place& out, bool adds, const Activation& activation, int scratch,
    Weights& weights, size_t* scratch_bytes, bool slow) {
  dims shape = operation.weight_sizes;
  auto plain = tag::oihw;
  if (operation.groups > 1) {
    shape.insert(shape.begin(), operation.groups);
    shape[1] /= operation.groups;
    plain = tag::goihw;
  }
  auto from = describe(in), to = describe(out);
  memory::desc any(shape, type_of(in.type), tag::any);
  memory::desc bias = operation.bias ? vector_of(operation.bias.count) : memory::desc();
  return unless_unimplemented([&]() -> std::unique_ptr<Step> {
    auto kind = algorithm == Algorithm::OneDnnWinograd ? algorithm::convolution_winograd : algorithm::convolution_direct;
    auto chosen = onednn::convolution_forward(
        dnnl::prop_kind::forward_inference, kind, from, any, bias, to, window_of(operation), after(adds, activation));
    std::string by = chosen.impl_info_str();
    if (!slow && by.compare(0, 3, "ref") == 0) return nullptr;
    auto step = std::make_unique<Primitive>(
        std::string("convolution") + (adds ? " add" : "") + (activation.is_identity() ? "" : " activation"), by,
        dnnl::convolution_forward(chosen));
    step->place(DNNL_ARG_SRC, from, in.buffer);
    step->place(DNNL_ARG_DST, to, out.buffer);
    step->keep(DNNL_ARG_WEIGHTS, weights.cache().get(operation.weight, memory::desc(shape, type::f32, plain), chosen.weights_desc()));
    if (operation.bias) step->keep(DNNL_ARG_BIAS, weights.cache().get(operation.bias, bias, bias));
    *scratch_bytes = chosen.scratchpad_desc().get_size();
    if (*scratch_bytes > 0) step->place(DNNL_ARG_SCRATCHPAD, chosen.scratchpad_desc(), scratch);
    return step;
  });
}

std::unique_ptr<Step> linear_step(const Operation& operation, const Place& in, const Place& out, Weights& weights) {
  auto from = describe(in), to = describe(out);
  dims shape = operation.weight_sizes;
  memory::desc bias = operation.bias ? vector_of(operation.bias.count) : memory::desc();
  return unless_unimplemented([&]() -> std::unique_ptr<Step> {
    auto chosen = onednn::inner_product_forward(
        dnnl::prop_kind::forward_inference, from, memory::desc(shape, type_of(in.type), tag::any), bias, to, after(false, operation.activation));
    auto step = std::make_unique<Primitive>("linear", chosen.impl_info_str(), dnnl::inner_product_forward(chosen));
    step->place(DNNL_ARG_SRC, from, in.buffer);
    step->place(DNNL_ARG_DST, to, out.buffer);
    step->keep(DNNL_ARG_WEIGHTS, weights.cache().get(operation.weight, memory::desc(shape, type::f32, tag::ab), chosen.weights_desc()));
    if (operation.bias) step->keep(DNNL_ARG_BIAS, weights.cache().get(operation.bias, bias, bias));
    keep_scratch(*step, chosen);
    return step;
  });
}

std::unique_ptr<Step> pool_step(const Operation& operation, const Place& in, const Place& out) {
  auto from = describe(in), to = describe(out);
  auto kind = operation.kind == Kind::MaxPool   ? algorithm::pooling_max
              : operation.counts_padding        ? algorithm::pooling_avg_include_padding
                                                : algorithm::pooling_avg_exclude_padding;
  auto chosen = onednn::pooling_forward(
      dnnl::prop_kind::forward_inference, kind, from, to, operation.kernel, window_of(operation), onednn::with_scratch());
  auto step = std::make_unique<Primitive>("pool", chosen.impl_info_str(), dnnl::pooling_forward(chosen));
  step->place(DNNL_ARG_SRC, from, in.buffer);
  step->place(DNNL_ARG_DST, to, out.buffer);
  keep_scratch(*step, chosen);
  return step;
}

std::unique_ptr<Step> activation_step(const Activation& activation, const Place& in, const Place& out) {
  auto desc = describe(in);
  auto numbers = numbers_of(activation);
  auto chosen = onednn::eltwise_forward(
      dnnl::prop_kind::forward_inference, algorithm_of(activation.kind), desc, numbers.first, numbers.second, onednn::with_scratch());
  auto step = std::make_unique<Primitive>("activation", chosen.impl_info_str(), dnnl::eltwise_forward(chosen));
  step->place(DNNL_ARG_SRC, desc, in.buffer);
  step->place(DNNL_ARG_DST, desc, out.buffer);
  keep_scratch(*step, chosen);
  return step;
}

std::unique_ptr<Step> reorder_step(const Place& in, const Place& out) {
  auto from = describe(in), to = describe(out);
  dnnl::reorder::primitive_desc chosen(engine(), from, engine(), to, onednn::with_scratch());
  auto step = std::make_unique<Primitive>("reorder", chosen.impl_info_str(), dnnl::reorder(chosen));
  step->place(DNNL_ARG_FROM, from, in.buffer);
  step->place(DNNL_ARG_TO, to, out.buffer);
  keep_scratch(*step, chosen);
  return step;
}

}  // namespace tresnet::plan
#endif
