// The process: threads, gradient modes, seeds, generators, devices, versions.
#include <dlfcn.h>

#include <atomic>
#include <cstring>
#include <thread>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/InferenceMode.h>
#include <torch/cuda.h>
#ifdef TB_CUDA_ALLOCATOR
#include <c10/cuda/CUDACachingAllocator.h>
#endif
#include <torch/version.h>

#include "internal.h"

namespace tb {

static thread_local std::string last_error;
static std::atomic<int> thread_count{0};

void set_error(const char* message) { last_error = message; }

// OpenMP counts for each thread anew. at::set_num_threads sets that too, but replaces torch's thread pool each time, whose threads then spin for
// some milliseconds: it is for the first thread that enters.
static void set_threads(int wanted) {
  static std::atomic<int> everywhere{0};
  using Setter = void (*)(int);
  static const auto here = reinterpret_cast<Setter>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
  if (here == nullptr || everywhere.exchange(wanted) != wanted) {
    at::set_num_threads(wanted);
  } else {
    here(wanted);
  }
}

void enter_thread() {
  static thread_local int applied = 0;
  auto wanted = thread_count.load(std::memory_order_relaxed);
  if (applied != wanted && wanted > 0) {
    set_threads(wanted);
    applied = wanted;
  }
}

static std::atomic<bool> winograd{true};

bool may_use_winograd() { return winograd.load(std::memory_order_relaxed); }

static char* copy_text(const std::string& text) {
  auto* result = static_cast<char*>(std::malloc(text.size() + 1));
  std::memcpy(result, text.c_str(), text.size() + 1);
  return result;
}

}  // namespace tb

TB_API const char* tb_last_error() { return tb::last_error.c_str(); }

TB_API void tb_free(void* pointer) { std::free(pointer); }

TB_API void tb_set_num_threads(int count) {
  tb::thread_count = count;
  tb::enter_thread();
}

TB_API int tb_get_num_threads() {
  tb::enter_thread();
  return at::get_num_threads();
}

TB_API const char* tb_version() { return TORCH_VERSION; }

// What the libtorch was built with (oneDNN, BLAS, OpenMP...), for `tresnet doctor`; the caller frees it with tb_free.
TB_API char* tb_build_info() { return tb::copy_text(at::show_config() + at::get_parallel_info()); }

TB_API int tb_cuda_device_count() { return static_cast<int>(torch::cuda::device_count()); }

TB_API int tb_has_cudnn() { return torch::cuda::cudnn_is_available(); }

TB_API int tb_cuda_synchronize(int device) {
  return tb::guarded([&] { torch::cuda::synchronize(device); });
}

// Without CUDA's headers, the allocator gives back what it keeps by itself before it refuses memory.
TB_API int tb_cuda_empty_cache() {
  return tb::guarded([] {
#ifdef TB_CUDA_ALLOCATOR
    if (torch::cuda::is_available()) c10::cuda::CUDACachingAllocator::emptyCache();
#endif
  });
}

TB_API int tb_grad_enabled() { return at::GradMode::is_enabled(); }

TB_API void tb_set_grad_enabled(int enabled) { at::GradMode::set_enabled(enabled != 0); }

// Inference mode is a guard that the thread that made it must drop, the last one first.
TB_API void* tb_inference_mode_enter(int enabled) { return new c10::InferenceMode(enabled != 0); }

TB_API void tb_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }

TB_API int tb_manual_seed(int64_t seed) {
  return tb::guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

TB_API int tb_generator_new(int64_t seed, void** result) {
  return tb::guarded([&] {
    auto generator = at::detail::createCPUGenerator(static_cast<uint64_t>(seed));
    *result = generator.unsafeReleaseGeneratorImpl();
  });
}

TB_API int tb_generator_default(void** result) {
  return tb::guarded([&] {
    auto generator = at::detail::getDefaultCPUGenerator();
    *result = generator.unsafeReleaseGeneratorImpl();
  });
}

TB_API int tb_generator_seed(void* impl, int64_t seed) {
  return tb::guarded([&] { static_cast<c10::GeneratorImpl*>(impl)->set_current_seed(static_cast<uint64_t>(seed)); });
}

TB_API int64_t tb_generator_initial_seed(void* impl) {
  return static_cast<int64_t>(static_cast<c10::GeneratorImpl*>(impl)->current_seed());
}

TB_API void tb_generator_release(void* impl) {
  c10::raw::intrusive_ptr::decref(static_cast<c10::GeneratorImpl*>(impl));
}

TB_API int tb_winograd() { return tb::winograd; }

TB_API void tb_set_winograd(int may) { tb::winograd = may != 0; }
