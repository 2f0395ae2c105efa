// What a forward keeps for its backward: tensors that autograd saves while a scope is open, counted by storage. libtorch asks its engine for
// the hooks of saved tensors; Python's saved_tensors_hooks go the same way.
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>

#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "internal.h"

namespace {

using torch::autograd::Engine;

thread_local bool counts = false;

// Storages that saved tensors hold now, and how many tensors hold each.
struct Holdings {
  std::mutex mutex;
  std::unordered_map<c10::StorageImpl*, int64_t> holders;

  void change(const at::Tensor& tensor, int64_t by) {
    if (!tensor.defined() || !tensor.has_storage()) return;
    std::lock_guard<std::mutex> lock(mutex);
    auto* storage = tensor.storage().unsafeGetStorageImpl();
    if ((holders[storage] += by) == 0) holders.erase(storage);
  }
};

Holdings& holdings() {
  static auto* value = new Holdings();  // graphs may outlive static objects
  return *value;
}

struct Counted : torch::autograd::SavedVariableHooks {
  at::Tensor saved;

  void call_pack_hook(const at::Tensor& tensor) override {
    saved = tensor.detach();
    holdings().change(saved, 1);
  }
  at::Tensor call_unpack_hook() override { return saved; }
  ~Counted() override { holdings().change(saved, -1); }
};

struct CountingEngine : Engine {
  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    if (!counts) return nullptr;
    return std::make_unique<Counted>();
  }
};

Engine& counting_engine() {
  static auto* engine = new CountingEngine();
  return *engine;
}

}  // namespace

// Until tb_saved_leave, what this thread's operators save is counted. Backward has to run after it.
TB_API int tb_saved_enter() {
  return tb::guarded([&] {
    TORCH_CHECK(!counts, "saved tensors are counted already");
    counts = true;
    torch::autograd::set_default_engine_stub(&counting_engine);
  });
}

// The bytes of the distinct storages that are held now; those of the `excluded` tensors (parameters) are left out.
TB_API int tb_saved_leave(void* const* excluded, int32_t excluded_count, int64_t* bytes) {
  return tb::guarded([&] {
    counts = false;
    torch::autograd::set_default_engine_stub(&Engine::get_base_engine);
    std::unordered_set<c10::StorageImpl*> known;
    for (int32_t i = 0; i < excluded_count; i++) known.insert(tb::borrow(excluded[i]).storage().unsafeGetStorageImpl());
    *bytes = 0;
    auto& held = holdings();
    std::lock_guard<std::mutex> lock(held.mutex);
    for (const auto& entry : held.holders)
      if (known.count(entry.first) == 0) *bytes += static_cast<int64_t>(entry.first->nbytes());
  });
}
