// What rewriting a program takes: who makes each value, how often it is read, and which operations are no more.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "program.h"

namespace tb {
namespace optimize {

// Operators that are one operation together.
void recognise(Program& program);

class Rewriting {
 protected:
  explicit Rewriting(Program& program) : program_(program), operations_(program.operations) { count(); }

  void remove_dead() {
    std::vector<Operation> kept;
    for (size_t i = 0; i < operations_.size(); i++)
      if (!dead_[i]) kept.push_back(std::move(operations_[i]));
    operations_ = std::move(kept);
  }

  // What makes a value that nothing else reads.
  Operation* only_for(int value, int* index = nullptr) {
    if (value == none || uses_[value] != 1 || producer_[value] == none) return nullptr;
    if (index != nullptr) *index = producer_[value];
    return &operations_[producer_[value]];
  }

  static bool is_named(const Operation& operation, const char* name) {
    return operation.kind == Kind::Torch && operation.node->kind() == c10::Symbol::fromQualString(std::string("aten::") + name);
  }

  Program& program_;
  std::vector<Operation>& operations_;
  std::vector<int> uses_, producer_;
  std::vector<size_t> last_;
  std::vector<bool> dead_;

 private:
  void count() {
    uses_.assign(program_.values.size(), 0);
    last_.assign(program_.values.size(), 0);
    producer_.assign(program_.values.size(), none);
    dead_.assign(operations_.size(), false);
    uses_[program_.output]++;
    last_[program_.output] = operations_.size();
    for (size_t i = 0; i < operations_.size(); i++) {
      for (int value : operations_[i].reads()) {
        uses_[value]++;
        last_[value] = std::max(last_[value], i);
      }
      for (int value : operations_[i].outputs) producer_[value] = static_cast<int>(i);
      if (operations_[i].output != none) producer_[operations_[i].output] = static_cast<int>(i);
    }
  }
};

}  // namespace optimize
}  // namespace tb
