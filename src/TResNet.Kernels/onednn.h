// oneDNN's processor, the calling thread's queue on it, and its primitives' descriptions, which versions 2 and 3 make in different ways.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include "status.h"

namespace tresnet {

inline const dnnl::engine& engine() {
  static const dnnl::engine value(dnnl::engine::kind::cpu, 0);
  return value;
}

inline dnnl::stream& stream() {
  static thread_local dnnl::stream value(engine());
  return value;
}

// Calls `make`, and turns oneDNN's "there is no such code for this processor" into a default value, such as a null pointer.
template <class F>
auto unless_unimplemented(F&& make) -> decltype(make()) {
  try {
    return make();
  } catch (const dnnl::error& refused) {
    if (refused.status == dnnl_unimplemented) return {};
    throw;
  }
}

// oneDNN's errors as this library's.
template <class F>
auto translated(F&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const dnnl::error& e) {
    if (e.status == dnnl_out_of_memory) throw std::bad_alloc();
    if (e.status == dnnl_unimplemented) throw Error(TRESNET_UNAVAILABLE, text("oneDNN has no code for this on this processor: ", e.message));
    throw Error(TRESNET_FAILED, text("oneDNN: ", e.message));
  }
}

namespace onednn {

using dims = dnnl::memory::dims;
using desc = dnnl::memory::desc;

// oneDNN's own scratch memory belongs to the thread that makes a primitive, and another that runs it has none: so it is always the caller's.
inline dnnl::primitive_attr with_scratch() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

// A convolution's strides, dilation (0 for a dense kernel) and padding at the near and the far borders.
struct Window {
  dims strides, dilation, near, far;
};

#if DNNL_VERSION_MAJOR >= 3

inline dims sizes_of(const desc& d) { return d.get_dims(); }

inline dnnl::convolution_forward::primitive_desc convolution_forward(
    dnnl::prop_kind kind, dnnl::algorithm algorithm, const desc& in, const desc& weight, const desc& bias, const desc& out, const Window& w,
    const dnnl::primitive_attr& attributes) {
  return {engine(), kind, algorithm, in, weight, bias, out, w.strides, w.dilation, w.near, w.far, attributes};
}

inline dnnl::convolution_backward_data::primitive_desc convolution_backward_data(
    dnnl::algorithm algorithm, const desc& in, const desc& weight, const desc& out, const Window& w,
    const dnnl::convolution_forward::primitive_desc& forward, const dnnl::primitive_attr& attributes) {
  return {engine(), algorithm, in, weight, out, w.strides, w.dilation, w.near, w.far, forward, attributes};
}

inline dnnl::convolution_backward_weights::primitive_desc convolution_backward_weights(
    dnnl::algorithm algorithm, const desc& in, const desc& weight, const desc& bias, const desc& out, const Window& w,
    const dnnl::convolution_forward::primitive_desc& forward, const dnnl::primitive_attr& attributes) {
  return {engine(), algorithm, in, weight, bias, out, w.strides, w.dilation, w.near, w.far, forward, attributes};
}

inline dnnl::inner_product_forward::primitive_desc inner_product_forward(
    dnnl::prop_kind kind, const desc& in, const desc& weight, const desc& bias, const desc& out, const dnnl::primitive_attr& attributes) {
  return {engine(), kind, in, weight, bias, out, attributes};
}

inline dnnl::pooling_forward::primitive_desc pooling_forward(
    dnnl::prop_kind kind, dnnl::algorithm algorithm, const desc& in, const desc& out, const dims& kernel, const Window& w,
    const dnnl::primitive_attr& attributes) {
  return {engine(), kind, algorithm, in, out, w.strides, kernel, dims(kernel.size(), 0), w.near, w.far, attributes};
}

inline dnnl::eltwise_forward::primitive_desc eltwise_forward(
    dnnl::prop_kind kind, dnnl::algorithm algorithm, const desc& map, float alpha, float beta, const dnnl::primitive_attr& attributes) {
  return {engine(), kind, algorithm, map, map, alpha, beta, attributes};
}

inline void append_eltwise(dnnl::post_ops& operations, dnnl::algorithm algorithm, float alpha, float beta) {
  operations.append_eltwise(algorithm, alpha, beta);
}

#else

inline dims sizes_of(const desc& d) { return d.dims(); }

inline dnnl::convolution_forward::primitive_desc convolution_forward(
    dnnl::prop_kind kind, dnnl::algorithm algorithm, const desc& in, const desc& weight, const desc& bias, const desc& out, const Window& w,
    const dnnl::primitive_attr& attributes) {
  return {{kind, algorithm, in, weight, bias, out, w.strides, w.dilation, w.near, w.far}, attributes, engine()};
}

inline dnnl::convolution_backward_data::primitive_desc convolution_backward_data(
    dnnl::algorithm algorithm, const desc& in, const desc& weight, const desc& out, const Window& w,
    const dnnl::convolution_forward::primitive_desc& forward, const dnnl::primitive_attr& attributes) {
  return {{algorithm, in, weight, out, w.strides, w.dilation, w.near, w.far}, attributes, engine(), forward};
}

inline dnnl::convolution_backward_weights::primitive_desc convolution_backward_weights(
    dnnl::algorithm algorithm, const desc& in, const desc& weight, const desc& bias, const desc& out, const Window& w,
    const dnnl::convolution_forward::primitive_desc& forward, const dnnl::primitive_attr& attributes) {
  return {{algorithm, in, weight, bias, out, w.strides, w.dilation, w.near, w.far}, attributes, engine(), forward};
}

inline dnnl::inner_product_forward::primitive_desc inner_product_forward(
    dnnl::prop_kind kind, const desc& in, const desc& weight, const desc& bias, const desc& out, const dnnl::primitive_attr& attributes) {
  return {{kind, in, weight, bias, out}, attributes, engine()};
}

inline dnnl::pooling_forward::primitive_desc pooling_forward(
    dnnl::prop_kind kind, dnnl::algorithm algorithm, const desc& in, const desc& out, const dims& kernel, const Window& w,
    const dnnl::primitive_attr& attributes) {
  return {{kind, algorithm, in, out, w.strides, kernel, w.near, w.far}, attributes, engine()};
}

inline dnnl::eltwise_forward::primitive_desc eltwise_forward(
    dnnl::prop_kind kind, dnnl::algorithm algorithm, const desc& map, float alpha, float beta, const dnnl::primitive_attr& attributes) {
  return {{kind, algorithm, map, alpha, beta}, attributes, engine()};
}

inline void append_eltwise(dnnl::post_ops& operations, dnnl::algorithm algorithm, float alpha, float beta) {
  operations.append_eltwise(1, algorithm, alpha, beta);
}

#endif

}  // namespace onednn
}  // namespace tresnet
