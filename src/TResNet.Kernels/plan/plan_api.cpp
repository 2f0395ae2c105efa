// The C interface of plans. Without oneDNN there are none.
#include "program_of.h"

#ifdef TRESNET_ONEDNN
#include "../onednn.h"
#include "plan.h"
#endif

using tresnet::guarded;
using tresnet::require;
using namespace tresnet::plan;

#ifdef TRESNET_ONEDNN

struct tresnet_plan {
  std::unique_ptr<Plan> plan;
};

namespace {

void check(const tresnet_plan_options& options) {
  require(options.type == TRESNET_FLOAT32 || options.type == TRESNET_BFLOAT16, "plans are of float32 or bfloat16");
  require(options.order >= TRESNET_ORDER_QUICKEST && options.order <= TRESNET_ORDER_FILLED_BLOCKS, "a plan has the order ", options.order, ", which is none");
  auto winograd = options.winograd;
  require(winograd == 0 || winograd == 1 || winograd == 2 || winograd == 4, "a plan has ", winograd, " for Winograd's algorithm, which is none of 0, 1, 2 and 4");
}

}  // namespace

TRESNET_API tresnet_status tresnet_plan_new(
    const tresnet_program* program, const tresnet_plan_options* options, const int32_t* given_up, tresnet_plan** plan) {
  return guarded([&] {
    require(program != nullptr && options != nullptr && plan != nullptr, "there is no program, no options or no place for the plan");
    check(*options);
    check_ends(*program);
    *plan = new tresnet_plan{quickest_plan(*program, *options, Wanted(given_up))};
  });
}

TRESNET_API void tresnet_plan_free(tresnet_plan* plan) { delete plan; }

TRESNET_API tresnet_status tresnet_plan_run(tresnet_plan* plan, const float* input, float* output, const int32_t* given_up) {
  return guarded([&] {
    require(plan != nullptr && input != nullptr && output != nullptr, "there is no plan, no input or no output");
    plan->plan->run(input, output, Wanted(given_up));
  });
}

TRESNET_API int32_t tresnet_plan_steps(const tresnet_plan* plan) { return plan ? static_cast<int32_t>(plan->plan->steps().size()) : 0; }

TRESNET_API tresnet_status tresnet_plan_profile(tresnet_plan* plan, const float* input, tresnet_step_time* times) {
  return guarded([&] {
    require(plan != nullptr && input != nullptr && times != nullptr, "there is no plan, no input or no place for the times");
    auto milliseconds = plan->plan->profile(input);
    const auto& steps = plan->plan->steps();
    for (size_t i = 0; i < steps.size(); i++) times[i] = {steps[i]->name.c_str(), steps[i]->by.c_str(), milliseconds[i]};
  });
}

TRESNET_API int64_t tresnet_plan_memory(const tresnet_plan* plan) { return plan ? static_cast<int64_t>(plan->plan->memory()) : 0; }

TRESNET_API const char* tresnet_plan_order(const tresnet_plan* plan) { return plan && plan->plan->mode().blocked ? "nChw16c" : "nhwc"; }

TRESNET_API tresnet_type tresnet_plan_type(const tresnet_plan* plan) {
  return plan && plan->plan->in_bfloat16() > 0 ? TRESNET_BFLOAT16 : TRESNET_FLOAT32;
}

TRESNET_API const char* tresnet_plan_description(const tresnet_plan* plan) { return plan ? plan->plan->description.c_str() : ""; }

#else

namespace {

tresnet_status refuse() {
  return guarded([] { throw tresnet::Error(TRESNET_UNAVAILABLE, "this library was built without oneDNN (apt-get install libdnnl-dev)"); });
}

}  // namespace

TRESNET_API tresnet_status tresnet_plan_new(const tresnet_program*, const tresnet_plan_options*, const int32_t*, tresnet_plan**) { return refuse(); }
TRESNET_API void tresnet_plan_free(tresnet_plan*) {}
TRESNET_API tresnet_status tresnet_plan_run(tresnet_plan*, const float*, float*, const int32_t*) { return refuse(); }
TRESNET_API int32_t tresnet_plan_steps(const tresnet_plan*) { return 0; }
TRESNET_API tresnet_status tresnet_plan_profile(tresnet_plan*, const float*, tresnet_step_time*) { return refuse(); }
TRESNET_API int64_t tresnet_plan_memory(const tresnet_plan*) { return 0; }
TRESNET_API const char* tresnet_plan_order(const tresnet_plan*) { return ""; }
TRESNET_API tresnet_type tresnet_plan_type(const tresnet_plan*) { return TRESNET_FLOAT32; }
TRESNET_API const char* tresnet_plan_description(const tresnet_plan*) { return ""; }

#endif
