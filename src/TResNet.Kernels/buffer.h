// Memory of the C library, aligned for vectors and not set to anything: so it counts, and is given back, with libtorch's.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace tresnet {

class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t bytes) : bytes_(bytes) {
    if (bytes > 0 && posix_memalign(&data_, 64, bytes) != 0) throw std::bad_alloc();
  }
  Buffer(Buffer&& other) noexcept : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Buffer() { std::free(data_); }

  // Null where it is empty.
  template <class T = void>
  T* data() const { return static_cast<T*>(data_); }
  size_t bytes() const { return bytes_; }

 private:
  void* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace tresnet
