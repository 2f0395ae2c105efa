// Which of the loops that CMakeLists.txt compiles for several instruction sets this processor runs.
#pragma once

#if defined(__x86_64__)
#define TB_BEST(name)                                                                                                                \
  ((__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&                 \
            __builtin_cpu_supports("avx512dq"))                                                                                      \
       ? name##_avx512                                                                                                               \
       : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? name##_avx2 : name##_baseline)
#else
#define TB_BEST(name) name##_baseline
#endif
