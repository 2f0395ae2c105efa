// Memory that a call needs for itself, and the next call again. Apart from the C library's: blocks of a step would lie between its feature maps, and
// what is freed around them would be too small for the next ones.
#pragma once

#include <cstddef>
#include <utility>

namespace tresnet {

class Scratch {
 public:
  Scratch() = default;
  explicit Scratch(size_t bytes);
  Scratch(const Scratch&) = delete;
  Scratch(Scratch&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  Scratch& operator=(Scratch&& other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  ~Scratch();

  // Null where it is empty.
  void* data() const { return data_; }

  // Gives what no call holds back to the system.
  static void release();

 private:
  void* data_ = nullptr;
};

}  // namespace tresnet
