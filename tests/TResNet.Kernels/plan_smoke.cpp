// Every operation of plans, in every order and type, against plain loops in float64. Prints a line for each and ends with 0 where all agree.
//   cmake --build <folder> --target tresnet_plan_smoke && <folder>/tresnet_plan_smoke
#include <cstring>

#include "plan_network.h"

using namespace plan_tests;

namespace {

int failures = 0;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  failures++;
  std::printf("FAILED: %s\n", what.c_str());
}

// What a caller's function sees, and whether it is to fail.
struct Twice {
  int64_t count;
  bool fails = false;
  int calls = 0;
};

int32_t twice(void* state, const void* const* inputs, void* const* outputs) {
  auto& s = *static_cast<Twice*>(state);
  s.calls++;
  if (s.fails) return 7;
  const auto* a = static_cast<const float*>(inputs[0]);
  const auto* b = static_cast<const float*>(inputs[1]);
  auto* sum = static_cast<float*>(outputs[0]);
  auto* difference = static_cast<float*>(outputs[1]);
  for (int64_t i = 0; i < s.count; i++) {
    sum[i] = a[i] + b[i];
    difference[i] = a[i] - b[i];
  }
  return 0;
}

void twice_of(const std::vector<const Numbers*>& in, const std::vector<Numbers*>& out) {
  for (size_t i = 0; i < in[0]->size(); i++) {
    (*out[0])[i] = (*in[0])[i] + (*in[1])[i];
    (*out[1])[i] = (*in[0])[i] - (*in[1])[i];
  }
}

struct Case {
  const char* name;
  Sizes input;
  std::function<tresnet_value(Network&, tresnet_value)> build;
};

