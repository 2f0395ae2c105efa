/*
 * The C interface of inference plans. A program says what a network computes for inputs of one size, as operations on values; a plan is the quickest
 * list of steps found on this machine that computes it. The caller (C#) lowers a network to a program, with what one pass can do already joined: a
 * batch normalisation inside the weights of its convolution, the activation and the residual sum behind it as its `function` and `addend`.
 *
 *   tresnet_program_new, _value and _add for all of it, _ends; tresnet_plan_new; tresnet_program_free; tresnet_plan_run as often as wanted;
 *   tresnet_plan_free.
 *
 * Conventions are those of tresnet_kernels.h (status, tresnet_last_error, no exception). Everything that is computed is float32 at this interface,
 * whatever the type inside. Without oneDNN tresnet_plan_new returns TRESNET_UNAVAILABLE; the rest works.
 */
#ifndef TRESNET_PLAN_H
#define TRESNET_PLAN_H

#include "../tresnet_kernels.h"

/* ---- programs ------------------------------------------------------------------------------------------------------------------------- */

typedef struct tresnet_program tresnet_program;

/* Of a value: 1, 2, 3... in the order in which they were added; 0 is none, so that a zeroed operation is an empty one. */
typedef int32_t tresnet_value;

/* f(x) behind an operation, with the numbers `alpha` and `beta` that it takes. */
typedef int32_t tresnet_function;
enum {
  TRESNET_F_IDENTITY = 0,
  TRESNET_F_LEAKY_RELU = 1, /* x < 0 ? alpha x : x; ReLU with alpha 0 */
  TRESNET_F_CLIP = 2,       /* min(max(x, alpha), beta); ReLU6 with 0 and 6 */
  TRESNET_F_SIGMOID = 3,
  TRESNET_F_SWISH = 4,      /* x sigmoid(alpha x); SiLU with 1 */
  TRESNET_F_HARD_SWISH = 5, /* x relu6(x + 3) / 6. A hard sigmoid is scale 1/6, shift 1/2 and CLIP between 0 and 1. */
  TRESNET_F_TANH = 6,
  TRESNET_F_ELU = 7,        /* x < 0 ? alpha (exp(x) - 1) : x */
  TRESNET_F_GELU = 8        /* by the error function */
};

/*
 * Maps are values of sizes [N, C, H, W]; vectors [N, C, 1, 1]; a "row" is a value of [N, C] or [N, C, 1, 1], whichever.
 *
 * Windows: `padding` is of the near borders (top, left). What is padded at the far ones follows from the sizes of the output, so that ceil_mode of
 * pools and TensorFlow's "same" padding need nothing more.
 */
typedef int32_t tresnet_kind;
enum {
  /* output = function(weight * input + bias + addend). Maps (or vectors). weight [O, C / groups, kernel[0], kernel[1]], bias [O] or null; kernel,
   * stride, padding, dilation, groups. addend is of the output's sizes, or none. */
  TRESNET_CONVOLUTION = 1,

  /* output = function(input weight' + bias). Rows [N, I] to [N, O]; weight [O, I], bias [O] or null. */
  TRESNET_LINEAR = 2,

  /* output = function(input * gate * scale + shift + addend), all but the input optional. Maps, vectors, or values of any sizes with no more than a
   * function. gate is a vector [N, C, 1, 1]; scale and shift are [C]; addend is of the input's sizes. */
  TRESNET_POINTWISE = 3,

  /* The depthwise kernel [1 2 1] x [1 2 1] / 16 on borders mirrored by one pixel; stride[0] = stride[1], 1 or 2. Maps of at least 2 x 2. */
  TRESNET_BLUR = 4,

  /* kernel, stride, padding. */
  TRESNET_MAX_POOL = 5,

  /* kernel, stride, padding, counts_padding. With counts_padding the divisor is always the whole kernel: so no window may reach beyond the far border by
   * more than `padding`; such ones are for an opaque operation. */
  TRESNET_AVERAGE_POOL = 6,

  TRESNET_GLOBAL_MEAN = 7, /* [N, C, H, W] to [N, C, 1, 1] */
  TRESNET_GLOBAL_MAX = 8,

  /* Patches of `patch` x `patch` pixels into channels, (row, column, channel) from slow to fast: [N, C, H, W] to [N, patch patch C, H / patch, W / patch]. */
  TRESNET_SPACE_TO_DEPTH = 9,

  /* The same numbers, in the order that the sizes say, under other sizes of as many elements: a reshape. Free unless the input is a map. */
  TRESNET_ALIAS = 10,

  /* Concatenation of `parts` along the channels; one part is a slice. Maps or vectors of one N, H and W; rows of [N, C] too. */
  TRESNET_CHANNELS = 11,

