// Whoever waits for a plan may give it up; what makes or runs it asks between two pieces of work.
#pragma once

#include <cstdint>

#include "../status.h"

namespace tresnet::plan {

class Wanted {
 public:
  // `*given_up` turns from 0 into anything else, on another thread; null where nobody can give up.
  explicit Wanted(const int32_t* given_up) : given_up_(given_up) {}

  // Throws where it was given up.
  void check() const {
    if (given_up_ != nullptr && __atomic_load_n(given_up_, __ATOMIC_RELAXED) != 0) throw Error(TRESNET_FAILED, "it was given up");
  }

 private:
  const int32_t* given_up_;
};

}  // namespace tresnet::plan
