// The loops of in-place ABN (Rota Bulo et al., arXiv 1712.02616, section 3), written so that the compiler vectorises them. CMakeLists.txt
// compiles this file for several instruction sets, each with its own TRESNET_ISA.
#include "kernel_math.h"

namespace tresnet {
namespace abn {
namespace {

template <class T, Activation F>
struct Loops {
  using A = typename Computed<T>::Type;

  static void plane_moments(const T* x, Plane plane, Moments* into) {
    for (int64_t run = 0; run < plane.runs; run++) {
      const T* start = x + run * plane.stride;
      for (int64_t begin = 0; begin < plane.length; begin += chunk) {
        const T* part = start + begin;
        int64_t length = smaller(chunk, plane.length - begin);
        A sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t i = 0; i < length; i++) sum += load(part + i);
        A mean = sum / static_cast<A>(length);
        A squares = 0, rest = 0;
#pragma omp simd reduction(+ : squares, rest)
        for (int64_t i = 0; i < length; i++) {
          A distance = load(part + i) - mean;
          squares += distance * distance;
          rest += distance;
        }
        // What rounding left out of the mean.
        double correction = static_cast<double>(rest) / static_cast<double>(length);
        merge(into, static_cast<double>(length), mean + correction, squares - rest * correction);
      }
    }
  }

  static void plane_extremes(const T* x, Plane plane, double* low, double* high) {
    A least = load(x), most = least;
    for (int64_t run = 0; run < plane.runs; run++) {
      const T* start = x + run * plane.stride;
#pragma omp simd reduction(min : least) reduction(max : most)
      for (int64_t i = 0; i < plane.length; i++) {
        A value = load(start + i);
        least = value < least ? value : least;
        most = value > most ? value : most;
      }
    }
    *low = least;
    *high = most;
  }

  static void plane_normalise(T* z, const T* x, Plane plane, A mean, A scale, A shift, A slope) {
    for (int64_t run = 0; run < plane.runs; run++) {
      const T* from = x + run * plane.stride;
      T* to = z + run * plane.stride;
#pragma omp simd
      for (int64_t i = 0; i < plane.length; i++) store(to + i, activate<F, A>((load(from + i) - mean) * scale + shift, slope));
    }
  }

  template <bool Kept>
  static void sums_of_plane(const T* z, const T* dz, const T* kept, Plane plane, int64_t kept_stride, Inverse<A> inverse, A slope, Sums* into) {
    A reciprocal = 1 / slope;
    for (int64_t run = 0; run < plane.runs; run++) {
      for (int64_t begin = 0; begin < plane.length; begin += chunk) {
        const T* result = z + run * plane.stride + begin;
        const T* incoming = dz + run * plane.stride + begin;
        const T* input = Kept ? kept + run * kept_stride + begin : nullptr;
        int64_t length = smaller(chunk, plane.length - begin);
        A gradient = 0, product = 0;
#pragma omp simd reduction(+ : gradient, product)
        for (int64_t i = 0; i < length; i++) {
          A value = load(result + i);
          A normalised = ((Kept ? load(input + i) : invert<F, A>(value, reciprocal)) - inverse.shift) * inverse.scale;
          A dy = Kept ? derive_kept<F, A>(value, load(incoming + i), normalised, inverse, slope)
                      : derive<F, A>(value, load(incoming + i), slope);
          gradient += dy;
          product += dy * normalised;
        }
        into->gradient += gradient;
        into->product += product;
      }
    }
  }

  static void plane_sums(const T* z, const T* dz, const T* kept, Plane plane, int64_t kept_stride, Inverse<A> inverse, A slope, Sums* into) {
    kept ? sums_of_plane<true>(z, dz, kept, plane, kept_stride, inverse, slope, into)
         : sums_of_plane<false>(z, dz, kept, plane, kept_stride, inverse, slope, into);
  }

