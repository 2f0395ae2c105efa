// A convolution by Winograd's algorithm in bfloat16 as a step: its tiles, and where they are too few its outputs, divided among the threads.
#ifdef TRESNET_ONEDNN
#include <omp.h>

#include <algorithm>
#include <cstring>

#include "arena.h"
#include "map_step.h"
#include "onednn_steps.h"
#include "winograd_loops.h"

namespace tresnet::plan {

#ifdef TRESNET_WINOGRAD_BFLOAT16

namespace {

int64_t blocks_of(int64_t channels) { return (channels + block - 1) / block; }

size_t weights_count(int64_t outputs, int64_t inputs) { return 16 * blocks_of(outputs) * block * blocks_of(inputs) * block; }

// G g G' of [out, in, 3, 3] for each panel, in it for each point, and in that for each pair of inputs; zero where blocks are filled up.
void transform_weights(const float* weight, int64_t outputs, int64_t inputs, BFloat16* result) {
  int64_t out_blocks = blocks_of(outputs), pairs = blocks_of(inputs) * block / 2;
  parallel_for(0, outputs, 1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; o++) {
      int64_t from = o / block / winograd_panel * winograd_panel, columns = std::min(winograd_panel, out_blocks - from) * block;
      auto* panel = result + from * block * 16 * pairs * 2;
      for (int64_t i = 0; i < inputs; i++) {
        const auto* g = weight + (o * inputs + i) * 9;
        // G g G'.
        float t[4][3];
        for (int x = 0; x < 3; x++) {
          t[0][x] = g[x];
          t[1][x] = (g[x] + g[3 + x] + g[6 + x]) / 2;
          t[2][x] = (g[x] - g[3 + x] + g[6 + x]) / 2;
          t[3][x] = g[6 + x];
        }
        for (int y = 0; y < 4; y++) {
          float u[] = {t[y][0], (t[y][0] + t[y][1] + t[y][2]) / 2, (t[y][0] - t[y][1] + t[y][2]) / 2, t[y][2]};
          for (int x = 0; x < 4; x++)
            store(panel + (((y * 4 + x) * pairs + i / 2) * columns + o - from * block) * 2 + i % 2, u[x]);
        }
      }
    }
  });
}

WinogradLayer::Steps elements_between(const Place& place) {
  int64_t channels = place.sizes[1], height = place.sizes[2], width = place.sizes[3];
  if (place.layout == Layout::ChannelsLast) return {channels * height * width, block, channels * width, channels};
  return {blocks_of(channels) * block * height * width, block * height * width, block * width, block};
}

WinogradLayer layer_of(const Operation& operation, const Place& in, const Place& out, bool adds, const Activation& activation) {
  WinogradLayer layer;
  layer.height = in.sizes[2];
  layer.width = in.sizes[3];
  layer.top = operation.padding[0];
  layer.left = operation.padding[1];
  layer.out_height = out.sizes[2];
  layer.out_width = out.sizes[3];
  layer.tiles_down = (layer.out_height + 1) / 2;
  layer.tiles_across = (layer.out_width + 1) / 2;
  layer.in_blocks = blocks_of(in.sizes[1]);
  layer.out_blocks = blocks_of(out.sizes[1]);
  layer.in = elements_between(in);
  layer.out = elements_between(out);
  layer.slope = activation.slope();
  layer.adds = adds;
  return layer;
}

int64_t most_tiles(int64_t in_blocks) {
  // Of the second cache, of which every processor with these instructions has a megabyte or more.
  constexpr int64_t bytes = 384 << 10, least = 24, most = 96;
  return std::clamp<int64_t>(bytes / static_cast<int64_t>(in_blocks * block * 16 * sizeof(BFloat16)), least, most);
}

// Tiles in pieces that fit the second cache; where there are fewer pieces than threads, each has a part of the outputs alone, for which the inputs are
// transformed again.
struct Division {
  int64_t slots, tiles, pieces, panels, parts;

  Division(const WinogradLayer& layer, int64_t images, int64_t threads) : slots(threads) {
    constexpr int64_t least_tiles = 24, rows = 6;
    int64_t all = images * layer.tiles_down * layer.tiles_across;
    int64_t most = most_tiles(layer.in_blocks);
    panels = (layer.out_blocks + winograd_panel - 1) / winograd_panel;
    pieces = (all + most - 1) / most;
    if (pieces >= slots || all >= slots * least_tiles) pieces = (pieces + slots - 1) / slots * slots;
    tiles = std::min(all, ((all + pieces - 1) / pieces + rows - 1) / rows * rows);
    pieces = (all + tiles - 1) / tiles;
    parts = pieces >= slots ? 1 : std::min(panels, (slots + pieces - 1) / pieces);
  }
};

