// oneDNN's processor, and the calling thread's queue on it.
#pragma once

#include <dnnl.hpp>

namespace tb {

inline const dnnl::engine& engine() {
  static const dnnl::engine value(dnnl::engine::kind::cpu, 0);
  return value;
}

inline dnnl::stream& stream() {
  static thread_local dnnl::stream value(engine());
  return value;
}

}  // namespace tb