  /* The sum of the parts, each of as many channels as the output, and an even number of them. gate, or none, scales each of their channels: any sizes that
   * hold N x parts x C numbers in this order, such as [N, parts, C, 1, 1] or [N, parts * C]. */
  TRESNET_MIX = 12,

  /* EvoNorm (arXiv 2004.02967) in evaluation, all vectors [C]. S0, with `running` null: x sigmoid(v x) / d weight + bias with the deviation d of `groups`
   * groups of channels of the image. B0: x / max(running, v x + d) weight + bias with the deviation d of each channel of the image; `running` is the square
   * root of the running variance + epsilon. */
  TRESNET_EVO_NORM = 13,

  /* A convolution in one dimension over the channels of a row (ECA, arXiv 1910.03151), zeros beyond the ends: output[c] = function(bias[0] +
   * sum of weight[i] input[c + i - padding[0]] for i < kernel[0]). weight [kernel[0]], bias [1] or null. Rows [N, C] to [N, C + 2 padding[0] - kernel[0] + 1]. */
  TRESNET_CHANNEL_CONVOLUTION = 14,

  /* softmax over `count` competing parts: the input, read as [N, groups, count, c], becomes the output [N, count, groups, c]. `groups` is 1 (or 0) for
   * selective kernels and a ResNeSt of cardinality 1, where both orders are [N, count, C]. Any sizes of as many numbers with N first that are no map. A
   * sigmoid (ResNeSt of radix 1) is TRESNET_POINTWISE; the plain softmax of [N, classes] has count = classes. */
  TRESNET_SOFTMAX = 15,

  /* Maps with more pixels around: `padding` at the top and on the left, the rest of what the output has more at the bottom and on the right. border says
   * with what; alpha is the constant. */
  TRESNET_PAD = 16,

  /* Anything else, by a function of the caller. */
  TRESNET_OPAQUE = 17
};

typedef int32_t tresnet_border;
enum { TRESNET_BORDER_CONSTANT = 0, TRESNET_BORDER_REFLECT = 1 /* without the outermost pixel */, TRESNET_BORDER_REPLICATE = 2 };

/* Channels [from, from + count) of a value. */
typedef struct {
  tresnet_value value;
  int32_t reserved; /* 0 */
  int64_t from;
  int64_t count;
} tresnet_part;

/*
 * Computes an opaque operation: from the elements of its inputs, which it may not change, to those of its outputs, which it fills; all float32, dense, and
 * in the order that the operation names. The addresses are the plan's: they hold for the call, and are the same in each call, but for those of the program's
 * own input. Returns 0, or anything else to end the run with TRESNET_FAILED; why is the caller's to keep. It may not throw. It is called by the thread that
 * runs the plan, outside of any parallel loop; also some times while the plan is made.
 */
typedef int32_t (*tresnet_opaque)(void* state, const void* const* inputs, void* const* outputs);

/* Pointers are borrowed for tresnet_program_add, except those to numbers (weight, bias, scale, shift, v, running): they are borrowed until the program is
 * freed, and plans have copies of their own. All numbers are float32, contiguous. What a kind does not name is 0. */
typedef struct {
  tresnet_kind kind;
  tresnet_value input;  /* none for CHANNELS, MIX and OPAQUE */
  tresnet_value output; /* none for OPAQUE */
  tresnet_value addend;
  tresnet_value gate;
  tresnet_function function; /* of CONVOLUTION, LINEAR, POINTWISE, CHANNEL_CONVOLUTION */
  float alpha;
  float beta;
  int64_t kernel[2];
  int64_t stride[2];   /* 0 counts as 1 */
  int64_t padding[2];
  int64_t dilation[2]; /* 1 for a dense kernel; 0 counts as 1 */
  int64_t groups;      /* 0 counts as 1 */
  int64_t count;       /* of SOFTMAX */
  int64_t patch;       /* of SPACE_TO_DEPTH */
  const float* weight;
  const float* bias;
  const float* scale;
  const float* shift;
  const float* v;       /* of EVO_NORM */
  const float* running; /* of EVO_NORM */
  double epsilon;       /* of EVO_NORM */
  int32_t counts_padding;
  tresnet_border border;
  int32_t parts_count;
  int32_t plain;          /* of OPAQUE: 1 gives it every value in the order that its sizes say; 0 maps channels-last, [N, H, W, C] in memory */
  const tresnet_part* parts;
  /* Of OPAQUE: */
  const char* name;       /* for profiles; copied */
  tresnet_opaque compute;
  void* state;            /* given back to `compute` */
  const tresnet_value* inputs;
  const tresnet_value* outputs;
  int32_t inputs_count;
  int32_t outputs_count;
} tresnet_operation;