  template <bool Kept>
  static void gradient_of_plane(
      T* dx, const T* z, const T* dz, const T* kept, Plane plane, int64_t kept_stride, Inverse<A> inverse, Share<A> share, A slope) {
    A reciprocal = 1 / slope;
    for (int64_t run = 0; run < plane.runs; run++) {
      const T* result = z + run * plane.stride;
      const T* incoming = dz + run * plane.stride;
      const T* input = Kept ? kept + run * kept_stride : nullptr;
      T* outgoing = dx + run * plane.stride;
#pragma omp simd
      for (int64_t i = 0; i < plane.length; i++) {
        A value = load(result + i);
        A normalised = ((Kept ? load(input + i) : invert<F, A>(value, reciprocal)) - inverse.shift) * inverse.scale;
        A dy = Kept ? derive_kept<F, A>(value, load(incoming + i), normalised, inverse, slope)
                    : derive<F, A>(value, load(incoming + i), slope);
        store(outgoing + i, share.factor * (dy - share.gradient - normalised * share.product));
      }
    }
  }

  static void plane_gradient(
      T* dx, const T* z, const T* dz, const T* kept, Plane plane, int64_t kept_stride, Inverse<A> inverse, Share<A> share, A slope) {
    kept ? gradient_of_plane<true>(dx, z, dz, kept, plane, kept_stride, inverse, share, slope)
         : gradient_of_plane<false>(dx, z, dz, kept, plane, kept_stride, inverse, share, slope);
  }

  // Rows that fit the cache together, but enough of them that what is done once for them does not count.
  static int64_t rows_at_once(Rows rows) {
    int64_t fitting = row_chunk / rows.channels;
    return smaller(rows.count, fitting < 16 ? 16 : fitting);
  }

  static void row_moments(const T* x, Rows rows, A* scratch, Moments* into) {
    int64_t channels = rows.channels, step = rows_at_once(rows);
    A* __restrict mean = scratch;
    A* __restrict squares = scratch + channels;
    A* __restrict rest = scratch + 2 * channels;
    for (int64_t begin = 0; begin < rows.count; begin += step) {
      int64_t count = smaller(step, rows.count - begin);
      const T* part = x + begin * channels;
      for (int64_t c = 0; c < channels; c++) mean[c] = squares[c] = rest[c] = 0;
      for (int64_t r = 0; r < count; r++) {
        const T* row = part + r * channels;
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) mean[c] += load(row + c);
      }
      A share = 1 / static_cast<A>(count);
#pragma omp simd
      for (int64_t c = 0; c < channels; c++) mean[c] *= share;
      for (int64_t r = 0; r < count; r++) {
        const T* row = part + r * channels;
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) {
          A distance = load(row + c) - mean[c];
          squares[c] += distance * distance;
          rest[c] += distance;
        }
      }
      for (int64_t c = 0; c < channels; c++) {
        double correction = static_cast<double>(rest[c]) / static_cast<double>(count);
        merge(into + c, static_cast<double>(count), mean[c] + correction, squares[c] - rest[c] * correction);
      }
    }
  }

  static void row_extremes(const T* x, Rows rows, A* __restrict low, A* __restrict high) {
    for (int64_t c = 0; c < rows.channels; c++) low[c] = high[c] = load(x + c);
    for (int64_t r = 1; r < rows.count; r++) {
      const T* row = x + r * rows.channels;
#pragma omp simd
      for (int64_t c = 0; c < rows.channels; c++) {
        A value = load(row + c);
        low[c] = value < low[c] ? value : low[c];
        high[c] = value > high[c] ? value : high[c];
      }
    }
  }

  static void row_normalise(T* z, const T* x, Rows rows, const A* mean, const A* scale, const A* shift, A slope) {
    for (int64_t r = 0; r < rows.count; r++) {
      const T* from = x + r * rows.channels;
      T* to = z + r * rows.channels;
#pragma omp simd
      for (int64_t c = 0; c < rows.channels; c++) store(to + c, activate<F, A>((load(from + c) - mean[c]) * scale[c] + shift[c], slope));
    }
  }

  // What a row's element adds: the gradient behind the activation, and what that is multiplied by.
  struct Seen {
    A dy;
    A other;
  };