// What winograd_loops.cpp is compiled for.
bool has_winograd() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bf16");
}

class WinogradStep : public MapStep {
 public:
  WinogradStep(
      const Operation& operation, const Place& in, const Place& out, bool adds, const Activation& activation, int scratch, WinogradWeights weights)
      : MapStep(
            std::string("convolution") + (adds ? " add" : "") + (activation.is_identity() ? "" : " activation"), {in.buffer, out.buffer, scratch},
            "winograd:avx512_bf16"),
        layer_(layer_of(operation, in, out, adds, activation)),
        images_(in.sizes[0]),
        division_(layer_, images_, omp_get_max_threads()),
        weights_(std::move(weights)),
        bias_(operation.bias.copy()),
        packed_(weights_->data()) {
    bias_.resize(layer_.out_blocks * block);
  }

  size_t scratch_bytes() const { return division_.slots * slot_bytes(); }
  size_t weights_bytes() const override { return Arena::rounded(weights_->size() * sizeof(BFloat16)); }

  void move_weights(Arena& arena) override {
    auto bytes = weights_->size() * sizeof(BFloat16);
    auto* piece = arena.take(bytes);
    std::memcpy(piece, packed_, bytes);
    packed_ = reinterpret_cast<const BFloat16*>(piece);
    weights_ = nullptr;
  }

  void run() override {
    const auto* in = address<const BFloat16>(0);
    auto* out = address<BFloat16>(1);
    int64_t units = division_.pieces * division_.parts, all = images_ * layer_.tiles_down * layer_.tiles_across;
    parallel_for(0, division_.slots, 1, [&](int64_t begin, int64_t end) {
      for (int64_t slot = begin; slot < end; slot++)
        for (int64_t unit = slot * units / division_.slots; unit < (slot + 1) * units / division_.slots; unit++) {
          int64_t first = unit / division_.parts * division_.tiles, part = unit % division_.parts;
          int64_t panel = part * division_.panels / division_.parts, next = (part + 1) * division_.panels / division_.parts;
          winograd_tiles(
              layer_, in, out, packed_, bias_.data(), first, std::min(division_.tiles, all - first), panel, next - panel,
              address<char>(2) + slot * slot_bytes());
        }
    });
  }

 private:
  size_t slot_bytes() const { return Arena::rounded(winograd_scratch_bytes(layer_.in_blocks, division_.tiles)); }

  WinogradLayer layer_;
  int64_t images_;
  Division division_;
  WinogradWeights weights_;
  std::vector<float> bias_;
  const BFloat16* packed_;
};

}  // namespace

bool can_winograd(const Operation& operation, const Place& in, const Place& out) {
  auto in_blocks = [](const Place& place) {
    bool is_bfloat16 = place.type == Type::BFloat16;
    return is_bfloat16 && (place.layout == Layout::Blocked || (place.layout == Layout::ChannelsLast && place.sizes[1] % block == 0));
  };
  return in_blocks(in) && in_blocks(out) && operation.activation.is_leaky() && operation.kernel == Sizes{3, 3} && operation.stride == Sizes{1, 1} &&
         operation.dilation == Sizes{1, 1} && operation.groups == 1 && has_winograd();
}

std::unique_ptr<Step> winograd_step(
    const Operation& operation, const Place& in, const Place& out, bool adds, const Activation& activation, int scratch, Weights& weights,
    size_t* scratch_bytes) {
  if (!can_winograd(operation, in, out)) return nullptr;
  auto& packed = weights.winograd[operation.weight.data];
  if (packed == nullptr) {
    int64_t outputs = operation.weight_sizes[0], inputs = operation.weight_sizes[1];
    packed = std::make_shared<std::vector<BFloat16>>(weights_count(outputs, inputs));
    transform_weights(operation.weight.data, outputs, inputs, packed->data());
  }
  auto step = std::make_unique<WinogradStep>(operation, in, out, adds, activation, scratch, packed);
  *scratch_bytes = step->scratch_bytes();
  return step;
}

#else

bool can_winograd(const Operation&, const Place&, const Place&) { return false; }

std::unique_ptr<Step> winograd_step(const Operation&, const Place&, const Place&, bool, const Activation&, int, Weights&, size_t*) { return nullptr; }

#endif

}  // namespace tresnet::plan
#endif