// `narrow` has maps of 24 channels, which no block of 16 divides.
std::vector<Case> cases(Twice* state, int64_t width) {
  using N = Network;
  using V = tresnet_value;
  using C = Network::Convolution;
  const Sizes image{2, 3, 20, 28}, map{2, width, 14, 10};
  auto wide = [](N& n, V x, int64_t c) { return n.convolution(x, C{c, 3, 1, -1, 1, 1, TRESNET_F_LEAKY_RELU, 0.01f}); };
  return {
      {"convolutions and functions", image, [=](N& n, V x) {
         x = n.convolution(x, C{width, 7, 2, -1, 1, 1, TRESNET_F_LEAKY_RELU});
         x = n.convolution(x, C{width, 3, 1, -1, 1, 1, TRESNET_F_LEAKY_RELU, 0.1f});
         x = n.convolution(x, C{width, 3, 1, -1, 1, width, TRESNET_F_CLIP, 0, 6});
         x = n.convolution(x, C{width * 2, 1, 1, -1, 1, 1, TRESNET_F_SWISH, 1});
         x = n.convolution(x, C{width * 2, 5, 2, -1, 1, width * 2, TRESNET_F_HARD_SWISH});
         x = n.convolution(x, C{width, 3, 1, -1, 2, 2, TRESNET_F_ELU, 1});
         x = n.convolution(x, C{width, 1, 1, -1, 1, 1, TRESNET_F_TANH, 0, 0, 0, 3});
         x = n.convolution(x, C{width, 1, 1, -1, 1, 1, TRESNET_F_GELU});
         return n.convolution(x, C{width, 1, 1, -1, 1, 1, TRESNET_F_SIGMOID});
       }},
      {"residual sums", map, [=](N& n, V x) {
         V y = wide(n, x, width), z = wide(n, y, width);
         V sum = n.convolution(z, C{width, 3, 1, -1, 1, 1, TRESNET_F_LEAKY_RELU, 0, 0, y});           // in the place of y
         V kept = n.convolution(sum, C{width, 1, 1, -1, 1, 1, TRESNET_F_SWISH, 1, 0, sum});            // of its own input
         V both = n.convolution(kept, C{width, 1, 1, -1, 1, 1, TRESNET_F_IDENTITY, 0, 0, sum});
         return n.pointwise(both, TRESNET_F_LEAKY_RELU, 0, 0, 0, false, false, kept);
       }},
      {"3x3 of odd sizes, paddings and many channels", {3, width, 13, 9}, [=](N& n, V x) {
         V y = n.convolution(x, C{width + 64, 3, 1, 0, 1, 1, TRESNET_F_LEAKY_RELU, 0.1f});
         V z = n.convolution(y, C{width, 3, 1, 2});
         return wide(n, n.convolution(z, C{width, 3, 1, -1, 1, 1, TRESNET_F_LEAKY_RELU, 0.2f, 0, z}), 80);
       }},
      {"3x3 of one pixel", {2, width, 1, 1}, [=](N& n, V x) {
         V y = n.convolution(x, C{width, 1, 1, 0, 1, 1, TRESNET_F_LEAKY_RELU});
         V z = n.convolution(y, C{width, 3, 1, -1, 1, 1, TRESNET_F_LEAKY_RELU, 0, 0, y});
         return n.convolution(n.convolution(z, C{width, 3, 1, 2}), C{width, 3, 1, 0});
       }},
      {"squeeze and excitation", map, [=](N& n, V x) {
         V y = wide(n, x, width), s = n.global(y);
         s = n.convolution(s, C{8, 1, 1, 0, 1, 1, TRESNET_F_SWISH, 1});
         s = n.convolution(s, C{width, 1, 1, 0, 1, 1, TRESNET_F_SIGMOID});
         V gated = n.pointwise(y, TRESNET_F_IDENTITY, 0, 0, s);
         return n.pointwise(gated, TRESNET_F_LEAKY_RELU, 0.2f, 0, s, false, true, y);
       }},
      {"pointwise", map, [=](N& n, V x) {
         V y = n.pointwise(wide(n, x, width), TRESNET_F_LEAKY_RELU, 0.3f, 0, 0, true, true);
         y = n.pointwise(y, TRESNET_F_SIGMOID, 0, 0, 0, true, false, y);
         y = n.pointwise(y, TRESNET_F_GELU);
         return n.convolution(n.pointwise(y, TRESNET_F_TANH, 0, 0, 0, false, true), C{16, 1});
       }},
      {"blur", map, [=](N& n, V x) { return wide(n, n.blur(n.blur(wide(n, x, width), 1), 2), width); }},
      {"blur of the input", image, [=](N& n, V x) { return n.blur(x, 2); }},
      {"pools", map, [=](N& n, V x) {
         x = n.pool(wide(n, x, width), TRESNET_MAX_POOL, 3, 2, 1);
         x = n.pool(wide(n, x, width), TRESNET_AVERAGE_POOL, 3, 1, 1, true);
         x = n.pool(x, TRESNET_AVERAGE_POOL, 3, 1, 1, false);
         return wide(n, n.pool(x, TRESNET_MAX_POOL, 2, 2, 0, false, true), width);
       }},
      {"pool to one pixel", map, [=](N& n, V x) { return n.pool(wide(n, n.pool(x, TRESNET_MAX_POOL, 7, 7, 0), width), TRESNET_AVERAGE_POOL, 2, 2, 1); }},
      {"global mean and maximum", map, [=](N& n, V x) {
         V y = wide(n, x, width), a = n.global(y), b = n.global(y, TRESNET_GLOBAL_MAX);
         V s = n.channels({{a, 0, 0, width}, {b, 0, 0, width}});
         return n.linear(n.alias(s, {2, 2 * width}), 10);
       }},
      {"space to depth", {2, 3, 24, 16}, [=](N& n, V x) { return wide(n, n.space_to_depth(x, 4), width); }},
      {"channels", map, [=](N& n, V x) {
         V y = wide(n, x, width), z = wide(n, y, 40);
         V all = n.channels({{y, 0, 0, width}, {z, 0, 3, 21}, {y, 0, 5, 8}});
         V part = n.channels({{all, 0, 8, 16}});
         return n.channels({{wide(n, all, 16), 0, 0, 16}, {part, 0, 0, 16}});
       }},
      {"selective kernels", map, [=](N& n, V x) {
         V a = wide(n, x, width), b = wide(n, x, width);
         V s = n.mix({{n.global(a), 0, 0, width}, {n.global(b), 0, 0, width}}, 0);
         s = n.convolution(s, C{16, 1, 1, 0, 1, 1, TRESNET_F_LEAKY_RELU});
         s = n.softmax(n.convolution(s, C{2 * width, 1}), 2, 1, {2, 2, width, 1, 1});
         return n.mix({{a, 0, 0, width}, {b, 0, 0, width}}, s);
       }},
      {"split attention", map, [=](N& n, V x) {
         V a = wide(n, x, 4 * width), s = n.global(a);
         s = n.mix({{s, 0, 0, width}, {s, 0, width, width}, {s, 0, 2 * width, width}, {s, 0, 3 * width, width}}, 0);
         s = n.convolution(s, C{16, 1, 1, 0, 1, 1, TRESNET_F_LEAKY_RELU});
         s = n.softmax(n.alias(n.convolution(s, C{4 * width, 1}), {2, 4 * width}), 4, 2, {2, 4, width, 1, 1});
         return n.mix({{a, 0, 0, width}, {a, 0, width, width}, {a, 0, 2 * width, width}, {a, 0, 3 * width, width}}, s);
       }},
      {"EvoNorm", map, [=](N& n, V x) { return wide(n, n.evo_norm(n.evo_norm(wide(n, x, width), 8, false), 1, true), width); }},
      {"efficient channel attention", map, [=](N& n, V x) {
         V y = wide(n, x, width);
         return n.pointwise(y, TRESNET_F_IDENTITY, 0, 0, n.channel_convolution(n.global(y), 5, TRESNET_F_SIGMOID));
       }},
      {"pads", map, [=](N& n, V x) {
         V y = n.pad(wide(n, x, width), 1, 2, 3, 0, TRESNET_BORDER_REFLECT);
         y = n.pad(wide(n, y, width), 0, 1, 1, 2, TRESNET_BORDER_REPLICATE);
         return n.convolution(n.pad(y, 2, 2, 1, 1, TRESNET_BORDER_CONSTANT, 0.5f), C{width, 3, 2, 0});
       }},
      {"padding at the far border", {2, 3, 16, 20}, [=](N& n, V x) {
         // TensorFlow's "same" with stride 2: one pixel on the right and at the bottom.
         C same{width, 3, 2, 0, 1, 1, TRESNET_F_LEAKY_RELU};
         same.far = 1;
         x = n.convolution(n.convolution(x, same), same);
         return wide(n, n.pool(x, TRESNET_AVERAGE_POOL, 3, 2, 0, false, true), width);
       }},
      {"the caller's, channels last", map, [=](N& n, V x) {
         V y = wide(n, x, width), z = wide(n, y, width);
         auto r = n.opaque({y, z}, {n.sizes(y), n.sizes(y)}, false, twice, state, twice_of);
         return n.convolution(wide(n, r[0], width), C{width, 1, 1, -1, 1, 1, TRESNET_F_IDENTITY, 0, 0, r[1]});
       }},
      {"the caller's, plain, of five dimensions", map, [=](N& n, V x) {
         V y = wide(n, x, width), a = n.alias(y, {2, 2, width / 2, 14, 10});
         auto r = n.opaque({a, a}, {n.sizes(a), n.sizes(a)}, true, twice, state, twice_of);
         return wide(n, n.alias(n.pointwise(r[0], TRESNET_F_TANH), n.sizes(y)), width);
       }},
      {"a linear head", {2, 40}, [=](N& n, V x) {
         x = n.linear(n.linear(x, 33, TRESNET_F_GELU), 21, TRESNET_F_LEAKY_RELU, 0.1f);
         return n.softmax(x, 21, 1, {2, 21});
       }},
      {"many rows", {37, 40, 1, 1}, [=](N& n, V x) { return n.linear(n.pointwise(x, TRESNET_F_ELU, 0.5f), 50, TRESNET_F_SIGMOID); }},
  };
}

