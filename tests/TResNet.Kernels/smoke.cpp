// Every kernel of libtresnet_kernels.so, over types, orders, sizes and numbers of threads, beside plain loops in float64; what the C interface refuses;
// and that bits depend neither on the number of threads nor on what ran before.
//   cmake --build <folder> --target tresnet_kernels_smoke && <folder>/tresnet_kernels_smoke
#include <cstdio>
#include <thread>

#include "checks.h"

namespace {

using namespace tresnet::reference;

int failures = 0, passes = 0;

const char* name_of(tresnet_type type) { return type == TRESNET_FLOAT32 ? "float32" : type == TRESNET_FLOAT64 ? "float64" : "bfloat16"; }

void expect(bool holds, const std::string& what) {
  holds ? passes++ : failures++;
  if (!holds) std::printf("FAILED  %s\n", what.c_str());
}

// The greatest distance of a group of cases, printed as one line.
class Group {
 public:
  explicit Group(std::string name) : name_(std::move(name)) {}
  ~Group() { std::printf("%-58s %4d cases, at most %.1e of %.1e\n", name_.c_str(), cases_, most_, allowed_); }

  void add(double found, double allowed, const std::string& what) {
    cases_++;
    most_ = std::max(most_, found);
    allowed_ = allowed;
    expect(found <= allowed, name_ + ", " + what + ": " + std::to_string(found));
  }

