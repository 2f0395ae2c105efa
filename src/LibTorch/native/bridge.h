// The C ABI between src/LibTorch/Interop and libtorch. Every function returns 0, or 1 with a message in
// tb_last_error(); no C++ exception crosses. Tensors travel as owned TensorImpl pointers: whoever receives one
// releases it with tb_tensor_release.
#pragma once

#include <cstdint>

#define TB_API extern "C" __attribute__((visibility("default")))

enum tb_tag : int32_t {
  TB_NONE = 0,
  TB_TENSOR = 1,        // pointer: TensorImpl*, null for an undefined tensor
  TB_INT = 2,           // also dtypes, layouts and memory formats, as in ATen's schemas
  TB_DOUBLE = 3,
  TB_BOOL = 4,
  TB_STRING = 5,        // pointer: UTF-8, size bytes
  TB_INT_LIST = 6,      // pointer: int64_t[size]
  TB_DOUBLE_LIST = 7,   // pointer: double[size]
  TB_BOOL_LIST = 8,     // pointer: uint8_t[size]
  TB_TENSOR_LIST = 9,   // pointer: TensorImpl*[size], null where an optional tensor is absent
  TB_DEVICE = 10,       // integer: type << 16 | (index & 0xffff)
  TB_GENERATOR = 11,    // pointer: GeneratorImpl*
  TB_DEFAULT = 12,      // the default of the operator's schema
};

struct tb_value {
  int32_t tag;
  int32_t size;
  union {
    int64_t integer;
    double real;
    const void* pointer;
  };
  int64_t bytes;  // of a returned tensor: the storage that this call allocated; of a returned list: unused
};

TB_API const char* tb_last_error();

TB_API void tb_tensor_release(void* impl);
