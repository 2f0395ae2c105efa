// What a node of a traced graph means: the operation that it is, where it is one that plans know.
#pragma once

#include <initializer_list>
#include <unordered_map>

#include "program.h"

namespace tb {
namespace optimize {

namespace jit = torch::jit;

// Whether it is one of these operators of ATen.
bool named(const jit::Node* node, std::initializer_list<const char*> names);

// Whether it holds anything that the input decides.
bool depends(const Argument& argument);

using Arguments = std::unordered_map<const jit::Value*, Argument>;

class Meaning {
 public:
  // Both grow while the graph is gone through.
  Meaning(const Arguments& arguments, const std::vector<Value>& values) : arguments_(arguments), values_(values) {}

  // Whether its result is its input.
  bool same(const jit::Node* node, const std::vector<Argument>& arguments) const;

  // Fills in all of the operation but its output; false where no operation is meant.
  bool known(const jit::Node* node, const std::vector<Argument>& arguments, const at::Tensor& result, Operation& operation) const;

  c10::IValue constant(const jit::Node* node, const char* name) const { return argument(node, name).known; }
  const std::vector<int64_t>& sizes_of(const Argument& value) const { return values_[value.value].sizes; }

 private:
  const Argument& argument(const jit::Node* node, const char* name) const { return arguments_.at(node->namedInput(name)); }
  // Of rows and columns, for which one number may stand.
  std::vector<int64_t> pair(const jit::Node* node, const char* name) const;

  bool convolution(const jit::Node* node, Operation& operation) const;
  bool linear(const jit::Node* node, Operation& operation) const;
  bool linear_of_product(const jit::Node* node, Operation& operation) const;
  bool normalisation(const jit::Node* node, Operation& operation) const;
  bool sum(const jit::Node* node, Operation& operation) const;
  bool affine(const jit::Node* node, Operation& operation) const;
  bool part(const jit::Node* node, const at::Tensor& result, Operation& operation) const;
  bool joined(const jit::Node* node, Operation& operation) const;
  bool product(const jit::Node* node, Operation& operation) const;
  bool mean(const jit::Node* node, Operation& operation) const;
  bool global(const at::Tensor& result, Operation& operation) const;
  bool pool(const jit::Node* node, Kind kind, Operation& operation) const;
  bool averages_what_there_is(const at::Tensor& result, const Operation& operation) const;
  bool alias(const at::Tensor& result, Operation& operation) const;
  bool activation(const jit::Node* node, Operation& operation) const;

  const Arguments& arguments_;
  const std::vector<Value>& values_;
};

}  // namespace optimize
}  // namespace tb
