// Plans for C#: from a traced network, to be run, timed step by step, and described. Without oneDNN there are none.
#include <torch/script.h>

#include <cstring>
#include <sstream>

#include "../internal.h"

#ifdef TB_ONEDNN
#include "apart.h"
#include "plan.h"
#include "wanted.h"

using tb::optimize::Apart;
using tb::optimize::Plan;
using tb::optimize::Wanted;

// The quickest plan for inputs like `example`; an error once `*given_up` is not 0.
TB_API int tb_plan_new(void* traced, void* example, int bfloat16, const int* given_up, void** result) {
  return tb::guarded([&] {
    tb::enter_thread();
    Wanted wanted(given_up);
    Apart apart;
    auto input = tb::borrow(example);
    auto program = tb::optimize::lower(static_cast<torch::jit::Module*>(traced)->get_method("forward").graph(), input);
    tb::optimize::fuse(program);
    tb::optimize::Weights weights;
    *result = Plan::quickest(program, bfloat16 != 0, input, weights).release();
  });
}

TB_API void tb_plan_release(void* plan) { delete static_cast<Plan*>(plan); }

TB_API int tb_plan_run(void* plan, void* input, void** output) {
  return tb::guarded([&] {
    tb::enter_thread();
    Apart apart;
    *output = tb::release(static_cast<Plan*>(plan)->run(tb::borrow(input)));
  });
}

// Lines of milliseconds, implementation and name, one for each step, after a first of the order of the elements and the bytes; the caller frees it with tb_free.
TB_API int tb_plan_profile(void* plan, void* input, char** text) {
  return tb::guarded([&] {
    tb::enter_thread();
    Apart apart;
    auto* p = static_cast<Plan*>(plan);
    std::ostringstream lines;
    lines << (p->mode().blocked ? "nChw16c" : "nhwc") << ' ' << p->memory() << '\n';
    for (const auto& step : p->profile(tb::borrow(input))) lines << step.milliseconds << ' ' << step.by << ' ' << step.name << '\n';
    *text = strdup(lines.str().c_str());
  });
}

#else

static int refuse() {
  return tb::guarded([] { TORCH_CHECK(false, "the bridge was built without oneDNN (apt-get install libdnnl-dev)"); });
}

TB_API int tb_plan_new(void*, void*, int, const int*, void**) { return refuse(); }
TB_API void tb_plan_release(void*) {}
TB_API int tb_plan_run(void*, void*, void**) { return refuse(); }
TB_API int tb_plan_profile(void*, void*, char**) { return refuse(); }

#endif

TB_API int tb_has_plans() {
#ifdef TB_ONEDNN
  return 1;
#else
  return 0;
#endif
}
