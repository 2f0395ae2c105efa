// How quick plans are, on networks with random weights: images a second, the slowest calls beside the median, and where the time goes.
//   plan_bench <network> [batch] [float32 | bfloat16 | all-bfloat16] [quickest | blocked | last | filled] [steps]
#include <chrono>
#include <cstring>
#include <map>

#include "plan_network.h"

using namespace plan_tests;

namespace {

using V = tresnet_value;
using C = Network::Convolution;
constexpr auto relu = TRESNET_F_LEAKY_RELU;

V head(Network& n, V x, int64_t batch) {
  auto c = n.sizes(x)[1];
  return n.linear(n.alias(n.global(x), {batch, c}), 1000);
}

V resnet(Network& n, int64_t batch, int64_t groups, int64_t width) {
  V x = n.input({batch, 3, 224, 224});
  x = n.pool(n.convolution(x, C{64, 7, 2, -1, 1, 1, relu}), TRESNET_MAX_POOL, 3, 2, 1);
  const int blocks[] = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; stage++)
    for (int i = 0; i < blocks[stage]; i++) {
      int64_t out = 256 << stage, inner = (width * groups) << stage, stride = i == 0 && stage > 0 ? 2 : 1;
      V y = n.convolution(x, C{inner, 1, 1, -1, 1, 1, relu});
      y = n.convolution(y, C{inner, 3, stride, -1, 1, groups, relu});
      V same = i == 0 ? n.convolution(x, C{out, 1, stride}) : x;
      x = n.convolution(y, C{out, 1, 1, -1, 1, 1, relu, 0, 0, same});
    }
  return head(n, x, batch);
}

V mobilenet(Network& n, int64_t batch) {
  auto block = [&](V x, int64_t out, int64_t stride, int64_t more) {
    auto in = n.sizes(x)[1];
    V y = more == 1 ? x : n.convolution(x, C{in * more, 1, 1, -1, 1, 1, TRESNET_F_CLIP, 0, 6});
    y = n.convolution(y, C{in * more, 3, stride, -1, 1, in * more, TRESNET_F_CLIP, 0, 6});
    C last{out, 1};
    if (stride == 1 && in == out) last.addend = x;
    return n.convolution(y, last);
  };
  V x = n.convolution(n.input({batch, 3, 224, 224}), C{32, 3, 2, -1, 1, 1, TRESNET_F_CLIP, 0, 6});
  const int64_t stages[][4] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
  for (const auto& s : stages)
    for (int64_t i = 0; i < s[2]; i++) x = block(x, s[1], i == 0 ? s[3] : 1, s[0]);
  return head(n, n.convolution(x, C{1280, 1, 1, -1, 1, 1, TRESNET_F_CLIP, 0, 6}), batch);
}

V efficientnet(Network& n, int64_t batch) {
  auto block = [&](V x, int64_t out, int64_t kernel, int64_t stride, int64_t more) {
    auto in = n.sizes(x)[1], wide = in * more;
    V y = more == 1 ? x : n.convolution(x, C{wide, 1, 1, -1, 1, 1, TRESNET_F_SWISH, 1});
    y = n.convolution(y, C{wide, kernel, stride, -1, 1, wide, TRESNET_F_SWISH, 1});
    V s = n.convolution(n.global(y), C{std::max<int64_t>(1, in / 4), 1, 1, 0, 1, 1, TRESNET_F_SWISH, 1});
    s = n.convolution(s, C{wide, 1, 1, 0, 1, 1, TRESNET_F_SIGMOID});
    y = n.pointwise(y, TRESNET_F_IDENTITY, 0, 0, s);
    C last{out, 1};
    if (stride == 1 && in == out) last.addend = x;
    return n.convolution(y, last);
  };
  V x = n.convolution(n.input({batch, 3, 224, 224}), C{32, 3, 2, -1, 1, 1, TRESNET_F_SWISH, 1});
  const int64_t stages[][5] = {{1, 16, 1, 1, 3}, {6, 24, 2, 2, 3}, {6, 40, 2, 2, 5}, {6, 80, 3, 2, 3}, {6, 112, 3, 1, 5}, {6, 192, 4, 2, 5}, {6, 320, 1, 1, 3}};
  for (const auto& s : stages)
    for (int64_t i = 0; i < s[2]; i++) x = block(x, s[1], s[4], i == 0 ? s[3] : 1, s[0]);
  return head(n, n.convolution(x, C{1280, 1, 1, -1, 1, 1, TRESNET_F_SWISH, 1}), batch);
}

