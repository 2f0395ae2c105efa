// Loops over the threads of OpenMP.
#pragma once

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>

namespace tresnet {

// Calls body(begin, end) for parts of a range, one for each thread and none smaller than the grain but the last; inside another such loop, for the
// whole of it. An exception of one part is thrown here when all are done. The parts depend on the number of threads: where bits may not, the caller
// makes pieces of its own and a grain of 1.
template <class F>
void parallel_for(int64_t begin, int64_t end, int64_t grain, F&& body) {
  auto count = end - begin;
  if (count <= 0) return;
  if (count <= grain || count == 1 || omp_in_parallel() || omp_get_max_threads() == 1) {
    body(begin, end);
    return;
  }

  std::atomic_flag failed = ATOMIC_FLAG_INIT;
  std::exception_ptr failure;
  auto parts = (count + std::max<int64_t>(1, grain) - 1) / std::max<int64_t>(1, grain);
  // All threads of the team, even where there are fewer parts: libgomp ends threads that a smaller team leaves out, and starts them anew.
#pragma omp parallel
  {
    auto threads = std::min<int64_t>(omp_get_num_threads(), parts);
    auto size = (count + threads - 1) / threads;
    auto first = begin + omp_get_thread_num() * size;
    if (first < end) {
      try {
        body(first, std::min(end, first + size));
      } catch (...) {
        if (!failed.test_and_set()) failure = std::current_exception();
      }
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tresnet