std::vector<float> channels_last(const std::vector<float>& plain, const Sizes& s) {
  if (s.size() != 4) return plain;
  std::vector<float> result(plain.size());
  for (int64_t n = 0; n < s[0]; n++)
    for (int64_t c = 0; c < s[1]; c++)
      for (int64_t p = 0; p < s[2] * s[3]; p++) result[(n * s[2] * s[3] + p) * s[1] + c] = plain[(n * s[1] + c) * s[2] * s[3] + p];
  return result;
}

// The largest difference, in deviations of the reference's numbers.
double difference(const std::vector<float>& got, const Numbers& wanted) {
  double sum = 0, squares = 0, most = 0;
  for (auto v : wanted) {
    sum += v;
    squares += v * v;
  }
  auto count = static_cast<double>(wanted.size());
  double deviation = std::sqrt(std::max(1e-12, squares / count - sum * sum / count / count));
  for (size_t i = 0; i < got.size(); i++) {
    double d = std::abs(got[i] - wanted[i]);
    most = std::max(most, std::isfinite(d) ? d : 1e300);
  }
  return most / deviation;
}

// Whether some step is by code whose name begins so.
bool has_step(tresnet_plan* plan, const std::vector<float>& input, const char* by) {
  std::vector<tresnet_step_time> steps(tresnet_plan_steps(plan));
  must(tresnet_plan_profile(plan, input.data(), steps.data()), "a profile");
  return std::any_of(steps.begin(), steps.end(), [&](const tresnet_step_time& step) { return std::strncmp(step.by, by, std::strlen(by)) == 0; });
}

