#include "normalisation.h"

#include <cmath>

#include "processor.h"

namespace tresnet {
namespace abn {

const Kernels<float>& kernels_of(float*, Activation f) {
  static const auto choose = TRESNET_BEST(float_kernels);
  return choose(f);
}
const Kernels<double>& kernels_of(double*, Activation f) {
  static const auto choose = TRESNET_BEST(double_kernels);
  return choose(f);
}
const Kernels<BFloat16>& kernels_of(BFloat16*, Activation f) {
  static const auto choose = TRESNET_BEST(bfloat16_kernels);
  return choose(f);
}

void check_map(const char* what, const tresnet_map* x) {
  require(x != nullptr && x->data != nullptr, what, " has no map");
  require(
      x->images > 0 && x->channels > 0 && x->pixels > 0, what, " takes [N, C, ...] with an element at least, not ", x->images, " images of ",
      x->channels, " channels and ", x->pixels, " pixels");
  typed(what, x->type, [](auto*) {});
}

void check_like(const char* what, const tresnet_map& x, const tresnet_map* other) {
  check_map(what, other);
  require(
      other->images == x.images && other->channels == x.channels && other->pixels == x.pixels, what, " has maps of several sizes: ", x.images, 'x',
      x.channels, 'x', x.pixels, " and ", other->images, 'x', other->channels, 'x', other->pixels);
  require(other->type == x.type, what, " has maps of several types");
  require(Layout(*other).in_rows == Layout(x).in_rows, what, " has maps of several orders");
}

void check_vector(const char* what, const char* which, const tresnet_vector& vector, bool may_be_absent) {
  if (vector.data == nullptr) {
    require(may_be_absent, what, " has no ", which);
  } else {
    typed(what, vector.type, [](auto*) {});
  }
}

std::vector<double> values_of(const tresnet_vector& vector, int64_t count) {
  std::vector<double> values(count);
  typed("a vector", vector.type, [&](auto* type) {
    auto* from = static_cast<decltype(type)>(vector.data);
    for (int64_t i = 0; i < count; i++) values[i] = load(from + i);
  });
  return values;
}

namespace {

template <class T>
T rounded(double value) {
  T result;
  store(&result, static_cast<typename Computed<T>::Type>(value));
  return result;
}

}  // namespace

void write(const tresnet_vector& vector, const std::vector<double>& values) {
  if (vector.data == nullptr) return;
  typed("a vector", vector.type, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    std::transform(values.begin(), values.end(), static_cast<T*>(vector.data), rounded<T>);
  });
}

// As libtorch's mul_ and add_ make it in the statistics' own type, with their roundings.
void follow(const tresnet_vector& running, const std::vector<double>& values, double momentum) {
  if (running.data == nullptr) return;
  typed("a vector", running.type, [&](auto* type) {
    using T = std::remove_pointer_t<decltype(type)>;
    using A = typename Computed<T>::Type;
    auto* target = static_cast<T*>(running.data);
    for (size_t c = 0; c < values.size(); c++) {
      auto value = rounded<T>(values[c]);
      store(target + c, load(target + c) * static_cast<A>(1 - momentum));
      store(target + c, std::fma(static_cast<A>(momentum), load(&value), load(target + c)));
    }
  });
}

}  // namespace abn
}  // namespace tresnet
