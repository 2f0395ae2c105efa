// Memory of a plan in one piece of huge pages: a network at batch 1 reads all of its weights once, and looking up their pages takes a part of that.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>

namespace tresnet::plan {

class Arena {
 public:
  static constexpr size_t alignment = 64;
  static size_t rounded(size_t bytes, size_t to = alignment) { return (bytes + to - 1) / to * to; }

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { std::free(data_); }

  void reserve(size_t bytes) {
    constexpr size_t huge_page = size_t{2} << 20;
    // Small ones would take a huge page for a few numbers.
    bool huge = bytes >= huge_page / 2;
    bytes_ = rounded(bytes > alignment ? bytes : alignment, huge ? huge_page : alignment);
    void* data = nullptr;
    if (posix_memalign(&data, huge ? huge_page : alignment, bytes_) != 0) throw std::bad_alloc();
    data_ = static_cast<char*>(data);
#ifdef MADV_HUGEPAGE
    if (huge) madvise(data_, bytes_, MADV_HUGEPAGE);
#endif
  }

  void swap(Arena& other) {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(taken_, other.taken_);
  }

  char* data() const { return data_; }
  size_t bytes() const { return bytes_; }

  // The next piece.
  char* take(size_t bytes) {
    auto* piece = data_ + taken_;
    taken_ += rounded(bytes);
    return piece;
  }

 private:
  char* data_ = nullptr;
  size_t bytes_ = 0;
  size_t taken_ = 0;
};

}  // namespace tresnet::plan
