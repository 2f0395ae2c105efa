// Settings of the process, the last error of each thread, and what this build is.
#include "runtime.h"

#include <omp.h>

#include <atomic>
#include <cstdio>

#ifdef TRESNET_ONEDNN
#include "onednn.h"
#endif
#include "processor.h"
#include "scratch.h"

namespace tresnet {

namespace {

std::atomic<int> threads{0};
std::atomic<bool> winograd{true};

// Of a fixed size: telling of an error may not need memory.
thread_local char last_error[1024] = "";

const char* instructions_baseline = "baseline";
[[maybe_unused]] const char* instructions_avx2 = "AVX2";
[[maybe_unused]] const char* instructions_avx512 = "AVX-512";

std::string describe() {
  auto result = text("tresnet_kernels ", TRESNET_KERNELS_VERSION, ", loops for ", TRESNET_BEST(instructions));
#ifdef TRESNET_ONEDNN
  const auto* found = dnnl_version();
  result += text(
      ", oneDNN ", found->major, '.', found->minor, '.', found->patch, " (compiled against ", DNNL_VERSION_MAJOR, '.', DNNL_VERSION_MINOR, '.',
      DNNL_VERSION_PATCH, ')');
#else
  result += ", without oneDNN";
#endif
  return result + text(", OpenMP ", _OPENMP, ", compiler ", __VERSION__);
}

}  // namespace

void set_last_error(const char* sentence) noexcept { std::snprintf(last_error, sizeof last_error, "%s", sentence); }

void enter_thread() {
  auto wanted = threads.load(std::memory_order_relaxed);
  if (wanted > 0 && omp_get_max_threads() != wanted) omp_set_num_threads(wanted);
}

int thread_count() { return omp_get_max_threads(); }

bool may_use_winograd() { return winograd.load(std::memory_order_relaxed); }

}  // namespace tresnet

TRESNET_API void tresnet_release_memory(void) { tresnet::Scratch::release(); }

TRESNET_API int32_t tresnet_kernels_version(void) { return TRESNET_KERNELS_VERSION; }

TRESNET_API const char* tresnet_kernels_info(void) {
  try {
    static const std::string info = tresnet::describe();
    return info.c_str();
  } catch (...) {
    return "";
  }
}

TRESNET_API const char* tresnet_last_error(void) { return tresnet::last_error; }

TRESNET_API void tresnet_set_threads(int32_t count) {
  tresnet::threads = count;
  tresnet::enter_thread();
}

TRESNET_API int32_t tresnet_threads(void) {
  tresnet::enter_thread();
  return tresnet::thread_count();
}

TRESNET_API int32_t tresnet_has_onednn(void) {
#ifdef TRESNET_ONEDNN
  return 1;
#else
  return 0;
#endif
}

TRESNET_API int32_t tresnet_winograd(void) { return tresnet::may_use_winograd(); }

TRESNET_API void tresnet_set_winograd(int32_t may) { tresnet::winograd = may != 0; }
