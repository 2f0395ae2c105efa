#include "scratch.h"

#include <sys/mman.h>

#include <mutex>
#include <new>
#include <vector>

namespace tresnet {

namespace {

struct Block {
  void* data;
  size_t bytes;
  bool taken;
};

// As many blocks as calls hold at once, each as large as it ever had to be.
struct Pool {
  std::mutex mutex;
  std::vector<Block> blocks;
};

Pool& pool() {
  static auto* value = new Pool();  // calls may outlive static objects
  return *value;
}

constexpr size_t huge_page = size_t{2} << 20;

void* map(size_t bytes) {
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) throw std::bad_alloc();
  madvise(data, bytes, MADV_HUGEPAGE);
  return data;
}

}  // namespace

Scratch::Scratch(size_t bytes) {
  if (bytes == 0) return;
  auto& all = pool();
  std::lock_guard<std::mutex> lock(all.mutex);
  // The smallest that is large enough; else the largest that is free grows.
  Block* best = nullptr;
  Block* largest = nullptr;
  for (auto& block : all.blocks) {
    if (block.taken) continue;
    if (block.bytes >= bytes && (best == nullptr || block.bytes < best->bytes)) best = &block;
    if (largest == nullptr || block.bytes > largest->bytes) largest = &block;
  }
  if (best == nullptr) {
    auto wanted = (bytes + huge_page - 1) / huge_page * huge_page;
    if (largest == nullptr) {
      all.blocks.reserve(all.blocks.size() + 1);
      all.blocks.push_back({map(wanted), wanted, false});
      best = &all.blocks.back();
    } else {
      auto* data = map(wanted);
      munmap(largest->data, largest->bytes);
      *largest = {data, wanted, false};
      best = largest;
    }
  }
  best->taken = true;
  data_ = best->data;
}

Scratch::~Scratch() {
  if (data_ == nullptr) return;
  auto& all = pool();
  std::lock_guard<std::mutex> lock(all.mutex);
  for (auto& block : all.blocks)
    if (block.data == data_) block.taken = false;
}

void Scratch::release() {
  auto& all = pool();
  std::lock_guard<std::mutex> lock(all.mutex);
  std::vector<Block> taken;
  for (const auto& block : all.blocks) {
    if (block.taken)
      taken.push_back(block);
    else
      munmap(block.data, block.bytes);
  }
  all.blocks.swap(taken);
}

}  // namespace tresnet
