// Values of the C ABI to and from IValue.
#include <c10/core/Device.h>

#include "internal.h"

namespace tb {

c10::Device to_device(int64_t packed) {
  return c10::Device(static_cast<c10::DeviceType>(packed >> 16), static_cast<c10::DeviceIndex>(packed & 0xffff));
}

int64_t from_device(c10::Device device) {
  auto index = device.has_index() ? device.index() : 0;
  return (static_cast<int64_t>(device.type()) << 16) | (index & 0xffff);
}

Slot slot_of(const c10::TypePtr& declared) {
  auto type = declared;
  if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
  switch (type->kind()) {
    case c10::TypeKind::TensorType: return {Kind::Tensor, 0};
    case c10::TypeKind::FloatType: return {Kind::Double, 0};
    case c10::TypeKind::IntType: return {Kind::Int, 0};
    case c10::TypeKind::BoolType: return {Kind::Bool, 0};
    case c10::TypeKind::StringType: return {Kind::String, 0};
    case c10::TypeKind::ListType: {
      auto element = type->castRaw<c10::ListType>()->getElementType();
      switch (element->kind()) {
        case c10::TypeKind::IntType: return {Kind::IntList, 0};
        case c10::TypeKind::FloatType: return {Kind::DoubleList, 0};
        case c10::TypeKind::BoolType: return {Kind::BoolList, 0};
        case c10::TypeKind::TensorType: return {Kind::TensorList, 0};
        case c10::TypeKind::OptionalType: return {Kind::OptionalTensorList, 0};
        default: return {Kind::Any, 0};
      }
    }
    default: return {Kind::Any, 0};
  }
}

template <class T, class U>
static c10::List<T> list_of(const tb_value& value) {
  c10::List<T> list;
  list.reserve(value.size);
  auto* items = static_cast<const U*>(value.pointer);
  for (int32_t i = 0; i < value.size; i++) list.push_back(static_cast<T>(items[i]));
  return list;
}

static c10::IValue tensor_list(const tb_value& value, bool optional) {
  auto* items = static_cast<const void* const*>(value.pointer);
  if (optional) {
    c10::List<c10::optional<at::Tensor>> list;
    list.reserve(value.size);
    for (int32_t i = 0; i < value.size; i++)
      list.push_back(items[i] == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(borrow(items[i])));
    return list;
  }
  c10::List<at::Tensor> list;
  list.reserve(value.size);
  for (int32_t i = 0; i < value.size; i++) list.push_back(borrow(items[i]));
  return list;
}

c10::IValue to_ivalue(const tb_value& value, const Slot& slot) {
  switch (value.tag) {
    case TB_NONE: return c10::IValue();
    case TB_TENSOR: return borrow(value.pointer);
    case TB_INT:
      if (slot.kind == Kind::Double) return static_cast<double>(value.integer);
      if (slot.kind == Kind::IntList)
        return std::vector<int64_t>(std::max(slot.fixed_size, 1), value.integer);
      return value.integer;
    case TB_DOUBLE: return value.real;
    case TB_BOOL: return value.integer != 0;
    case TB_STRING: return std::string(static_cast<const char*>(value.pointer), value.size);
    case TB_INT_LIST:
      if (slot.kind == Kind::DoubleList) return list_of<double, int64_t>(value);
      return list_of<int64_t, int64_t>(value);
    case TB_DOUBLE_LIST: return list_of<double, double>(value);
    case TB_BOOL_LIST: return list_of<bool, uint8_t>(value);
    case TB_TENSOR_LIST: return tensor_list(value, slot.kind == Kind::OptionalTensorList);
    case TB_DEVICE: return to_device(value.integer);
    case TB_GENERATOR: {
      auto* raw = static_cast<c10::GeneratorImpl*>(const_cast<void*>(value.pointer));
      return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(raw));
    }
    default: TORCH_CHECK(false, "the bridge does not know the value tag ", value.tag);
  }
}

// The bytes that the call itself allocated: nothing where the result shares an input's storage (views, in-place).
static int64_t fresh_bytes(const at::Tensor& tensor, const tb_value* inputs, int32_t count) {
  if (!tensor.has_storage()) return 0;
  auto* storage = tensor.storage().unsafeGetStorageImpl();
  auto shares = [storage](const void* impl) {
    auto* raw = static_cast<c10::TensorImpl*>(const_cast<void*>(impl));
    return raw != nullptr && raw->has_storage() && raw->storage().unsafeGetStorageImpl() == storage;
  };
  for (int32_t i = 0; i < count; i++) {
    if (inputs[i].tag == TB_TENSOR && shares(inputs[i].pointer)) return 0;
    if (inputs[i].tag == TB_TENSOR_LIST) {
      auto* items = static_cast<const void* const*>(inputs[i].pointer);
      for (int32_t j = 0; j < inputs[i].size; j++)
        if (shares(items[j])) return 0;
    }
  }
  return static_cast<int64_t>(storage->nbytes());
}

namespace {

struct Writer {
  const tb_value* inputs;
  int32_t input_count;
  tb_value* out;
  int32_t capacity;
  int32_t count = 0;

  tb_value& next(tb_tag tag) {
    TORCH_CHECK(count < capacity, "the call returned more than the ", capacity, " results that were asked for");
    auto& value = out[count++];
    value.tag = tag;
    value.size = 0;
    value.bytes = 0;
    return value;
  }

  void tensor(const at::Tensor& t) {
    auto& value = next(TB_TENSOR);
    value.bytes = t.defined() ? fresh_bytes(t, inputs, input_count) : 0;
    value.pointer = release(t);
  }

  void write(const c10::IValue& v) {
    if (v.isTensor()) tensor(v.toTensor());
    else if (v.isNone()) next(TB_NONE).integer = 0;
    else if (v.isBool()) next(TB_BOOL).integer = v.toBool();
    else if (v.isInt()) next(TB_INT).integer = v.toInt();
    else if (v.isDouble()) next(TB_DOUBLE).real = v.toDouble();
    else if (v.isTuple()) { for (const auto& element : v.toTupleRef().elements()) write(element); }
    else if (v.isTensorList()) { for (const at::Tensor& t : v.toTensorVector()) tensor(t); }
    else if (v.isIntList()) { for (int64_t i : v.toIntVector()) next(TB_INT).integer = i; }
    else if (v.isList()) { for (const c10::IValue& element : v.toListRef()) write(element); }
    else if (v.isScalar()) {
      auto scalar = v.toScalar();
      if (scalar.isFloatingPoint()) next(TB_DOUBLE).real = scalar.toDouble();
      else next(TB_INT).integer = scalar.toLong();
    }
    else TORCH_CHECK(false, "a result of type ", v.tagKind(), " cannot be handed to C#");
  }
};

}  // namespace

int32_t from_stack(const torch::jit::Stack& stack, const tb_value* inputs, int32_t input_count, tb_value* out, int32_t capacity) {
  Writer writer{inputs, input_count, out, capacity};
  try {
    for (const auto& v : stack) writer.write(v);
  } catch (...) {
    for (int32_t i = 0; i < writer.count; i++)
      if (out[i].tag == TB_TENSOR) tb_tensor_release(const_cast<void*>(out[i].pointer));
    throw;
  }
  return writer.count;
}

}  // namespace tb
