// The loops of in-place ABN: inplace_abn_kernels.cpp is compiled once for each instruction set, and nothing that another
// translation unit shares (an inline function of a header) may be compiled with instructions that this processor may lack.
#pragma once

#include <cstdint>

#include "elements.h"

namespace tresnet {
namespace abn {

// ReLU cannot be inverted: it is for the loops that get the input.
enum class Activation { Identity, LeakyRelu, Elu, Relu };

// What a type is computed in.
template <class T>
struct Computed {
  using Type = float;
};
template <>
struct Computed<double> {
  using Type = double;
};

// One channel of an NCHW tensor: a run for each image.
struct Plane {
  int64_t runs;
  int64_t stride;
  int64_t length;
};

// Of an NHWC tensor: a row for each pixel.
struct Rows {
  int64_t count;
  int64_t channels;
};

// How many values, their mean, and the sum of their squared distances from it; they merge without cancellation (Chan et al., 1979).
struct Moments {
  double count;
  double mean;
  double squares;
};

struct Sums {
  double gradient;  // of dy
  double product;   // of dy * x-hat
};

// x-hat = (v - shift) * scale, where v is what the activation was given, or the input itself where that was kept; there the activation was
// given x-hat * weight + bias.
template <class A>
struct Inverse {
  A shift;
  A scale;
  A weight;
  A bias;
};

// dx = factor * (dy - gradient - x-hat * product), with means for the last two.
template <class A>
struct Share {
  A factor;
  A gradient;
  A product;
};

// y = (x - mean) * factor + bias.
template <class A>
struct Affine {
  A mean;
  A factor;
  A bias;
};

template <class T>
struct Kernels {
  using A = typename Computed<T>::Type;

  void (*plane_moments)(const T* x, Plane plane, Moments* into);
  void (*plane_extremes)(const T* x, Plane plane, double* low, double* high);
  void (*plane_normalise)(T* z, const T* x, Plane plane, A mean, A scale, A shift, A slope);
  // `kept` is the channel's input, its runs `length` elements long and `kept_stride` apart, or null.
  void (*plane_sums)(const T* z, const T* dz, const T* kept, Plane plane, int64_t kept_stride, Inverse<A> inverse, A slope, Sums* into);
  void (*plane_gradient)(
      T* dx, const T* z, const T* dz, const T* kept, Plane plane, int64_t kept_stride, Inverse<A> inverse, Share<A> share, A slope);

  // Arrays have an element for each channel; `scratch` has three.
  void (*row_moments)(const T* x, Rows rows, A* scratch, Moments* into);
  void (*row_extremes)(const T* x, Rows rows, A* low, A* high);
  void (*row_normalise)(T* z, const T* x, Rows rows, const A* mean, const A* scale, const A* shift, A slope);
  void (*row_sums)(const T* z, const T* dz, Rows rows, const A* shift, const A* scale, A slope, A* scratch, Sums* into);
  void (*row_gradient)(
      T* dx, const T* z, const T* dz, Rows rows, const A* shift, const A* scale, const A* factor, const A* gradient, const A* product,
      A slope);

  // For the channels whose input was kept, [rows, kept_count], in the place of what the two above did with a scale of 0.
  void (*kept_sums)(
      const T* z, const T* dz, const T* kept, Rows rows, const int64_t* channels, int64_t kept_count, const Inverse<A>* inverse, A slope,
      Sums* into);
  void (*kept_gradient)(
      T* dx, const T* z, const T* dz, const T* kept, Rows rows, const int64_t* channels, int64_t kept_count, const Inverse<A>* inverse,
      const Share<A>* share, A slope);

  // The same where backward gets the input and not the result. The products are of dy and x - mean, without the deviation.
  void (*plane_input_sums)(const T* x, const T* dz, Plane plane, Affine<A> affine, A slope, Sums* into);
  void (*plane_input_gradient)(T* dx, const T* x, const T* dz, Plane plane, Affine<A> affine, Share<A> share, A slope);
  void (*row_input_sums)(
      const T* x, const T* dz, Rows rows, const A* mean, const A* factor, const A* bias, A slope, A* scratch, Sums* into);
  void (*row_input_gradient)(
      T* dx, const T* x, const T* dz, Rows rows, const A* mean, const A* factor, const A* bias, const A* gradient, const A* product,
      A slope);
};

#define TRESNET_ABN_KERNELS(isa)                                    \
  const Kernels<float>& float_kernels_##isa(Activation);       \
  const Kernels<double>& double_kernels_##isa(Activation);     \
  const Kernels<BFloat16>& bfloat16_kernels_##isa(Activation);
TRESNET_ABN_KERNELS(baseline)
TRESNET_ABN_KERNELS(avx2)
TRESNET_ABN_KERNELS(avx512)
#undef TRESNET_ABN_KERNELS

}  // namespace abn
}  // namespace tresnet