  // `see(c, value, incoming)` of every element of the channel c.
  template <class See>
  static void sums_of_rows(const T* map, const T* dz, Rows rows, A* scratch, Sums* into, const See& see) {
    int64_t channels = rows.channels, step = rows_at_once(rows);
    A* __restrict gradient = scratch;
    A* __restrict product = scratch + channels;
    for (int64_t begin = 0; begin < rows.count; begin += step) {
      int64_t end = smaller(begin + step, rows.count);
      for (int64_t c = 0; c < channels; c++) gradient[c] = product[c] = 0;
      for (int64_t r = begin; r < end; r++) {
        const T* values = map + r * channels;
        const T* incoming = dz + r * channels;
#pragma omp simd
        for (int64_t c = 0; c < channels; c++) {
          Seen seen = see(c, load(values + c), load(incoming + c));
          gradient[c] += seen.dy;
          product[c] += seen.dy * seen.other;
        }
      }
      for (int64_t c = 0; c < channels; c++) {
        into[c].gradient += gradient[c];
        into[c].product += product[c];
      }
    }
  }

  template <class See>
  static void gradient_of_rows(
      T* dx, const T* map, const T* dz, Rows rows, const A* factor, const A* gradient, const A* product, const See& see) {
    for (int64_t r = 0; r < rows.count; r++) {
      const T* values = map + r * rows.channels;
      const T* incoming = dz + r * rows.channels;
      T* outgoing = dx + r * rows.channels;
#pragma omp simd
      for (int64_t c = 0; c < rows.channels; c++) {
        Seen seen = see(c, load(values + c), load(incoming + c));
        store(outgoing + c, factor[c] * (seen.dy - gradient[c] - seen.other * product[c]));
      }
    }
  }

  static void row_sums(
      const T* z, const T* dz, Rows rows, const A* shift, const A* scale, A slope, A* scratch, Sums* into) {
    A reciprocal = 1 / slope;
    sums_of_rows(z, dz, rows, scratch, into, [=](int64_t c, A value, A incoming) {
      return Seen{derive<F, A>(value, incoming, slope), (invert<F, A>(value, reciprocal) - shift[c]) * scale[c]};
    });
  }

  static void row_gradient(
      T* dx, const T* z, const T* dz, Rows rows, const A* shift, const A* scale, const A* factor, const A* gradient, const A* product,
      A slope) {
    A reciprocal = 1 / slope;
    gradient_of_rows(dx, z, dz, rows, factor, gradient, product, [=](int64_t c, A value, A incoming) {
      return Seen{derive<F, A>(value, incoming, slope), (invert<F, A>(value, reciprocal) - shift[c]) * scale[c]};
    });
  }

  static void kept_sums(
      const T* z, const T* dz, const T* kept, Rows rows, const int64_t* channels, int64_t kept_count, const Inverse<A>* inverse, A slope,
      Sums* into) {
    for (int64_t r = 0; r < rows.count; r++) {
      for (int64_t k = 0; k < kept_count; k++) {
        int64_t at = r * rows.channels + channels[k];
        A normalised = (load(kept + r * kept_count + k) - inverse[k].shift) * inverse[k].scale;
        A dy = derive_kept<F, A>(load(z + at), load(dz + at), normalised, inverse[k], slope);
        into[channels[k]].gradient += dy;
        into[channels[k]].product += dy * normalised;
      }
    }
  }

  static void kept_gradient(
      T* dx, const T* z, const T* dz, const T* kept, Rows rows, const int64_t* channels, int64_t kept_count, const Inverse<A>* inverse,
      const Share<A>* share, A slope) {
    for (int64_t r = 0; r < rows.count; r++) {
      for (int64_t k = 0; k < kept_count; k++) {
        int64_t at = r * rows.channels + channels[k];
        A normalised = (load(kept + r * kept_count + k) - inverse[k].shift) * inverse[k].scale;
        A dy = derive_kept<F, A>(load(z + at), load(dz + at), normalised, inverse[k], slope);
        store(dx + at, share[k].factor * (dy - share[k].gradient - normalised * share[k].product));
      }
    }
  }

