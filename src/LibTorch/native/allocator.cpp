// The memory of large tensors on the CPU. libtorch takes it from malloc, which gives it back to the system when it is freed; the system clears
// every page of it again for the next step, which takes a tenth of a network's time. Here freed memory waits for the next tensor, up to a
// share of the machine's memory.
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

#include "internal.h"

namespace {

constexpr size_t large = 256 << 10;    // below it, malloc keeps what is freed
constexpr size_t segment = 32 << 20;   // what the system is asked for at least
constexpr size_t share = 4;            // of the machine's memory, this part waits at most

size_t rounded(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

class Pool {
 public:
  // Null where the system has no more.
  void* take(size_t wanted) {
    if (wanted > SIZE_MAX / 2) return nullptr;
    auto size = rounded(wanted, page_);
    std::lock_guard<std::mutex> lock(mutex_);
    auto fit = idle_.lower_bound({size, nullptr});
    if (fit == idle_.end()) {
      auto length = rounded(size, segment);
      auto* begin = map(length);
      if (begin == MAP_FAILED) {
        drop();
        begin = map(length);
      }
      if (begin == MAP_FAILED) return nullptr;
      auto* first = static_cast<char*>(begin);
      blocks_[first] = {length, first, true, false};
      taken_ += length;
      fit = idle_.insert({length, first}).first;
    }
    auto at = blocks_.find(fit->second);
    auto& block = at->second;
    idle_.erase(fit);
    if (block.resident) waiting_ -= block.size;
    if (block.size - size >= large) {
      auto* rest = at->first + size;
      blocks_[rest] = {block.size - size, block.segment, true, block.resident};
      if (block.resident) waiting_ += block.size - size;
      idle_.insert({block.size - size, rest});
      block.size = size;
    }
    block.idle = false;
    return at->first;
  }

  // Whether the memory was the pool's.
  bool give(void* pointer) {
    std::lock_guard<std::mutex> lock(mutex_);
    auto at = blocks_.find(static_cast<char*>(pointer));
    if (at == blocks_.end() || at->second.idle) return false;
    auto& block = at->second;
    // What waits for another network than the one that runs now would wait for ever: all goes, and what is wanted comes back.
    if (waiting_ + block.size > most_) drop();
    block.idle = true;
    block.resident = block.size <= most_;
    if (block.resident)
      waiting_ += block.size;
    else
      madvise(at->first, block.size, MADV_DONTNEED);
    auto next = std::next(at);
    if (next != blocks_.end() && joins(at, next)) join(at, next);
    if (at != blocks_.begin() && joins(std::prev(at), at)) {
      auto before = std::prev(at);
      join(before, at);
      at = before;
    }
    idle_.insert({at->second.size, at->first});
    return true;
  }

  // Gives all that waits back to the system.
  void release() {
    std::lock_guard<std::mutex> lock(mutex_);
    drop();
  }

  void keep_at_most(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    most_ = bytes;
    if (waiting_ > most_) drop();
  }

  void count(int64_t* taken, int64_t* waiting) {
    std::lock_guard<std::mutex> lock(mutex_);
    *taken = static_cast<int64_t>(taken_);
    *waiting = static_cast<int64_t>(waiting_);
  }

 private:
  static void* map(size_t length) { return mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

  void drop() {
    for (auto at = blocks_.begin(); at != blocks_.end();) {
      auto next = std::next(at);
      if (at->second.idle) {
        auto whole = at->first == at->second.segment && (next == blocks_.end() || next->second.segment != at->second.segment);
        if (whole) {
          munmap(at->first, at->second.size);
          taken_ -= at->second.size;
          idle_.erase({at->second.size, at->first});
          blocks_.erase(at);
        } else {
          madvise(at->first, at->second.size, MADV_DONTNEED);
          at->second.resident = false;
        }
      }
      at = next;
    }
    waiting_ = 0;
  }

  struct Block {
    size_t size;
    char* segment;
    bool idle;
    bool resident;  // of an idle block: whether the system may hold some of it
  };
  using Blocks = std::map<char*, Block>;

  bool joins(Blocks::iterator first, Blocks::iterator second) const {
    // What waits already is in idle_; the one that comes is not, and both carry the flag.
    return first->second.idle && second->second.idle && first->second.segment == second->second.segment;
  }

  void join(Blocks::iterator first, Blocks::iterator second) {
    auto &a = first->second, &b = second->second;
    idle_.erase({a.size, first->first});
    idle_.erase({b.size, second->first});
    if (a.resident != b.resident) waiting_ += a.resident ? b.size : a.size;
    a.resident = a.resident || b.resident;
    a.size += b.size;
    blocks_.erase(second);
  }

  std::mutex mutex_;
  Blocks blocks_;  // all, by address
  std::set<std::pair<size_t, char*>> idle_;
  size_t taken_ = 0;    // from the system
  size_t waiting_ = 0;  // of it, what is idle and may be resident: never less than what is
  const size_t page_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  size_t most_ = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * page_ / share;
};

Pool& pool() {
  static auto* value = new Pool();  // tensors may outlive static objects
  return *value;
}

void give_back(void* pointer) {
  if (!pool().give(pointer)) c10::free_cpu(pointer);
}

// libtorch 2 has made `allocate` non-const and added `copy_data`: what a version does not have overrides nothing.
struct PooledAllocator final : c10::Allocator {
  at::DataPtr allocate(size_t size) const { return make(size); }
  at::DataPtr allocate(size_t size) { return make(size); }
  void copy_data(void* to, const void* from, size_t size) const { std::memcpy(to, from, size); }
  at::DeleterFnPtr raw_deleter() const override { return &give_back; }

 private:
  static at::DataPtr make(size_t size) {
    auto* data = size >= large ? pool().take(size) : nullptr;
    // libtorch's own words where there is no memory.
    if (data == nullptr) data = c10::alloc_cpu(size);
    return {data, data, &give_back, at::Device(at::kCPU)};
  }
};

const bool installed = [] {
  static auto* allocator = new PooledAllocator();
  c10::SetCPUAllocator(allocator, 1);
  return true;
}();

}  // namespace

// Gives the memory of freed tensors back to the system.
TB_API void tb_release_memory() { pool().release(); }

// How many bytes may be had at all, where that is less than the machine has, as in a container; a share of them waits at most.
TB_API void tb_set_memory(int64_t bytes) { pool().keep_at_most(static_cast<size_t>(bytes) / share); }

// The bytes that the pool has from the system, and how many of them no tensor has while the system may hold them in memory.
TB_API void tb_memory(int64_t* taken, int64_t* waiting) { pool().count(taken, waiting); }
