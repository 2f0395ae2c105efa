/*
 * The C interface of libtresnet_kernels.so: the loops that make training fast beside libtorch, on plain pointers. It knows no tensor and no
 * autograd; those are the caller's. Plans of inference have a header of their own, plan/tresnet_plan.h.
 *
 * Conventions
 *   Status     Every function of type tresnet_status returns 0, or else says why in tresnet_last_error() of the same thread. No C++ exception
 *              leaves the library.
 *   Pointers   Borrowed for the call. Results are written to memory of the caller; nothing but tresnet_abn_kept is handed over.
 *   Types      TRESNET_FLOAT32, TRESNET_FLOAT64, TRESNET_BFLOAT16. bfloat16 is computed in float32 and rounded to the nearest, ties to even.
 *   Order      Maps are dense, either NCHW or NHWC ("channels-last"). [N, C] and [N, C, L] are NCHW with 1 and L pixels. What is dense in both
 *              orders (one channel, one pixel) counts as NCHW.
 *   Threads    Any thread may call, several at once. The bits of a result do not depend on the number of threads, except for oneDNN's
 *              convolutions.
 */
#ifndef TRESNET_KERNELS_H
#define TRESNET_KERNELS_H

#include <stdint.h>

#if defined(__GNUC__)
#define TRESNET_EXPORT __attribute__((visibility("default")))
#else
#define TRESNET_EXPORT
#endif
#ifdef __cplusplus
#define TRESNET_API extern "C" TRESNET_EXPORT
#else
#define TRESNET_API TRESNET_EXPORT
#endif

/* Of this interface. It grows with every change to a signature, a struct or a meaning, and the caller refuses another than its own. */
#define TRESNET_KERNELS_VERSION 3

typedef int32_t tresnet_status;
enum {
  TRESNET_OK = 0,
  TRESNET_FAILED = 1,       /* see tresnet_last_error() */
  TRESNET_INVALID = 2,      /* an argument is not what the function takes */
  TRESNET_UNAVAILABLE = 3,  /* this build or this processor does not have it: compute it another way */
  TRESNET_NO_MEMORY = 4
};

typedef int32_t tresnet_type;
enum { TRESNET_FLOAT32 = 0, TRESNET_FLOAT64 = 1, TRESNET_BFLOAT16 = 2 };

typedef int32_t tresnet_activation;
enum { TRESNET_IDENTITY = 0, TRESNET_LEAKY_RELU = 1, TRESNET_ELU = 2, TRESNET_RELU = 3 };

/* A dense feature map. `data` holds images * channels * pixels elements. */
typedef struct {
  void* data;
  int64_t images;
  int64_t channels;
  int64_t pixels;        /* height * width, or 1 */
  tresnet_type type;
  int32_t channels_last; /* 1 for [N, H, W, C] in memory, 0 for [N, C, H, W] */
} tresnet_map;

/* As many elements as the map beside it has channels, one after another. With data null: none. */
typedef struct {
  void* data;
  tresnet_type type;
  int32_t reserved; /* 0 */
} tresnet_vector;

/* ---- the library ------------------------------------------------------------------------------------------------------------------- */

TRESNET_API int32_t tresnet_kernels_version(void);

/* One line for `doctor`: the interface's version, the instruction set that this processor runs, oneDNN as compiled and as found, OpenMP, the
 * compiler. Static: do not free. */
TRESNET_API const char* tresnet_kernels_info(void);

/* One sentence about the last call of this thread that returned a status other than 0; valid until the next one. Never null. */
TRESNET_API const char* tresnet_last_error(void);

/* Each kernel against a plain loop on small maps, in some ten milliseconds; the error tells the kernel that is wrong. Not while
 * tresnet_reduce_with is in force: it would ask the other processes. */
TRESNET_API tresnet_status tresnet_self_test(void);

/* For all threads that call from now on; OpenMP counts for each thread anew, so that every function applies it to its caller's. This sets what
 * libtorch's operators use on that thread too, where both run on one libgomp. 0 leaves OpenMP's own number. */
TRESNET_API void tresnet_set_threads(int32_t count);
TRESNET_API int32_t tresnet_threads(void);

/* Gives the memory that convolutions keep for the next call back to the system; any thread may call it at any time. */
TRESNET_API void tresnet_release_memory(void);

/* Whether oneDNN is built in: without it the functions on convolutions return TRESNET_UNAVAILABLE. */
TRESNET_API int32_t tresnet_has_onednn(void);