  // dx of batch normalisation and activation from the input itself: y is what the activation was given.
  static void plane_input_sums(const T* x, const T* dz, Plane plane, Affine<A> affine, A slope, Sums* into) {
    for (int64_t run = 0; run < plane.runs; run++) {
      for (int64_t begin = 0; begin < plane.length; begin += chunk) {
        const T* input = x + run * plane.stride + begin;
        const T* incoming = dz + run * plane.stride + begin;
        int64_t length = smaller(chunk, plane.length - begin);
        A gradient = 0, product = 0;
#pragma omp simd reduction(+ : gradient, product)
        for (int64_t i = 0; i < length; i++) {
          A distance = load(input + i) - affine.mean;
          A dy = derive<F, A>(distance * affine.factor + affine.bias, load(incoming + i), slope);
          gradient += dy;
          product += dy * distance;
        }
        into->gradient += gradient;
        into->product += product;
      }
    }
  }

  static void plane_input_gradient(T* dx, const T* x, const T* dz, Plane plane, Affine<A> affine, Share<A> share, A slope) {
    for (int64_t run = 0; run < plane.runs; run++) {
      const T* input = x + run * plane.stride;
      const T* incoming = dz + run * plane.stride;
      T* outgoing = dx + run * plane.stride;
#pragma omp simd
      for (int64_t i = 0; i < plane.length; i++) {
        A distance = load(input + i) - affine.mean;
        A dy = derive<F, A>(distance * affine.factor + affine.bias, load(incoming + i), slope);
        store(outgoing + i, share.factor * (dy - share.gradient - distance * share.product));
      }
    }
  }

  static void row_input_sums(
      const T* x, const T* dz, Rows rows, const A* mean, const A* factor, const A* bias, A slope, A* scratch, Sums* into) {
    sums_of_rows(x, dz, rows, scratch, into, [=](int64_t c, A value, A incoming) {
      A distance = value - mean[c];
      return Seen{derive<F, A>(distance * factor[c] + bias[c], incoming, slope), distance};
    });
  }

  static void row_input_gradient(
      T* dx, const T* x, const T* dz, Rows rows, const A* mean, const A* factor, const A* bias, const A* gradient, const A* product,
      A slope) {
    gradient_of_rows(dx, x, dz, rows, factor, gradient, product, [=](int64_t c, A value, A incoming) {
      A distance = value - mean[c];
      return Seen{derive<F, A>(distance * factor[c] + bias[c], incoming, slope), distance};
    });
  }

  static const Kernels<T>& table() {
    static const Kernels<T> value = {
        plane_moments, plane_extremes, plane_normalise, plane_sums,       plane_gradient,       row_moments,    row_extremes,      row_normalise,
        row_sums,      row_gradient,   kept_sums,       kept_gradient,    plane_input_sums,     plane_input_gradient,
        row_input_sums, row_input_gradient};
    return value;
  }
};

template <class T>
const Kernels<T>& choose(Activation activation) {
  switch (activation) {
    case Activation::Relu: return Loops<T, Activation::Relu>::table();
    case Activation::LeakyRelu: return Loops<T, Activation::LeakyRelu>::table();
    case Activation::Elu: return Loops<T, Activation::Elu>::table();
    default: return Loops<T, Activation::Identity>::table();
  }
}

}  // namespace

#define TRESNET_JOIN(a, b) a##b
#define TRESNET_NAMED(a, b) TRESNET_JOIN(a, b)
const Kernels<float>& TRESNET_NAMED(float_kernels_, TRESNET_ISA)(Activation activation) { return choose<float>(activation); }
const Kernels<double>& TRESNET_NAMED(double_kernels_, TRESNET_ISA)(Activation activation) { return choose<double>(activation); }
const Kernels<BFloat16>& TRESNET_NAMED(bfloat16_kernels_, TRESNET_ISA)(Activation activation) { return choose<BFloat16>(activation); }

}  // namespace abn
}  // namespace tresnet