TRESNET_API tresnet_status tresnet_program_new(tresnet_program** program);

/* Null is ignored. Plans made from it live on; so must the state of its opaque operations, as long as they do. */
TRESNET_API void tresnet_program_free(tresnet_program* program);

/* At most 6 sizes, each at least 1; float32. */
TRESNET_API tresnet_status tresnet_program_value(tresnet_program* program, const int64_t* sizes, int32_t dimensions, tresnet_value* value);

/* In the order of execution: each value has been made, by one operation, before another reads it. Sizes are checked. */
TRESNET_API tresnet_status tresnet_program_add(tresnet_program* program, const tresnet_operation* operation);

/* The value that is given and the value that is wanted. Any order with the operations. */
TRESNET_API tresnet_status tresnet_program_ends(tresnet_program* program, tresnet_value input, tresnet_value output);

/* ---- plans ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct tresnet_plan tresnet_plan;

typedef int32_t tresnet_order;
enum {
  TRESNET_ORDER_QUICKEST = 0,
  TRESNET_ORDER_BLOCKED = 1,       /* nChw16c for maps of a multiple of 16 channels, channels-last for the others */
  TRESNET_ORDER_CHANNELS_LAST = 2,
  TRESNET_ORDER_FILLED_BLOCKS = 3  /* nChw16c for others too, with zeros in what is left of the last block; for networks that have such maps */
};

typedef struct {
  tresnet_type type;           /* TRESNET_FLOAT32; or TRESNET_BFLOAT16 for maps in bfloat16 where that is measured quicker, and float32 elsewhere */
  int32_t input_channels_last; /* how a 4-D input given to tresnet_plan_run lies: 1 for [N, H, W, C] in memory, 0 for [N, C, H, W] */
  int32_t winograd;            /* 1: convolutions may go by Winograd's algorithm, where tresnet_winograd() says so too; 0: none does; 2 and 4: those that
                                  can do by ours with tiles of 2x2 or 4x4 outputs, even where it is slower, for tests */
  int32_t keep_type;           /* 1: bfloat16 even where it is slower, for tests; an error where this processor cannot */
  tresnet_order order;         /* of maps; another than QUICKEST for tests */
  int32_t reserved;            /* 0 */
} tresnet_plan_options;

/* The quickest plan here, by trying: it takes some runs of the network. For one number of threads, the caller's when this is called. `given_up`, or null,
 * points at 0; another thread may set it to anything else, and the call then ends with TRESNET_FAILED ("it was given up"). */
TRESNET_API tresnet_status tresnet_plan_new(
    const tresnet_program* program, const tresnet_plan_options* options, const int32_t* given_up, tresnet_plan** plan);

/* Null is ignored. */
TRESNET_API void tresnet_plan_free(tresnet_plan* plan);

/* One at a time: a second call waits. `input` lies as the options say, `output` as its sizes say; both dense and the caller's, aligned as floats are.
 * Allocates nothing. `given_up` as above, or null. */
TRESNET_API tresnet_status tresnet_plan_run(tresnet_plan* plan, const float* input, float* output, const int32_t* given_up);

typedef struct {
  const char* name;    /* what it does: "convolution add activation"; the plan's */
  const char* by;      /* which code: oneDNN's name of it, "loop" or "winograd_..." for ours, "opaque" for the caller's; the plan's */
  double milliseconds; /* once */
} tresnet_step_time;

/* How many steps a plan has. */
TRESNET_API int32_t tresnet_plan_steps(const tresnet_plan* plan);

/* Runs the steps once to warm up and once by the clock. `times` has room for tresnet_plan_steps() of them. */
TRESNET_API tresnet_status tresnet_plan_profile(tresnet_plan* plan, const float* input, tresnet_step_time* times);

/* Bytes of the maps between the steps, without weights. */
TRESNET_API int64_t tresnet_plan_memory(const tresnet_plan* plan);

/* How maps lie: "nChw16c" or "nhwc". The plan's. */
TRESNET_API const char* tresnet_plan_order(const tresnet_plan* plan);

/* The type of the maps: TRESNET_BFLOAT16 where at least one convolution computes in it. */
TRESNET_API tresnet_type tresnet_plan_type(const tresnet_plan* plan);

/* The type in words, and why: "float32", "bfloat16", "bfloat16 in 31 of 53 convolutions, float32 in the others, where it was measured quicker",
 * "float32 (bfloat16 was measured slower: 41.2 against 33.0 ms)". The plan's. */
TRESNET_API const char* tresnet_plan_description(const tresnet_plan* plan);

#endif