// TResNet-M (arXiv 2003.13630): space-to-depth, blur in place of strides, squeeze and excitation in the first three stages.
V tresnet(Network& n, int64_t batch) {
  auto excite = [&](V y, int64_t reduced) {
    V s = n.convolution(n.global(y), C{reduced, 1, 1, 0, 1, 1, relu});
    return n.convolution(s, C{n.sizes(y)[1], 1, 1, 0, 1, 1, TRESNET_F_SIGMOID});
  };
  V x = n.convolution(n.space_to_depth(n.input({batch, 3, 224, 224}), 4), C{64, 3, 1, -1, 1, 1, relu, 0.001f});
  const int blocks[] = {3, 4, 11, 3};
  for (int stage = 0; stage < 4; stage++)
    for (int i = 0; i < blocks[stage]; i++) {
      bool bottleneck = stage >= 2, first = i == 0, halves = first && stage > 0;
      int64_t inner = 64 << stage, out = bottleneck ? inner * 4 : inner;
      V same = x;
      if (halves) same = n.pool(same, TRESNET_AVERAGE_POOL, 2, 2, 0);
      if (n.sizes(x)[1] != out) same = n.convolution(same, C{out, 1});
      V y = x;
      if (bottleneck) y = n.convolution(y, C{inner, 1, 1, -1, 1, 1, relu, 0.001f});
      y = n.convolution(y, C{inner, 3, 1, -1, 1, 1, relu, 0.001f});
      if (halves) y = n.blur(y, 2);
      if (!bottleneck) {
        y = n.convolution(y, C{inner, 3});
        x = n.pointwise(y, relu, 0, 0, excite(y, std::max<int64_t>(64, inner / 4)), false, false, same);
      } else {
        if (stage == 2) y = n.pointwise(y, TRESNET_F_IDENTITY, 0, 0, excite(y, 64));
        x = n.convolution(y, C{out, 1, 1, -1, 1, 1, relu, 0, 0, same});
      }
    }
  return head(n, x, batch);
}

V build(Network& n, const std::string& name, int64_t batch) {
  if (name == "resnet50") return resnet(n, batch, 1, 64);
  if (name == "resnext50") return resnet(n, batch, 32, 4);
  if (name == "mobilenetv2") return mobilenet(n, batch);
  if (name == "efficientnetb0") return efficientnet(n, batch);
  if (name == "tresnetm") return tresnet(n, batch);
  std::fprintf(stderr, "which is one of resnet50, resnext50, mobilenetv2, efficientnetb0, tresnetm\n");
  std::exit(2);
}

double now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

}  // namespace

int main(int argc, char** argv) {
  auto argument = [&](int i, const char* otherwise) { return std::string(argc > i ? argv[i] : otherwise); };
  auto name = argument(1, "resnet50"), type = argument(3, "float32"), order = argument(4, "quickest");
  int64_t batch = std::atoll(argument(2, "8").c_str());
  Network n;
  n.ends(build(n, name, batch));
  tresnet_plan_options options{};
  options.type = type == "float32" ? TRESNET_FLOAT32 : TRESNET_BFLOAT16;
  options.keep_type = type == "all-bfloat16";
  options.winograd = 1;
  options.order = order == "blocked" ? TRESNET_ORDER_BLOCKED : order == "last" ? TRESNET_ORDER_CHANNELS_LAST : order == "filled" ? TRESNET_ORDER_FILLED_BLOCKS : TRESNET_ORDER_QUICKEST;
  tresnet_plan* plan;
  auto start = now();
  must(tresnet_plan_new(n.program, &options, nullptr, &plan), "a plan");
  auto made = now() - start;

  std::vector<float> input(count_of(n.sizes(n.input()))), output(batch * 1000);
  std::mt19937 engine(2);
  std::normal_distribution<float> normal;
  for (auto& v : input) v = normal(engine);
  std::vector<double> times;
  double sum = 0;
  for (int i = 0; i < 5; i++) must(tresnet_plan_run(plan, input.data(), output.data(), nullptr), "a run");
  while (times.size() < 20 || (sum < 4000 && times.size() < 400)) {
    start = now();
    must(tresnet_plan_run(plan, input.data(), output.data(), nullptr), "a run");
    times.push_back(now() - start);
    sum += times.back();
  }
  std::sort(times.begin(), times.end());
  auto median = times[times.size() / 2], slow = times[times.size() * 99 / 100];
  std::printf(
      "%s, batch %lld: %.1f images/s (least %.2f ms, median %.2f ms, 99%% %.2f ms = %.2f of it, %zu runs); %s, %s; %d threads, %.1f MiB, %.1f s to make\n",
      name.c_str(), static_cast<long long>(batch), 1000 * static_cast<double>(batch) / median, times[0], median, slow, slow / median, times.size(),
      tresnet_plan_order(plan), tresnet_plan_description(plan), tresnet_threads(), static_cast<double>(tresnet_plan_memory(plan)) / (1 << 20), made / 1000);

  // The least of some profiles, each step for itself: what neighbours disturb is left out.
  std::vector<tresnet_step_time> steps(tresnet_plan_steps(plan)), some(steps.size());
  for (int round = 0; round < 10 || (round < 300 && batch == 1); round++) {
    must(tresnet_plan_profile(plan, input.data(), some.data()), "a profile");
    for (size_t i = 0; i < steps.size(); i++)
      if (round == 0 || some[i].milliseconds < steps[i].milliseconds) steps[i] = some[i];
  }
  std::map<std::string, std::pair<double, int>> together;
  double all = 0;
  for (const auto& s : steps) all += s.milliseconds;
  std::printf("  %8.3f ms  all %zu steps, each at its least\n", all, steps.size());
  for (const auto& s : steps) {
    auto& entry = together[std::string(s.name) + " (" + s.by + ")"];
    entry.first += s.milliseconds;
    entry.second++;
    if (argument(5, "") == "steps") std::printf("  %8.4f %-28s %s\n", s.milliseconds, s.name, s.by);
  }
  std::vector<std::pair<double, std::string>> sorted;
  for (const auto& entry : together) sorted.push_back({entry.second.first, std::to_string(entry.second.second) + " x " + entry.first});
  std::sort(sorted.rbegin(), sorted.rend());
  for (const auto& entry : sorted) std::printf("  %8.3f ms  %s\n", entry.first, entry.second.c_str());
  tresnet_plan_free(plan);
}
