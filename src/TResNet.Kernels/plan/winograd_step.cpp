// A convolution by Winograd's algorithm as a step: its tiles, and where they are too few its outputs, divided among the threads.
#ifdef TRESNET_ONEDNN
#include <omp.h>

#include <algorithm>
#include <cstring>

#include "arena.h"
#include "map_step.h"
#include "onednn_steps.h"
#include "winograd_loops.h"

namespace tresnet::plan {

namespace {

int64_t blocks_of(int64_t channels) { return (channels + block - 1) / block; }

// Of this processor; null where it has none.
template <class T>
WinogradLoop<T> winograd_loop(int64_t tile);
template <>
WinogradLoop<float> winograd_loop<float>(int64_t tile) {
  return TRESNET_BEST(winograd)(tile);
}
template <>
WinogradLoop<BFloat16> winograd_loop<BFloat16>([[maybe_unused]] int64_t tile) {
#ifdef TRESNET_AVX512_BF16
  if (tile == 2 && TRESNET_HAS_AVX512 && __builtin_cpu_supports("avx512bf16")) return winograd_avx512_bf16();
#endif
  return nullptr;
}

template <class T>
size_t packed_bytes(int64_t outputs, int64_t inputs, int64_t tile) {
  return (tile + 2) * (tile + 2) * blocks_of(outputs) * block * blocks_of(inputs) * block * sizeof(T);
}

// G g G' of [out, in, 3, 3], as WinogradPart says; zero where blocks are filled up.
template <class T>
void transform_weights(const float* weight, int64_t outputs, int64_t inputs, int64_t tile, T* result) {
  constexpr float of_2[][3] = {{1, 0, 0}, {1 / 2.0f, 1 / 2.0f, 1 / 2.0f}, {1 / 2.0f, -1 / 2.0f, 1 / 2.0f}, {0, 0, 1}};
  constexpr float a = winograd_near, b = winograd_far, at_a = 2 * a * a * (a * a - b * b), at_b = 2 * b * b * (b * b - a * a);
  constexpr float of_4[][3] = {{1 / (a * a * b * b), 0, 0},          {1 / at_a, a / at_a, a * a / at_a}, {1 / at_a, -a / at_a, a * a / at_a},
                               {1 / at_b, b / at_b, b * b / at_b}, {1 / at_b, -b / at_b, b * b / at_b}, {0, 0, 1}};
  constexpr int64_t together = sizeof(T) == sizeof(BFloat16) ? 2 : 1;
  const auto* g = tile == 2 ? of_2 : of_4;
  int64_t side = tile + 2, out_blocks = blocks_of(outputs), in_channels = blocks_of(inputs) * block;
  parallel_for(0, outputs, 1, [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; o++) {
      int64_t from = o / block / winograd_panel * winograd_panel, columns = std::min(winograd_panel, out_blocks - from) * block;
      auto* panel = result + from * block * side * side * in_channels;
      for (int64_t i = 0; i < inputs; i++) {
        const auto* w = weight + (o * inputs + i) * 9;
        for (int64_t y = 0; y < side; y++) {
          float row[3];
          for (int x = 0; x < 3; x++) row[x] = g[y][0] * w[x] + g[y][1] * w[3 + x] + g[y][2] * w[6 + x];
          for (int64_t x = 0; x < side; x++) {
            int64_t point = y * side + x, at = (point * in_channels / together + i / together) * columns + o - from * block;
            store(panel + at * together + i % together, g[x][0] * row[0] + g[x][1] * row[1] + g[x][2] * row[2]);
          }
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

WinogradLayer layer_of(const Operation& operation, int64_t tile, const Place& in, const Place& out, bool adds) {
  WinogradLayer layer;
  layer.tile = tile;
  layer.height = in.sizes[2];
  layer.width = in.sizes[3];
  layer.top = operation.padding[0];
  layer.left = operation.padding[1];
  layer.out_height = out.sizes[2];
  layer.out_width = out.sizes[3];
  layer.tiles_down = (layer.out_height + tile - 1) / tile;
  layer.tiles_across = (layer.out_width + tile - 1) / tile;
  layer.in_blocks = blocks_of(in.sizes[1]);
  layer.out_blocks = blocks_of(out.sizes[1]);
  layer.in = elements_between(in);
  layer.out = elements_between(out);
  layer.slope = operation.activation.slope();
  layer.adds = adds;
  return layer;
}

int64_t points_of(const WinogradLayer& layer) { return (layer.tile + 2) * (layer.tile + 2); }

// Tiles in pieces that fit the second cache; where there are fewer pieces than threads, each has a part of the outputs alone, for which the inputs are
// transformed again.
struct Division {
  int64_t all, slots, tiles, pieces, panels, parts;

  Division(const WinogradLayer& layer, int64_t images, int64_t element, int64_t threads)
      : all(images * layer.tiles_down * layer.tiles_across), slots(threads), panels((layer.out_blocks + winograd_panel - 1) / winograd_panel) {
    constexpr int64_t cache = 768 << 10, least = 24, most = 96, rows = 6;
    int64_t fitting = std::clamp<int64_t>(cache / (points_of(layer) * layer.in_blocks * block * element), least, most);
    pieces = (all + fitting - 1) / fitting;
    if (pieces >= slots || all >= slots * least) pieces = (pieces + slots - 1) / slots * slots;
    tiles = std::min(all, ((all + pieces - 1) / pieces + rows - 1) / rows * rows);
    pieces = (all + tiles - 1) / tiles;
    parts = pieces >= slots ? 1 : std::min(panels, (slots + pieces - 1) / pieces);
    slots = std::min(slots, pieces * parts);
  }
};

template <class T>
class WinogradStep : public MapStep {
 public:
  WinogradStep(const Operation& operation, int64_t tile, const Place& in, const Place& out, bool adds, int scratch, std::shared_ptr<Arena> weights)
      : MapStep(
            std::string("convolution") + (adds ? " add" : "") + (operation.activation.is_identity() ? "" : " activation"),
            {in.buffer, out.buffer, scratch}, text("winograd_", tile, "x3:", in.type == Type::Float32 ? "float32" : "avx512_bf16")),
        layer_(layer_of(operation, tile, in, out, adds)),
        division_(layer_, in.sizes[0], sizeof(T), omp_get_max_threads()),
        loop_(winograd_loop<T>(tile)),
        weights_(std::move(weights)),
        bytes_(packed_bytes<T>(out.sizes[1], in.sizes[1], tile)),
        packed_(reinterpret_cast<const T*>(weights_->data())),
        bias_(operation.bias.copy()) {
    bias_.resize(layer_.out_blocks * block);
  }

  size_t scratch_bytes() const { return division_.slots * slot_bytes(); }
  size_t weights_bytes() const override { return Arena::rounded(bytes_); }

  void move_weights(Arena& arena) override {
    auto* piece = arena.take(bytes_);
    std::memcpy(piece, packed_, bytes_);
    packed_ = reinterpret_cast<const T*>(piece);
    weights_ = nullptr;
  }

  void run() override {
    const auto& d = division_;
    parallel_for(0, d.slots, 1, [&](int64_t begin, int64_t end) {
      WinogradPart<T> part{address<const T>(0), address<T>(1), packed_, bias_.data(), nullptr, 0, 0, 0, 0};
      for (int64_t slot = begin; slot < end; slot++) {
        part.scratch = address<char>(2) + slot * slot_bytes();
        int64_t units = d.pieces * d.parts;
        for (int64_t unit = slot * units / d.slots; unit < (slot + 1) * units / d.slots; unit++) {
          part.first = unit / d.parts * d.tiles;
          part.tiles = std::min(d.tiles, d.all - part.first);
          part.first_panel = unit % d.parts * d.panels / d.parts;
          part.panels = (unit % d.parts + 1) * d.panels / d.parts - part.first_panel;
          loop_(layer_, part);
        }
      }
    });
  }

 private:
  size_t slot_bytes() const {
    return Arena::rounded(
        points_of(layer_) * (winograd_step_in(layer_.in_blocks, division_.tiles) * sizeof(T) + winograd_step_out(division_.tiles) * sizeof(float)));
  }

  WinogradLayer layer_;
  Division division_;
  WinogradLoop<T> loop_;
  std::shared_ptr<Arena> weights_;
  size_t bytes_;
  const T* packed_;
  std::vector<float> bias_;
};

template <class T>
std::unique_ptr<Step> winograd_step_of(
    const Operation& operation, int64_t tile, const Place& in, const Place& out, bool adds, int scratch, Weights& weights, size_t* scratch_bytes) {
  auto& known = weights.winograd[{operation.weight.data, operation.weight_sizes, tile, in.type}];
  auto packed = known.lock();
  if (packed == nullptr) {
    int64_t outputs = operation.weight_sizes[0], inputs = operation.weight_sizes[1];
    // Aligned as they will be in the plan.
    packed = std::make_shared<Arena>();
    packed->reserve(packed_bytes<T>(outputs, inputs, tile));
    std::memset(packed->data(), 0, packed->bytes());
    transform_weights(operation.weight.data, outputs, inputs, tile, reinterpret_cast<T*>(packed->data()));
    known = packed;
  }
  auto step = std::make_unique<WinogradStep<T>>(operation, tile, in, out, adds, scratch, packed);
  *scratch_bytes = step->scratch_bytes();
  return step;
}

}  // namespace

bool can_winograd(const Operation& operation, int64_t tile, const Place& in, const Place& out) {
  // A single pixel's channels are together in any order.
  auto in_blocks = [](const Place& place) {
    return place.layout == Layout::Blocked || (place.sizes[1] % block == 0 && (place.layout == Layout::ChannelsLast || !is_map(place.sizes)));
  };
  return is_3x3(operation) && operation.activation.is_leaky() && in_blocks(in) && in_blocks(out) && in.type == out.type &&
         (in.type == Type::Float32 || winograd_loop<BFloat16>(tile) != nullptr);
}

std::unique_ptr<Step> winograd_step(
    const Operation& operation, int64_t tile, const Place& in, const Place& out, bool adds, int scratch, Weights& weights, size_t* scratch_bytes) {
  if (!can_winograd(operation, tile, in, out)) return nullptr;
  return in.type == Type::Float32 ? winograd_step_of<float>(operation, tile, in, out, adds, scratch, weights, scratch_bytes)
                                  : winograd_step_of<BFloat16>(operation, tile, in, out, adds, scratch, weights, scratch_bytes);
}

}  // namespace tresnet::plan
#endif
