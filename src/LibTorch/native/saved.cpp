// What a forward keeps for its backward. libtorch asks its engine for the hooks of tensors that autograd saves (Python's
// saved_tensors_hooks go the same way); ours count them by storage, and in the place of a tensor that is cheap to make again from tensors that
// are saved anyway keep how to make it.
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>
#include <torch/library.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "internal.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Engine;
using torch::autograd::variable_list;
using Storage = c10::StorageImpl;

Storage* storage_of(const at::Tensor& tensor) {
  return tensor.defined() && tensor.has_storage() ? tensor.storage().unsafeGetStorageImpl() : nullptr;
}

// --- counting

thread_local bool counts = false;

// Storages that saved tensors hold now, and how many tensors hold each.
struct Holdings {
  std::mutex mutex;
  std::unordered_map<Storage*, int64_t> holders;

  void change(const at::Tensor& tensor, int64_t by) {
    auto* storage = storage_of(tensor);
    if (storage == nullptr) return;
    std::lock_guard<std::mutex> lock(mutex);
    if ((holders[storage] += by) == 0) holders.erase(storage);
  }
};

Holdings& holdings() {
  static auto* value = new Holdings();  // graphs may outlive static objects
  return *value;
}

// --- making again

struct Recipe;

// A saved tensor: itself, or how to make what it is a view of.
class Saved {
 public:
  explicit Saved(const at::Tensor& tensor);
  Saved(const Saved&) = delete;
  Saved& operator=(const Saved&) = delete;
  ~Saved() {
    if (counted_) holdings().change(tensor_, -1);
  }
  at::Tensor get() const;

 private:
  at::Tensor tensor_;
  int64_t version_ = 0;
  bool counted_ = false;
  std::shared_ptr<const Recipe> recipe_;
  std::vector<int64_t> sizes_, strides_;
  int64_t offset_ = 0;
};

// An operator and what it was called with; a tensor list takes as many of `tensors` as it has elements.
struct Recipe {
  c10::OperatorHandle op;
  torch::jit::Stack arguments;  // without tensors
  std::vector<std::unique_ptr<Saved>> tensors;

  Recipe(c10::OperatorHandle op, torch::jit::Stack stack) : op(op), arguments(std::move(stack)) {
    for (auto& argument : arguments) {
      if (argument.isTensor()) {
        tensors.push_back(std::make_unique<Saved>(argument.toTensor()));
        argument = at::Tensor();
      } else if (argument.isTensorList()) {
        auto list = argument.toTensorVector();
        for (const auto& tensor : list) tensors.push_back(std::make_unique<Saved>(tensor));
        argument = std::vector<at::Tensor>(list.size());
      }
    }
  }

  at::Tensor make() const {
    at::NoGradGuard no_grad;
    torch::jit::Stack stack;
    auto next = tensors.begin();
    for (const auto& argument : arguments) {
      if (argument.isTensor()) {
        stack.push_back((*next++)->get());
      } else if (argument.isTensorList()) {
        std::vector<at::Tensor> list;
        for (size_t i = argument.toTensorVector().size(); i > 0; i--) list.push_back((*next++)->get());
        stack.push_back(list);
      } else {
        stack.push_back(argument);
      }
    }
    op.callBoxed(&stack);
    return stack[0].toTensor();
  }
};

// The tensors of this thread that can be made again, as long as they live.
struct Remembered {
  c10::weak_intrusive_ptr<Storage> storage;
  int64_t version;
  std::shared_ptr<const Recipe> recipe;
};
thread_local std::vector<Remembered> remembered;

void forget_the_dead() {
  remembered.erase(
      std::remove_if(remembered.begin(), remembered.end(), [](const Remembered& entry) { return entry.storage.expired(); }),
      remembered.end());
}

std::shared_ptr<const Recipe> recipe_of(const at::Tensor& tensor) {
  auto* storage = storage_of(tensor);
  for (const auto& entry : remembered)
    if (storage != nullptr && entry.storage._unsafe_get_target() == storage && entry.version == tensor._version()) return entry.recipe;
  return nullptr;
}

void remember(const at::Tensor& tensor, std::shared_ptr<const Recipe> recipe) {
  forget_the_dead();
  auto storage = c10::intrusive_ptr<Storage>::reclaim_copy(storage_of(tensor));
  remembered.push_back({c10::weak_intrusive_ptr<Storage>(storage), tensor._version(), std::move(recipe)});
}