/* Whether convolutions (and plans) may go by Winograd's algorithm; 1 at first. With 0, tresnet_convolution_pays returns 0. */
TRESNET_API int32_t tresnet_winograd(void);
TRESNET_API void tresnet_set_winograd(int32_t may);

/* ---- in-place ABN (Rota Bulo et al., arXiv 1712.02616) ------------------------------------------------------------------------------ */
/*
 *   z = f(g (x - mean) / sqrt(variance + eps) + bias), with g = |weight| + weight_eps, or the weight itself without has_weight_eps.
 * Backward inverts f and the affine part, so that the result is all of its size that it needs. A channel whose inversion would lose digits keeps
 * its input beside the statistics.
 */
typedef struct {
  double momentum;   /* of the running statistics: running = (1 - momentum) running + momentum value */
  double eps;
  double weight_eps; /* read with has_weight_eps */
  double slope;      /* of the leaky ReLU, more than 0; not read for others */
  int32_t has_weight_eps;
  tresnet_activation activation; /* identity, leaky ReLU or ELU */
} tresnet_abn_options;

/* What backward needs beside result, weight and bias: the statistics, and the inputs of the channels that do not invert. Belongs to the caller. */
typedef struct tresnet_abn_kept tresnet_abn_kept;

/* Training: normalises by the batch's statistics and moves the running ones, each of which may be absent (the running variance is unbiased).
 * `z` may be `x` itself (the same data), and has the same sizes, type and order. `kept` receives what backward needs, or is null where there will
 * be none. After an error *kept is null and `x` unchanged. */
TRESNET_API tresnet_status tresnet_abn_forward(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_abn_options* options, tresnet_abn_kept** kept);

/* Evaluation: normalises by the running statistics, which must be there. */
TRESNET_API tresnet_status tresnet_abn_evaluate(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_abn_options* options);

/* dx, dweight and dbias from the result z and its gradient dz; all maps of one size, type and order. dx is memory of its own. The gradients of
 * weight and bias may be absent. `kept` stays the caller's, and serves again. */
TRESNET_API tresnet_status tresnet_abn_backward(
    const tresnet_map* z, const tresnet_map* dz, const tresnet_map* dx, tresnet_vector weight, tresnet_vector bias, tresnet_vector dweight,
    tresnet_vector dbias, const tresnet_abn_options* options, const tresnet_abn_kept* kept);

/* Null is ignored. */
TRESNET_API void tresnet_abn_kept_free(tresnet_abn_kept* kept);

/* How many channels kept their inputs, and the bytes that this takes with all the rest. */
TRESNET_API int64_t tresnet_abn_kept_channels(const tresnet_abn_kept* kept);
TRESNET_API int64_t tresnet_abn_kept_bytes(const tresnet_abn_kept* kept);

/* ---- batch normalisation (Ioffe and Szegedy, arXiv 1502.03167) with the activation behind it ----------------------------------------- */
/*
 *   z = f(weight (x - mean) / sqrt(variance + eps) + bias), with identity, ReLU or leaky ReLU for f.
 * Backward reads the input and not the result.
 */
typedef struct {
  double momentum;
  double eps;
  double slope; /* of the leaky ReLU */
  tresnet_activation activation;
  int32_t reserved; /* 0 */
} tresnet_bn_options;

/* Training; two values a channel at least, of all processes together. `statistics` receives 2 * channels + 1 doubles for backward, the means, the
 * inverse deviations and the count of values behind them, or is null. */
TRESNET_API tresnet_status tresnet_bn_forward(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_bn_options* options, double* statistics);

/* Evaluation: by the running statistics, which must be there. */
TRESNET_API tresnet_status tresnet_bn_evaluate(
    const tresnet_map* x, const tresnet_map* z, tresnet_vector weight, tresnet_vector bias, tresnet_vector running_mean,
    tresnet_vector running_variance, const tresnet_bn_options* options);

/* Of a training forward. dx is memory of its own; dweight and dbias may be absent. */
TRESNET_API tresnet_status tresnet_bn_backward(
    const tresnet_map* x, const tresnet_map* dz, const tresnet_map* dx, tresnet_vector weight, tresnet_vector bias, tresnet_vector dweight,
    tresnet_vector dbias, const tresnet_bn_options* options, const double* statistics);

/* ---- several processes -------------------------------------------------------------------------------------------------------------- */

/* Makes the statistics of in-place ABN and of batch normalisation those of all processes. `add` is called, on the caller's thread, once in each
 * training forward with the sums of each channel's values, those of their squares, and the count of values behind them (2 * channels + 1), and once in
 * each backward with the sums of each channel's gradient and those of its product with the normalised value (2 * channels); it adds the others' in
 * place and returns 0. Null ends that. The gradients of weight and bias stay this process's. It may not throw. */
