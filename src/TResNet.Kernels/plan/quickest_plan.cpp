// The plan that is quickest on this machine, by trying.
#ifdef TRESNET_ONEDNN
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "../onednn.h"
#include "../runtime.h"
#include "plan.h"

namespace tresnet::plan {

namespace {

// Plans on one input, timed in turn: what a neighbour takes in the meantime, it takes from both.
class Race {
 public:
  Race(const Program& program, const Wanted& wanted) : wanted_(wanted) {
    // Numbers of the size that networks see, without a rhythm; any speed that depended on them would be that of zeros otherwise.
    input_.resize(product_of(program.sizes(program.input)));
    uint32_t state = 1;
    for (auto& x : input_) {
      state = state * 1664525u + 1013904223u;
      x = static_cast<float>(state >> 8) / (1 << 23) - 1;
    }
    output_.resize(product_of(program.sizes(program.output)));
  }

  // Whether the second is quicker than the first. Milliseconds go to `times`.
  bool second_wins(Plan& first, Plan& second, double times[2]) {
    constexpr int least_rounds = 3, most_rounds = 25;
    constexpr double enough = 60;
    Plan* plans[] = {&first, &second};
    for (auto* plan : plans) plan->run(input_.data(), output_.data(), wanted_);
    times[0] = times[1] = 1e300;
    double sum = 0;
    for (int round = 0; round < least_rounds || (round < most_rounds && sum < enough); round++) {
      for (int i = 0; i < 2; i++) {
        auto start = std::chrono::steady_clock::now();
        plans[i]->run(input_.data(), output_.data(), wanted_);
        auto time = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
        times[i] = std::min(times[i], time);
        sum += time;
      }
    }
    return times[1] < times[0];
  }

 private:
  const Wanted& wanted_;
  std::vector<float> input_, output_;
};

bool has_channels_to_fill(const Program& program) {
  return std::any_of(program.values.begin(), program.values.end(), [](const Value& value) {
    return is_map(value.sizes) && value.sizes[1] > block && value.sizes[1] % block != 0;
  });
}

class Search {
 public:
  Search(const Program& program, const tresnet_plan_options& options, const Wanted& wanted)
      : program_(program), options_(options), wanted_(wanted), race_(program, wanted) {}

  std::unique_ptr<Plan> run() {
    bool asked = options_.type == TRESNET_BFLOAT16;
    std::unique_ptr<Plan> best;
    if (asked && options_.keep_type) {
      best = of_orders(Type::BFloat16, false);
      best->description = "bfloat16";
    } else {
      best = of_orders(Type::Float32, false);
      best->description = "float32";
      if (asked) best = faster_in_bfloat16(std::move(best));
    }
    best->settle();
    return best;
  }

 private:
  // bfloat16 for every map, and where float32 is quicker for some convolution, a mixture; or float32 after all.
  std::unique_ptr<Plan> faster_in_bfloat16(std::unique_ptr<Plan> best) {
    auto all = of_orders_where_possible(false);
    if (all == nullptr) {
      best->description = "float32 (oneDNN has no bfloat16 on this processor)";
      return best;
    }
    auto other = std::move(all);
    auto mixed = of_orders_where_possible(true);
    double times[2];
    if (mixed != nullptr && mixed->in_bfloat16() > 0 && mixed->in_bfloat16() < mixed->convolutions() && race_.second_wins(*other, *mixed, times))
      other = std::move(mixed);
    if (!race_.second_wins(*best, *other, times)) {
      char words[128];
      std::snprintf(words, sizeof words, "float32 (bfloat16 was measured slower: %.1f against %.1f ms)", times[1], times[0]);
      best->description = words;
      return best;
    }
    other->description = other->in_bfloat16() == other->convolutions()
                             ? "bfloat16"
                             : text("bfloat16 in ", other->in_bfloat16(), " of ", other->convolutions(),
                                    " convolutions, float32 in the others, where it was measured quicker");
    return other;
  }

  std::unique_ptr<Plan> of_orders_where_possible(bool any_type) {
    try {
      return of_orders(Type::BFloat16, any_type);
    } catch (const Error& error) {
      if (error.status != TRESNET_UNAVAILABLE) throw;
    } catch (const dnnl::error& refused) {
      if (refused.status != dnnl_unimplemented) throw;
    }
    return nullptr;
  }

  std::unique_ptr<Plan> of_orders(Type type, bool any_type) {
    std::vector<Mode> modes;
    int32_t winograd = may_use_winograd() ? options_.winograd : 0;
    auto may = [&](tresnet_order order) { return options_.order == TRESNET_ORDER_QUICKEST || options_.order == order; };
    if (may(TRESNET_ORDER_BLOCKED)) modes.push_back({true, false, type, any_type, winograd});
    if (may(TRESNET_ORDER_FILLED_BLOCKS) && (options_.order != TRESNET_ORDER_QUICKEST || has_channels_to_fill(program_)))
      modes.push_back({true, true, type, any_type, winograd});
    if (may(TRESNET_ORDER_CHANNELS_LAST)) modes.push_back({false, false, type, any_type, winograd});
    std::unique_ptr<Plan> best;
    auto input = options_.input_channels_last && program_.sizes(program_.input).size() == 4 ? Layout::ChannelsLast : Layout::Plain;
    for (const auto& mode : modes) {
      auto plan = std::make_unique<Plan>(program_, mode, input, wanted_, weights_);
      double times[2];
      if (best == nullptr || race_.second_wins(*best, *plan, times)) best = std::move(plan);
    }
    return best;
  }

  const Program& program_;
  const tresnet_plan_options& options_;
  const Wanted& wanted_;
  Weights weights_;
  Race race_;
};

}  // namespace

std::unique_ptr<Plan> quickest_plan(const Program& program, const tresnet_plan_options& options, const Wanted& wanted) {
  return Search(program, options, wanted).run();
}

}  // namespace tresnet::plan
#endif
