// Whoever waits for a plan may give it up; what makes it asks between two pieces of work.
#pragma once

#include <c10/util/Exception.h>

namespace tb {
namespace optimize {

class Wanted {
 public:
  // `*given_up` turns from 0 into anything else, on another thread; null where nobody can give up.
  explicit Wanted(const int* given_up) { current() = given_up; }
  Wanted(const Wanted&) = delete;
  Wanted& operator=(const Wanted&) = delete;
  ~Wanted() { current() = nullptr; }

  // Throws where the plan that this thread makes was given up.
  static void check() {
    const auto* given_up = current();
    TORCH_CHECK(given_up == nullptr || __atomic_load_n(given_up, __ATOMIC_RELAXED) == 0, "it was given up");
  }

 private:
  static const int*& current() {
    static thread_local const int* value = nullptr;
    return value;
  }
};

}  // namespace optimize
}  // namespace tb
