// Mixed precision: a scope in which libtorch runs convolutions and products in a smaller type, as torch.autocast does.
#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include "internal.h"

namespace {

namespace amp = at::autocast;

// libtorch 2.4 named these by device; before, CUDA's have no name in them.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
bool is_on(c10::DeviceType type) { return amp::is_autocast_enabled(type); }
void turn(c10::DeviceType type, bool on) { amp::set_autocast_enabled(type, on); }
at::ScalarType get_type(c10::DeviceType type) { return amp::get_autocast_dtype(type); }
void set_type(c10::DeviceType type, at::ScalarType dtype) { amp::set_autocast_dtype(type, dtype); }
#else
bool is_on(c10::DeviceType type) { return type == c10::kCPU ? amp::is_cpu_enabled() : amp::is_enabled(); }
void turn(c10::DeviceType type, bool on) { type == c10::kCPU ? amp::set_cpu_enabled(on) : amp::set_enabled(on); }
at::ScalarType get_type(c10::DeviceType type) {
  return type == c10::kCPU ? amp::get_autocast_cpu_dtype() : amp::get_autocast_gpu_dtype();
}
void set_type(c10::DeviceType type, at::ScalarType dtype) {
  type == c10::kCPU ? amp::set_autocast_cpu_dtype(dtype) : amp::set_autocast_gpu_dtype(dtype);
}
#endif

// What held before the scope.
struct Autocast {
  c10::DeviceType type;
  bool on;
  at::ScalarType dtype;
};

}  // namespace

// libtorch's state is the thread's: the thread that entered leaves, the last one first. A negative dtype turns it off inside.
TB_API int tb_autocast_enter(int device_type, int dtype, void** result) {
  return tb::guarded([&] {
    auto type = static_cast<c10::DeviceType>(device_type);
    TORCH_CHECK(type == c10::kCPU || type == c10::kCUDA, "autocast is for cpu and cuda");
    *result = new Autocast{type, is_on(type), get_type(type)};
    amp::increment_nesting();
    turn(type, dtype >= 0);
    if (dtype >= 0) set_type(type, static_cast<at::ScalarType>(dtype));
  });
}

// Weights are cast once a scope; the casts go with the outermost one, as the weights change after it.
TB_API int tb_autocast_leave(void* pointer) {
  return tb::guarded([&] {
    auto* before = static_cast<Autocast*>(pointer);
    turn(before->type, before->on);
    set_type(before->type, before->dtype);
    if (amp::decrement_nesting() == 0) amp::clear_cache();
    delete before;
  });
}
