// Which of the loops that CMakeLists.txt compiles for several instruction sets this processor runs.
#pragma once

#if defined(__x86_64__)
#define TRESNET_HAS_AVX512                                                                                          \
  (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && \
   __builtin_cpu_supports("avx512dq"))
#define TRESNET_BEST(name)                                                             \
  (TRESNET_HAS_AVX512                                                ? name##_avx512 \
   : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_avx2   \
                                                                     : name##_baseline)
#else
#define TRESNET_BEST(name) name##_baseline
#endif

// A loop that the compiler makes for several instruction sets by itself: for those that are too small for a file of their own.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define TRESNET_FOR_EACH_ISA __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TRESNET_FOR_EACH_ISA
#endif