struct Mode {
  const char* name;
  tresnet_type type;
  bool keeps_type;
  int32_t winograd;
  const char* by = "";
};

const std::vector<Mode> modes = {
    {"float32", TRESNET_FLOAT32, false, 1},
    {"direct", TRESNET_FLOAT32, false, 0},
    {"2x2", TRESNET_FLOAT32, false, 2, "winograd_2x3:float32"},
    {"4x4", TRESNET_FLOAT32, false, 4, "winograd_4x3:float32"},
    {"bfloat16", TRESNET_BFLOAT16, true, 1},
    {"2x2 in it", TRESNET_BFLOAT16, true, 2, "winograd_2x3:avx512_bf16"},
    {"measured", TRESNET_BFLOAT16, false, 1},
};

// Products of bfloat16 are not everywhere where oneDNN has it.
bool can([[maybe_unused]] const Mode& mode) {
#if defined(TRESNET_AVX512_BF16)
  return mode.type == TRESNET_FLOAT32 || __builtin_cpu_supports("avx512bf16");
#else
  return mode.type == TRESNET_FLOAT32;
#endif
}

void try_case(const Case& c, int64_t width, Twice* state, bool has_bfloat16) {
  Network network;
  auto x = network.input(c.input);
  network.ends(c.build(network, x));
  std::vector<float> input(count_of(c.input));
  std::mt19937 engine(2);
  std::normal_distribution<float> normal;
  for (auto& v : input) v = normal(engine);
  state->count = 2 * width * 14 * 10;
  const auto values = network.reference(input);
  const auto& wanted = values[network.output()];

  std::printf("%-42s", (std::string(c.name) + ", " + std::to_string(width)).c_str());
  for (bool last : {false, true})
    for (auto order : {TRESNET_ORDER_BLOCKED, TRESNET_ORDER_FILLED_BLOCKS, TRESNET_ORDER_CHANNELS_LAST, TRESNET_ORDER_QUICKEST})
      for (const auto& mode : modes) {
        bool in_bfloat16 = mode.type == TRESNET_BFLOAT16;
        if (in_bfloat16 && !has_bfloat16) continue;
        tresnet_plan_options options{};
        options.type = mode.type;
        options.keep_type = mode.keeps_type;
        options.winograd = mode.winograd;
        options.order = order;
        options.input_channels_last = last;
        tresnet_plan* plan;
        must(tresnet_plan_new(network.program, &options, nullptr, &plan), c.name);
        auto given = last ? channels_last(input, c.input) : input;
        std::vector<float> got(wanted.size(), NAN);
        for (int i = 0; i < 2; i++) {
          // From another address each time.
          auto copy = given;
          must(tresnet_plan_run(plan, copy.data(), got.data(), nullptr), c.name);
        }
        double off = difference(got, wanted), bound = tresnet_plan_type(plan) == TRESNET_BFLOAT16 || in_bfloat16 ? 0.15 : 2e-4;
        expect(off < bound, std::string(c.name) + ", width " + std::to_string(width) + ", order " + std::to_string(order) + ", " + mode.name +
                                ", last " + std::to_string(last) + ": off by " + std::to_string(off) + " (" + tresnet_plan_description(plan) + ")");
        if (!last && order == TRESNET_ORDER_FILLED_BLOCKS) std::printf(" %9.1e", off);
        // A convolution of 3x3 between maps in blocks.
        if (mode.winograd > 1 && order == TRESNET_ORDER_FILLED_BLOCKS && std::strcmp(c.name, "residual sums") == 0)
          expect(!can(mode) || has_step(plan, given, mode.by), std::string(mode.name) + " has no step by " + mode.by);
        tresnet_plan_free(plan);
      }
  std::printf("\n");
}

// Its first input, and what is below everything.
int32_t with_depths(void* state, const void* const* inputs, void* const* outputs) {
  auto count = *static_cast<int64_t*>(state);
  std::memcpy(outputs[0], inputs[0], count * sizeof(float));
  std::fill_n(static_cast<float*>(outputs[1]), count, -INFINITY);
  return 0;
}

// A ReLU leaves 0 of it, whatever computes the convolution.
void infinities() {
  Network n;
  int64_t count = 2 * 16 * 8 * 8;
  auto x = n.input({2, 16, 8, 8});
  auto both = n.opaque({x, x}, {n.sizes(x), n.sizes(x)}, false, with_depths, &count, nullptr);
  n.ends(n.convolution(both[0], {16, 3, 1, -1, 1, 1, TRESNET_F_LEAKY_RELU, 0, 0, both[1]}));
  std::vector<float> in(count, 1), out(count);
  for (int32_t winograd : {0, 1, 2, 4}) {
    tresnet_plan_options options{};
    options.winograd = winograd;
    tresnet_plan* plan;
    must(tresnet_plan_new(n.program, &options, nullptr, &plan), "a plan");
    must(tresnet_plan_run(plan, in.data(), out.data(), nullptr), "a run");
    expect(std::all_of(out.begin(), out.end(), [](float v) { return v == 0; }), "ReLU of -infinity, winograd " + std::to_string(winograd));
    tresnet_plan_free(plan);
  }
}

