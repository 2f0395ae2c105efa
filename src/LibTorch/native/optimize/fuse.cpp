// Operations that one pass over memory can do become one: the activation and the residual sum of a convolution, scales and shifts, the gate of an
// attention with the sum and the activation behind it.
#include "rewriting.h"

namespace tb {
namespace optimize {

namespace {

class Fusion : private Rewriting {
 public:
  explicit Fusion(Program& program) : Rewriting(program) {}

  void run() {
    for (size_t i = 0; i < operations_.size(); i++) affine(i);
    for (size_t i = 0; i < operations_.size(); i++) {
      if (dead_[i] || operations_[i].kind != Kind::Pointwise) continue;
      if (operations_[i].addend != none) sum(i);
      if (!operations_[i].activation.is_identity()) activation(i);
    }
    remove_dead();
  }

 private:
  // x, then f(x) of a result that nothing else reads: f becomes part of what made x.
  void activation(size_t i) {
    auto& f = operations_[i];
    if (f.addend != none || f.gate != none || f.scale.defined() || f.shift.defined()) return;
    int index;
    auto* maker = only_for(f.input, &index);
    if (maker == nullptr || !maker->activation.is_identity()) return;
    if (maker->kind != Kind::Convolution && maker->kind != Kind::Linear && maker->kind != Kind::Pointwise) return;
    maker->activation = f.activation;
    maker->output = f.output;
    producer_[f.output] = index;
    dead_[i] = true;
  }

  // a + b: what made one of them adds the other. It moves to the place of the sum, where both are known.
  void sum(size_t i) {
    for (auto wanted : {Kind::Pointwise, Kind::Convolution}) {
      int best = none;
      for (bool second : {false, true}) {
        auto& add = operations_[i];
        if (add.gate != none || add.scale.defined() || add.shift.defined()) return;
        int index;
        auto* maker = only_for(second ? add.addend : add.input, &index);
        if (maker == nullptr || maker->kind != wanted || !maker->activation.is_identity() || maker->addend != none) continue;
        // A convolution adds in the place of the other: nothing may read that later.
        int other = second ? add.input : add.addend;
        if (wanted == Kind::Convolution && (last_[other] > i || other == program_.input || add.input == add.addend)) continue;
        if (best == none || index > best) best = index;
      }
      if (best != none) {
        join(best, i);
        return;
      }
    }
  }

  void join(int index, size_t i) {
    auto add = operations_[i];
    auto joined = operations_[index];
    joined.addend = add.input == joined.output ? add.addend : add.input;
    joined.activation = add.activation;
    joined.output = add.output;
    for (int value : joined.reads()) last_[value] = std::max(last_[value], i);
    operations_[i] = std::move(joined);
    dead_[index] = true;
  }

  // x scale + shift of a result that nothing else reads: it becomes part of what made x.
  void affine(size_t i) {
    auto& f = operations_[i];
    if (dead_[i] || f.kind != Kind::Pointwise || f.addend != none || f.gate != none || (!f.scale.defined() && !f.shift.defined())) return;
    int index;
    auto* maker = only_for(f.input, &index);
    if (maker == nullptr || !maker->activation.is_identity() || maker->addend != none) return;
    auto times = [&](const at::Tensor& values) { return values.defined() && f.scale.defined() ? values * f.scale : values.defined() ? values : f.scale; };
    auto plus = [&](const at::Tensor& values) {
      auto scaled = values.defined() && f.scale.defined() ? values * f.scale : values;
      return scaled.defined() && f.shift.defined() ? scaled + f.shift : scaled.defined() ? scaled : f.shift;
    };
    if (maker->kind == Kind::Convolution) {
      if (f.scale.defined()) maker->weight = maker->weight * f.scale.view({-1, 1, 1, 1});
      maker->bias = plus(maker->bias);
    } else if (maker->kind == Kind::EvoNorm) {
      maker->evo.weight = times(maker->evo.weight);
      maker->evo.bias = plus(maker->evo.bias);
    } else if (maker->kind == Kind::Pointwise && (maker->gate == none || !f.scale.defined())) {
      if (maker->gate == none) maker->scale = times(maker->scale);
      maker->shift = plus(maker->shift);
    } else {
      return;
    }
    maker->activation = f.activation;
    maker->output = f.output;
    producer_[f.output] = index;
    dead_[i] = true;
  }
};

}  // namespace

void fuse(Program& program) {
  recognise(program);
  Fusion(program).run();
}

}  // namespace optimize
}  // namespace tb