typedef int32_t (*tresnet_reducer)(double* values, int64_t count, int32_t is_backward);
TRESNET_API void tresnet_reduce_with(tresnet_reducer add);

/* ---- element by element; operands in one order of elements, `count` of them ---------------------------------------------------------- */

/* into = max(a + b, 0), what is no number stays so. `into` may be a or b. */
TRESNET_API tresnet_status tresnet_add_relu(tresnet_type type, void* into, const void* a, const void* b, int64_t count);

/* into = gradient where the ReLU's result is above 0, else 0. `into` may be the gradient. */
TRESNET_API tresnet_status tresnet_relu_backward(tresnet_type type, void* into, const void* gradient, const void* result, int64_t count);

/* ---- stochastic gradient descent with momentum, one pass over each parameter, gradient and velocity ----------------------------------- */
/*
 *   change = sign * gradient + decay * parameter;  velocity = momentum * velocity + (1 - dampening) * change;
 *   parameter -= rate * (nesterov ? change + momentum * velocity : velocity).
 */
typedef struct {
  double rate;
  double momentum;
  double dampening;
  double decay;
  int32_t nesterov;
  int32_t maximize; /* sign is -1 */
} tresnet_sgd_options;

/* `tensors` parameters of counts[i] elements; parameters[i], gradients[i] and velocities[i] hold them in one order. float32 and float64. */
TRESNET_API tresnet_status tresnet_sgd(
    tresnet_type type, int64_t tensors, void* const* parameters, const void* const* gradients, void* const* velocities, const int64_t* counts,
    const tresnet_sgd_options* options);

/* ---- convolution in two dimensions by oneDNN ------------------------------------------------------------------------------------------ */

/* Pairs are of height and width. The output has (size + 2 padding - dilation (kernel - 1) - 1) / stride + 1 pixels on a side. */
typedef struct {
  int64_t images;
  int64_t in_channels;
  int64_t in_size[2];
  int64_t out_channels;
  int64_t kernel[2];
  int64_t stride[2];
  int64_t padding[2];
  int64_t dilation[2]; /* 1 for a dense kernel */
  int64_t groups;
  tresnet_type type;   /* of all operands: float32 or bfloat16 */
  int32_t reserved;    /* 0 */
} tresnet_convolution;

/* Input [N, C, H, W], output [N, O, H', W'] or weight [O, C / groups, Kh, Kw], each dense in one of the two orders, which may differ. */
typedef struct {
  void* data;
  int32_t channels_last;
  int32_t reserved; /* 0 */
} tresnet_operand;

/* Which passes go by Winograd's algorithm F(4x4, 3x3) (arXiv 1509.09308) rather than directly; for float32 and 3x3 with stride 1. */
typedef int32_t tresnet_passes;
enum { TRESNET_MAPS = 1 /* forward, and backward to the input */, TRESNET_WEIGHTS = 2 /* backward to the weights */ };

/* The passes for which Winograd's algorithm pays. By sizes and processor alone, never by timing, since it changes bits; 0 where it does not apply
 * or oneDNN does not have it. The first call for a size makes the primitives, which takes some milliseconds. */
TRESNET_API tresnet_passes tresnet_convolution_pays(const tresnet_convolution* convolution);

/* output = convolution(input, weight) + bias. `winograd` is 0 or a part of what tresnet_convolution_pays says. bias is [O] or null. */
TRESNET_API tresnet_status tresnet_convolution_forward(
    const tresnet_convolution* convolution, tresnet_passes winograd, tresnet_operand input, tresnet_operand weight, const void* bias,
    tresnet_operand output);

/* The gradients whose data is not null, from that of the output; `weight` may be null without dinput, and `input` without dweight. dbias is [O] or null. */
TRESNET_API tresnet_status tresnet_convolution_backward(
    const tresnet_convolution* convolution, tresnet_passes winograd, tresnet_operand doutput, tresnet_operand input, tresnet_operand weight,
    tresnet_operand dinput, tresnet_operand dweight, void* dbias);

/* oneDNN's names of the code for the forward pass and the two gradients, such as "jit:avx512_core", for profiles and bug reports: three lines.
 * At most `size` bytes with the final 0. */
TRESNET_API tresnet_status tresnet_convolution_describe(
    const tresnet_convolution* convolution, tresnet_passes winograd, int32_t channels_last, char* text, int64_t size);

#endif