Saved::Saved(const at::Tensor& tensor) : recipe_(recipe_of(tensor)) {
  if (recipe_) {
    sizes_ = tensor.sizes().vec();
    strides_ = tensor.strides().vec();
    offset_ = tensor.storage_offset();
    return;
  }
  tensor_ = tensor.detach();
  if (!tensor_.defined()) return;
  version_ = tensor_.is_inference() ? 0 : tensor_._version();
  counted_ = counts;
  if (counted_) holdings().change(tensor_, 1);
}

at::Tensor Saved::get() const {
  if (recipe_) return recipe_->make().as_strided(sizes_, strides_, offset_);
  TORCH_CHECK(
      !tensor_.defined() || tensor_.is_inference() || tensor_._version() == version_,
      "one of the variables needed for gradient computation has been modified by an inplace operation: a tensor of ", tensor_.sizes());
  return tensor_;
}

// --- the hooks

struct Hooks : torch::autograd::SavedVariableHooks {
  std::unique_ptr<Saved> saved;

  void call_pack_hook(const at::Tensor& tensor) override { saved = std::make_unique<Saved>(tensor); }
  at::Tensor call_unpack_hook() override {
    forget_the_dead();
    return saved->get();
  }
};

struct SavingEngine : Engine {
  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    if (!remembered.empty()) forget_the_dead();
    if (!counts && remembered.empty()) return nullptr;
    return std::make_unique<Hooks>();
  }
};

Engine& saving_engine() {
  static auto* engine = new SavingEngine();
  return *engine;
}

// The one engine of the process, from before any graph.
const bool installed = (torch::autograd::set_default_engine_stub(&saving_engine), true);

// --- max(a + b, 0), made again from its terms

at::Tensor add_relu(const at::Tensor& a, const at::Tensor& b) {
  at::AutoDispatchBelowADInplaceOrView below;
  return tb::add_relu(a, b);
}

struct AddRelu : torch::autograd::Function<AddRelu> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& a, const at::Tensor& b) {
    auto result = add_relu(a, b);
    // A term that is itself made again would make a chain: every other sum of a tower is kept.
    if (!recipe_of(b)) {
      static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("tresnet::add_relu", "");
      remember(result, std::make_shared<const Recipe>(op, torch::jit::Stack{a, b}));
    }
    context->save_for_backward({result});
    return result;
  }

  static variable_list backward(AutogradContext* context, variable_list grads) {
    auto gradient = at::threshold_backward(grads[0], context->get_saved_variables()[0], 0);
    return {gradient, gradient};
  }
};

at::Tensor add_relu_recorded(const at::Tensor& a, const at::Tensor& b) {
  if (at::GradMode::is_enabled() && (a.requires_grad() || b.requires_grad())) return AddRelu::apply(a, b);
  return add_relu(a, b);
}

TORCH_LIBRARY_FRAGMENT(tresnet, library) { library.def("add_relu(Tensor a, Tensor b) -> Tensor"); }
TORCH_LIBRARY_IMPL(tresnet, CPU, library) { library.impl("add_relu", add_relu); }
TORCH_LIBRARY_IMPL(tresnet, AutogradCPU, library) { library.impl("add_relu", add_relu_recorded); }

}  // namespace

namespace tb {

void remember_call(const at::Tensor& result, const c10::OperatorHandle& op, torch::jit::Stack stack) {
  if (at::GradMode::is_enabled() && result.requires_grad()) remember(result, std::make_shared<const Recipe>(op, std::move(stack)));
}

}  // namespace tb

// Until tb_saved_leave, what this thread's operators save is counted.
TB_API int tb_saved_enter() {
  return tb::guarded([&] {
    TORCH_CHECK(!counts, "saved tensors are counted already");
    counts = true;
  });
}

// The bytes of the distinct storages that are held now; those of the `excluded` tensors (parameters) are left out.
TB_API int tb_saved_leave(void* const* excluded, int32_t excluded_count, int64_t* bytes) {
  return tb::guarded([&] {
    counts = false;
    std::unordered_set<Storage*> known;
    for (int32_t i = 0; i < excluded_count; i++) known.insert(storage_of(tb::borrow(excluded[i])));
    *bytes = 0;
    auto& held = holdings();
    std::lock_guard<std::mutex> lock(held.mutex);
    for (const auto& entry : held.holders)
      if (known.count(entry.first) == 0) *bytes += static_cast<int64_t>(entry.first->nbytes());
  });
}