void errors(Twice* state) {
  Network n;
  auto x = n.input({2, 16, 14, 10});
  state->count = 2 * 16 * 14 * 10;
  auto r = n.opaque({x, x}, {n.sizes(x), n.sizes(x)}, false, twice, state, twice_of);
  auto y = n.convolution(r[0], {16, 3});
  n.ends(y);
  tresnet_plan_options options{};
  tresnet_plan* plan = nullptr;
  options.winograd = 3;
  expect(tresnet_plan_new(n.program, &options, nullptr, &plan) == TRESNET_INVALID && std::strstr(tresnet_last_error(), "none of 0, 1, 2 and 4"), "refusing an option");
  options.winograd = 0;
  int32_t given_up = 1;
  expect(tresnet_plan_new(n.program, &options, &given_up, &plan) == TRESNET_FAILED && std::strstr(tresnet_last_error(), "given up"), "giving up a plan");
  state->fails = true;
  expect(tresnet_plan_new(n.program, &options, nullptr, &plan) == TRESNET_FAILED && std::strstr(tresnet_last_error(), "\"ours\" failed with 7"), "a failing operation");
  state->fails = false;
  must(tresnet_plan_new(n.program, &options, nullptr, &plan), "a plan");
  std::vector<float> in(2 * 16 * 14 * 10), out(in.size());
  expect(tresnet_plan_run(plan, in.data(), out.data(), &given_up) == TRESNET_FAILED, "giving up a run");
  state->fails = true;
  expect(tresnet_plan_run(plan, in.data(), out.data(), nullptr) == TRESNET_FAILED, "a run with a failing operation");
  state->fails = false;
  must(tresnet_plan_run(plan, in.data(), out.data(), nullptr), "a run after a failed one");
  std::vector<tresnet_step_time> times(tresnet_plan_steps(plan));
  must(tresnet_plan_profile(plan, in.data(), times.data()), "a profile");
  expect(!times.empty() && tresnet_plan_memory(plan) > 0, "a profile has steps");
  tresnet_plan_free(plan);

  auto refused = [&](tresnet_operation o, const char* why) {
    o.output = o.output ? o.output : n.value({2, 16, 14, 10});
    expect(tresnet_program_add(n.program, &o) == TRESNET_INVALID && std::strstr(tresnet_last_error(), why), std::string("refusing: ") + why + ": " + tresnet_last_error());
  };
  tresnet_operation o{};
  o.kind = TRESNET_GLOBAL_MEAN;
  o.input = x;
  refused(o, "does not map");
  o.input = 999;
  refused(o, "names a value");
  o.input = x;
  o.output = y;
  refused(o, "another makes");
  o = {};
  o.kind = TRESNET_CONVOLUTION;
  o.input = x;
  o.kernel[0] = o.kernel[1] = 1;
  refused(o, "no weights");
  o.kind = 99;
  refused(o, "which is none");
}

}  // namespace

int main() {
  std::printf("%s\n", tresnet_kernels_info());
  Twice state{0};
  bool has_bfloat16;
  {
    Network n;
    n.ends(n.convolution(n.input({1, 16, 8, 8}), {16, 3}));
    tresnet_plan_options options{};
    options.type = TRESNET_BFLOAT16;
    options.keep_type = 1;
    tresnet_plan* plan = nullptr;
    has_bfloat16 = tresnet_plan_new(n.program, &options, nullptr, &plan) == TRESNET_OK;
    if (!has_bfloat16) std::printf("no bfloat16: %s\n", tresnet_last_error());
    tresnet_plan_free(plan);
  }
  std::printf("off by, in deviations, in filled blocks:  ");
  for (const auto& mode : modes) std::printf(" %9s", mode.name);
  std::printf("\n");
  for (int64_t width : {32, 24})
    for (const auto& c : cases(&state, width)) try_case(c, width, &state, has_bfloat16);
  infinities();
  errors(&state);
  std::printf(failures == 0 ? "all agree\n" : "%d FAILED\n", failures);
  return failures == 0 ? 0 : 1;
}
