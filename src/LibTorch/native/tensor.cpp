// Tensors: lifetime, description, host memory, gradients held.
#include <cstring>

#include <torch/csrc/autograd/variable.h>

#include "internal.h"

TB_API void tb_tensor_release(void* impl) {
  if (impl != nullptr) c10::raw::intrusive_ptr::decref(static_cast<c10::TensorImpl*>(impl));
}

TB_API int tb_tensor_dim(const void* impl) { return static_cast<int>(static_cast<const c10::TensorImpl*>(impl)->dim()); }

TB_API int64_t tb_tensor_numel(const void* impl) { return static_cast<const c10::TensorImpl*>(impl)->numel(); }

TB_API int tb_tensor_dtype(const void* impl) {
  return static_cast<int>(c10::typeMetaToScalarType(static_cast<const c10::TensorImpl*>(impl)->dtype()));
}

TB_API int64_t tb_tensor_device(const void* impl) {
  return tb::from_device(static_cast<const c10::TensorImpl*>(impl)->device());
}

TB_API int tb_tensor_sizes(const void* impl, int64_t* sizes) {
  return tb::guarded([&] {
    auto values = static_cast<const c10::TensorImpl*>(impl)->sizes();
    std::copy(values.begin(), values.end(), sizes);
  });
}

TB_API int tb_tensor_strides(const void* impl, int64_t* strides) {
  return tb::guarded([&] {
    auto values = static_cast<const c10::TensorImpl*>(impl)->strides();
    std::copy(values.begin(), values.end(), strides);
  });
}

TB_API int tb_tensor_is_contiguous(const void* impl, int memory_format, int* result) {
  return tb::guarded([&] { *result = tb::borrow(impl).is_contiguous(static_cast<c10::MemoryFormat>(memory_format)); });
}

TB_API int tb_tensor_data_ptr(const void* impl, void** result) {
  return tb::guarded([&] {
    auto tensor = tb::borrow(impl);
    tb::refuse_to_read(tensor);
    *result = tensor.data_ptr();
  });
}

// Where the storage is, so that bytes can be counted once however many tensors share them.
TB_API int tb_tensor_storage(const void* impl, int64_t* address, int64_t* bytes) {
  return tb::guarded([&] {
    auto tensor = tb::borrow(impl);
    *address = tensor.has_storage() ? reinterpret_cast<int64_t>(tensor.storage().unsafeGetStorageImpl()) : 0;
    *bytes = tensor.has_storage() ? static_cast<int64_t>(tensor.storage().nbytes()) : 0;
  });
}

// A contiguous CPU tensor with a copy of `data`.
TB_API int tb_tensor_from_host(const void* data, const int64_t* sizes, int32_t dim, int32_t dtype, void** result) {
  return tb::guarded([&] {
    auto tensor = at::empty(at::IntArrayRef(sizes, dim), at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype)));
    if (tensor.nbytes() > 0) std::memcpy(tensor.data_ptr(), data, tensor.nbytes());
    *result = tb::release(std::move(tensor));
  });
}

// Copies the elements, in row-major order, to `data`, which has room for numel * itemsize bytes.
TB_API int tb_tensor_to_host(const void* impl, void* data) {
  return tb::guarded([&] {
    tb::refuse_to_read(tb::borrow(impl));
    auto tensor = tb::borrow(impl).detach().to(at::kCPU).contiguous();
    if (tensor.nbytes() > 0) std::memcpy(data, tensor.data_ptr(), tensor.nbytes());
  });
}

TB_API int tb_tensor_requires_grad(const void* impl) { return tb::borrow(impl).requires_grad(); }

TB_API int tb_tensor_set_requires_grad(void* impl, int value) {
  return tb::guarded([&] { tb::borrow(impl).requires_grad_(value != 0); });
}

TB_API int tb_tensor_is_leaf(const void* impl) { return tb::borrow(impl).is_leaf(); }

TB_API int tb_tensor_grad(const void* impl, void** result) {
  return tb::guarded([&] { *result = tb::release(tb::borrow(impl).grad()); });
}

TB_API int tb_tensor_set_grad(void* impl, const void* grad) {
  return tb::guarded([&] { tb::borrow(impl).mutable_grad() = tb::borrow(grad); });
}

// Another handle on the same tensor: the same TensorImpl, one more owner.
TB_API void* tb_tensor_alias(void* impl) { return tb::release(tb::borrow(impl)); }

// Counts what was written to it.
TB_API uint64_t tb_tensor_version(void* impl) {
  auto tensor = tb::borrow(impl);
  return tensor.is_inference() ? 0 : tensor._version();
}