 private:
  std::string name_;
  int cases_ = 0;
  double most_ = 0, allowed_ = 0;
};

const Shape shapes[] = {{1, 1, 2}, {3, 5, 1}, {64, 33, 1}, {2, 17, 49}, {4, 64, 196}, {2, 3, 5000}, {2, 24, 3136}};
constexpr tresnet_type types[] = {TRESNET_FLOAT32, TRESNET_FLOAT64, TRESNET_BFLOAT16};

double allowed(tresnet_type type) { return type == TRESNET_FLOAT64 ? 1e-10 : type == TRESNET_FLOAT32 ? 5e-5 : 0.03; }

std::string text_of(const NormalisationCase& c) {
  return std::to_string(c.shape.images) + "x" + std::to_string(c.shape.channels) + "x" + std::to_string(c.shape.pixels) +
         (c.channels_last ? " channels-last" : "") + " activation " + std::to_string(c.activation) + (c.has_weight_eps ? " |w|+eps" : "") +
         (c.has_lossy_channels ? " lossy" : "") + " parameters " + name_of(c.parameters);
}

void test_abn() {
  for (auto type : types) {
    Group forward(std::string("in-place ABN, forward, ") + name_of(type)), backward(std::string("in-place ABN, backward, ") + name_of(type));
    Group parameters(std::string("in-place ABN, weight and bias, ") + name_of(type)), running(std::string("in-place ABN, running, ") + name_of(type));
    for (auto shape : shapes)
      for (bool channels_last : {false, true})
        for (auto f : {TRESNET_IDENTITY, TRESNET_LEAKY_RELU, TRESNET_ELU})
          for (int way = 0; way < 4; way++) {
            if (shape.images * shape.pixels < 3) continue;  // x-hat is 1 or -1, and the gradient only rounding
            NormalisationCase c{shape, type, channels_last, f};
            c.has_weight_eps = way % 2 == 1;
            c.has_lossy_channels = way / 2 == 1;
            c.in_place = way != 1;
            c.parameters = way == 3 ? type : TRESNET_FLOAT32;
            auto d = check_abn(c);
            forward.add(std::max(d.forward, d.evaluated), allowed(type), text_of(c));
            backward.add(d.dx, allowed(type) * (shape.images * shape.pixels < 4 ? 10 : 1), text_of(c));
            parameters.add(d.parameters, allowed(type), text_of(c));
            running.add(d.running, type == TRESNET_FLOAT64 ? 1e-10 : 1e-5, text_of(c));
            auto lossy = c.has_lossy_channels && shape.channels > 1 && !(c.has_weight_eps && type == TRESNET_FLOAT64);
            expect(!lossy || d.kept > 0, "lossy channels keep their inputs, " + text_of(c));
            if (!lossy && type == TRESNET_FLOAT64) expect(d.kept == 0, "no other channel keeps its input, " + text_of(c));
          }
  }
}

void test_bn() {
  for (auto type : types) {
    Group forward(std::string("batch normalisation, forward, ") + name_of(type)), backward(std::string("batch normalisation, backward, ") + name_of(type));
    for (auto shape : shapes)
      for (bool channels_last : {false, true})
        for (auto f : {TRESNET_IDENTITY, TRESNET_RELU, TRESNET_LEAKY_RELU}) {
          if (shape.images * shape.pixels < 3) continue;
          NormalisationCase c{shape, type, channels_last, f};
          c.parameters = channels_last ? type : TRESNET_FLOAT32;
          auto d = check_bn(c);
          forward.add(std::max({d.forward, d.evaluated, d.running}), allowed(type), text_of(c));
          backward.add(std::max(d.dx, d.parameters), allowed(type) * (shape.images * shape.pixels < 4 ? 10 : 1), text_of(c));
        }
  }
}

void test_elementwise() {
  for (auto type : types) {
    Group group(std::string("add_relu and its gradient, ") + name_of(type));
    for (int64_t count : {0, 1, 31, 1000, 200001}) group.add(check_add_relu(type, count), type == TRESNET_BFLOAT16 ? 5e-3 : 1e-7, std::to_string(count));
  }
  for (auto type : {TRESNET_FLOAT32, TRESNET_FLOAT64}) {
    Group group(std::string("sgd, ") + name_of(type));
    for (bool nesterov : {false, true})
      for (bool maximize : {false, true}) group.add(check_sgd(type, {0, 1, 77, 300007}, nesterov, maximize), type == TRESNET_FLOAT32 ? 1e-6 : 1e-14, "");
  }
  float nan = NAN, one = 1;
  expect_ok(tresnet_add_relu(TRESNET_FLOAT32, &nan, &nan, &one, 1));
  expect(std::isnan(nan), "add_relu leaves what is no number");
}

std::string text_of(const tresnet_convolution& c, tresnet_passes winograd, bool channels_last) {
  char codes[400];
  tresnet_convolution_describe(&c, winograd, channels_last, codes, sizeof codes);
  for (auto* p = codes; *p != 0; p++)
    if (*p == '\n') *p = ' ';
  return std::to_string(c.images) + "x" + std::to_string(c.in_channels) + "x" + std::to_string(c.in_size[0]) + "x" + std::to_string(c.in_size[1]) +
         " to " + std::to_string(c.out_channels) + ", " + std::to_string(c.kernel[0]) + "x" + std::to_string(c.kernel[1]) + "/" +
         std::to_string(c.stride[0]) + " groups " + std::to_string(c.groups) + (channels_last ? " channels-last: " : ": ") + codes;
}

void test_convolution() {
  if (!tresnet_has_onednn()) {
    tresnet_convolution c{1, 16, {20, 20}, 16, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, TRESNET_FLOAT32, 0};
    float x = 0;
    expect(tresnet_convolution_pays(&c) == 0, "no convolution pays without oneDNN");
    expect(tresnet_convolution_forward(&c, 0, {&x, 0, 0}, {&x, 0, 0}, nullptr, {&x, 0, 0}) == TRESNET_UNAVAILABLE, "convolutions are unavailable");
    return;
  }
  const tresnet_convolution cases[] = {
      {2, 3, {33, 29}, 32, {7, 7}, {2, 2}, {3, 3}, {1, 1}, 1, TRESNET_FLOAT32, 0},
      {2, 48, {14, 14}, 64, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, TRESNET_FLOAT32, 0},
      {2, 64, {15, 13}, 32, {1, 1}, {1, 1}, {0, 0}, {1, 1}, 1, TRESNET_FLOAT32, 0},
      {2, 64, {15, 13}, 32, {1, 1}, {2, 2}, {0, 0}, {1, 1}, 1, TRESNET_FLOAT32, 0},
      {3, 32, {11, 12}, 32, {3, 3}, {2, 2}, {1, 1}, {1, 1}, 32, TRESNET_FLOAT32, 0},
      {2, 24, {11, 12}, 24, {5, 5}, {1, 1}, {2, 2}, {1, 1}, 24, TRESNET_FLOAT32, 0},
      {2, 32, {9, 9}, 64, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 4, TRESNET_FLOAT32, 0},
      {1, 5, {10, 9}, 7, {3, 2}, {1, 2}, {2, 0}, {2, 1}, 1, TRESNET_FLOAT32, 0},
      {1, 16, {12, 12}, 16, {3, 3}, {1, 1}, {2, 2}, {2, 2}, 1, TRESNET_FLOAT32, 0},
      {1, 40, {1, 1}, 10, {1, 1}, {1, 1}, {0, 0}, {1, 1}, 1, TRESNET_FLOAT32, 0},
  };
  for (auto type : {TRESNET_FLOAT32, TRESNET_BFLOAT16}) {
    Group group(std::string("convolution, direct, ") + name_of(type));
    for (auto c : cases)
      for (int way = 0; way < 4; way++) {
        c.type = type;
        bool channels_last = way % 2 == 1;
        try {
          auto d = check_convolution(c, 0, channels_last, way >= 2, way != 3);
          group.add(d.most(), type == TRESNET_FLOAT32 ? 1e-5 : 0.01, text_of(c, 0, channels_last));
          if (way < 2) std::printf("  %s\n", text_of(c, 0, channels_last).c_str());
        } catch (const std::exception& e) {
          if (type == TRESNET_FLOAT32) throw;
          std::printf("  %s: %s\n", text_of(c, 0, channels_last).c_str(), e.what());
          break;
        }
      }
  }

  const tresnet_convolution larger[] = {
      {1, 16, {20, 20}, 16, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, TRESNET_FLOAT32, 0},
      {2, 32, {28, 28}, 48, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, TRESNET_FLOAT32, 0},
      {2, 16, {31, 23}, 32, {3, 3}, {1, 1}, {0, 1}, {1, 1}, 1, TRESNET_FLOAT32, 0},
  };
  Group group("convolution, Winograd's, float32");
  for (auto& c : larger) {
    auto passes = tresnet_convolution_pays(&c);
    if (passes == 0) std::printf("  Winograd's algorithm is not here\n");
    for (int way = 0; way < 4 && passes != 0; way++) {
      group.add(check_convolution(c, passes, way % 2 == 1, way >= 2, false).most(), 1e-4, text_of(c, passes, way % 2 == 1));
      if (way == 0) std::printf("  %s\n", text_of(c, passes, false).c_str());
    }
  }
  tresnet_set_winograd(0);
  expect(tresnet_convolution_pays(&larger[0]) == 0, "Winograd's algorithm can be switched off");
  tresnet_set_winograd(1);
  auto strided = larger[0];
  strided.stride[0] = 2;
  expect(tresnet_convolution_pays(&strided) == 0, "Winograd's algorithm is for stride 1");
  auto small = larger[0];
  small.in_size[0] = small.in_size[1] = 7;
  expect(tresnet_convolution_pays(&small) == 0, "a small map does not pay");
}

// Bits of results of in-place ABN.
Bytes abn_bits(bool channels_last, int threads) {
  tresnet_set_threads(threads);
  NormalisationCase c{{4, 40, 900}, TRESNET_FLOAT32, channels_last, TRESNET_LEAKY_RELU};
  NormalisationInputs in(c);
  Map x(in.x, c.shape, c.type, channels_last), dz(in.dz, c.shape, c.type, channels_last), dx(in.x, c.shape, c.type, channels_last);
  Vector weight(in.weight, c.type), bias(in.bias, c.type), dweight(in.weight, c.type), dbias(in.bias, c.type);
  tresnet_abn_options options{0.1, 1e-5, 0, 0.01, 0, c.activation};
  tresnet_abn_kept* kept;
  expect_ok(tresnet_abn_forward(&x.map, &x.map, weight.vector, bias.vector, {}, {}, &options, &kept));
  expect_ok(tresnet_abn_backward(&x.map, &dz.map, &dx.map, weight.vector, bias.vector, dweight.vector, dbias.vector, &options, kept));
  tresnet_abn_kept_free(kept);
  auto bits = x.bytes;
  for (auto* more : {&dx.bytes, &dweight.bytes, &dbias.bytes}) bits.insert(bits.end(), more->begin(), more->end());
  return bits;
}

int32_t doubled(double* values, int64_t count, int32_t) {
  for (int64_t i = 0; i < count; i++) values[i] *= 2;
  return 0;
}
int32_t lost(double*, int64_t, int32_t) { return 1; }

void test_processes() {
  // Two processes with the same values have the same statistics as one.
  for (bool channels_last : {false, true}) {
    NormalisationCase c{{2, 17, 49}, TRESNET_FLOAT64, channels_last, TRESNET_LEAKY_RELU};
    c.has_lossy_channels = true;
    tresnet_reduce_with(doubled);
    auto d = check_abn(c);
    expect(std::max({d.forward, d.dx, d.parameters}) < 1e-10, "statistics of two processes");
    auto bn = c;
    bn.has_lossy_channels = false;
    bn.activation = TRESNET_RELU;
    d = check_bn(bn);
    expect(std::max({d.forward, d.dx, d.parameters}) < 1e-10, "statistics of two processes in batch normalisation");
    tresnet_reduce_with(lost);
    for (auto check : {check_abn, check_bn}) {
      try {
        check(c);
        expect(false, "statistics that do not come are an error");
      } catch (const std::exception& e) {
        expect(std::string(e.what()) == "the statistics of the other processes did not come", e.what());
      }
    }
    tresnet_reduce_with(nullptr);
  }
}

void test_threads() {
  for (bool channels_last : {false, true}) {
    auto one = abn_bits(channels_last, 1);
    for (int threads : {2, 3, 5}) expect(abn_bits(channels_last, threads) == one, "bits with " + std::to_string(threads) + " threads");
    tresnet_set_threads(2);
    std::vector<std::thread> callers;
    std::vector<Bytes> bits(4);
    for (auto& result : bits) callers.emplace_back([&] { result = abn_bits(channels_last, 2); });
    for (auto& caller : callers) caller.join();
    for (auto& result : bits) expect(result == one, "bits of calls at once");
  }
  tresnet_set_threads(2);
  std::thread([] { expect(tresnet_threads() == 2, "a new thread takes the number of threads"); }).join();
}

void test_refusals() {
  float values[6] = {1, 2, 3, 4, 5, 6}, other[6];
  tresnet_map x{values, 1, 2, 3, TRESNET_FLOAT32, 0}, z{other, 1, 2, 3, TRESNET_FLOAT32, 0};
  tresnet_vector v{values, TRESNET_FLOAT32, 0};
  tresnet_abn_options options{0.1, 1e-5, 0, 0.01, 0, TRESNET_LEAKY_RELU};
  tresnet_abn_kept* kept;
  auto refuses = [&](const char* part) {
    auto status = tresnet_abn_forward(&x, &z, v, v, {}, {}, &options, &kept);
    bool told = std::strstr(tresnet_last_error(), part) != nullptr;
    expect(status == TRESNET_INVALID && kept == nullptr && told, std::string(part) + ", not " + tresnet_last_error());
  };
  options.activation = TRESNET_RELU;
  refuses("inverts identity, leaky ReLU and ELU");
  options.activation = TRESNET_LEAKY_RELU;
  options.slope = 0;
  refuses("slope is more than 0");
  options.slope = 0.01;
  z.pixels = 2;
  refuses("several sizes");
  z.pixels = 3;
  z.channels_last = 1;
  refuses("several orders");
  z.channels_last = 0;
  z.type = TRESNET_FLOAT64;
  refuses("several types");
  z.type = TRESNET_FLOAT32;
  x.type = 7;
  refuses("float32, float64 and bfloat16");
  x.type = TRESNET_FLOAT32;
  expect(tresnet_abn_evaluate(&x, &z, v, v, {}, v, &options) == TRESNET_INVALID, "evaluation needs running statistics");
  expect(tresnet_abn_backward(&x, &z, &z, v, v, v, v, &options, nullptr) == TRESNET_INVALID, "dx is memory of its own");
  tresnet_bn_options bn{0.1, 1e-5, 0, TRESNET_RELU, 0};
  x.pixels = z.pixels = 1;
  expect(tresnet_bn_forward(&x, &z, v, v, {}, {}, &bn, nullptr) == TRESNET_INVALID, "batch normalisation of one value");
  expect(tresnet_sgd(TRESNET_BFLOAT16, 0, nullptr, nullptr, nullptr, nullptr, nullptr) == TRESNET_INVALID, "sgd without options");
  tresnet_convolution c{1, 16, {2, 2}, 16, {3, 3}, {1, 1}, {0, 0}, {1, 1}, 1, TRESNET_FLOAT32, 0};
  expect(tresnet_convolution_forward(&c, 0, {values, 0, 0}, {values, 0, 0}, nullptr, {other, 0, 0}) == TRESNET_INVALID, "a kernel larger than its input");
}

}  // namespace

int main() {
  try {
    std::printf("%s\n", tresnet_kernels_info());
    expect(tresnet_kernels_version() == TRESNET_KERNELS_VERSION, "the header is of another version");
    tresnet_set_threads(2);
    auto status = tresnet_self_test();
    expect(status == TRESNET_OK, std::string("self-test: ") + tresnet_last_error());
    test_abn();
    test_bn();
    test_elementwise();
    test_convolution();
    test_processes();
    test_threads();
    test_refusals();
  } catch (const std::exception& e) {
    expect(false, e.what());
  }
  std::printf("%d passed, %d failed\n", passes, failures);
  return failures == 0 ? 0 : 1;
}
