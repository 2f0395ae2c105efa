// Shared by the bridge's translation units; nothing here is exported.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <string>
#include <vector>

#include "bridge.h"

// A loop that is compiled for several instruction sets, of which the processor's is taken.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TB_FOR_EACH_ISA __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TB_FOR_EACH_ISA
#endif

namespace tb {

void set_error(const char* message);

// Applies the process's thread count to the calling thread: OpenMP keeps it per thread, and a thread that never set
// it runs with libtorch's default (one, on Debian).
void enter_thread();

// Runs `body`, turning an exception into a status and a message without its backtrace.
template <class F>
int guarded(F&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& e) {
    set_error(e.what_without_backtrace());
  } catch (const std::exception& e) {
    set_error(e.what());
  } catch (...) {
    set_error("an unknown C++ exception");
  }
  return 1;
}

inline at::Tensor borrow(const void* impl) {
  if (impl == nullptr) return at::Tensor();
  auto* raw = static_cast<c10::TensorImpl*>(const_cast<void*>(impl));
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(raw));
}

inline void* release(at::Tensor tensor) {
  return tensor.defined() ? static_cast<void*>(tensor.unsafeReleaseTensorImpl()) : nullptr;
}

c10::Device to_device(int64_t packed);
int64_t from_device(c10::Device device);

// What an argument's schema type asks of a value; decided once per operator, so that a call does no type look-ups.
enum class Kind { Any, Tensor, Double, Int, Bool, IntList, DoubleList, BoolList, TensorList, OptionalTensorList, String };
struct Slot {
  Kind kind;
  int32_t fixed_size;  // of `int[2]`: one int fills the list
};
Slot slot_of(const c10::TypePtr& type);

c10::IValue to_ivalue(const tb_value& value, const Slot& slot);

// Flattens results into `out`: a tuple or a list of tensors takes one entry each. Returns how many there are; at most
// `capacity` are written, the rest is an error.
int32_t from_stack(const torch::jit::Stack& stack, const tb_value* inputs, int32_t input_count, tb_value* out, int32_t capacity);

// Whether convolutions may go by Winograd's algorithm.
bool may_use_winograd();

// max(a + b, 0) in one pass.
at::Tensor add_relu(const at::Tensor& a, const at::Tensor& b);

// While a network is traced: throws where the tensor depends on its input. What C# does with the values is not written down.
void refuse_to_read(const at::Tensor& tensor);

// Says that `result` is what the operator makes of these arguments: where autograd saves it, the arguments are kept in its place.
void remember_call(const at::Tensor& result, const c10::OperatorHandle& op, torch::jit::Stack stack);

}  // namespace tb
