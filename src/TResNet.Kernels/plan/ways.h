// Which of the ways to compute a layer is quickest on this machine.
#pragma once

#include "onednn_steps.h"
#include "step.h"
#include "wanted.h"

namespace tresnet::plan {

// With which algorithm, from which order to which, in which type, and whether the activation is a step of its own.
struct Way {
  Algorithm algorithm;
  Layout from;
  Layout to;
  bool activates_apart;
  bool slow;
  Type type = Type::Float32;
};

// What may be tried.
struct Choice {
  int32_t winograd;  // as tresnet_plan.h says
  Type type;      // of maps
  bool any_type;  // float32 too where `type` is bfloat16
  Wanted wanted;
};

// A convolution's, by trying, with what brings the input from `given`, as it lies, into the order that the way takes, and the result into that which maps
// of its size have, or, where it `adds`, what is added from `addend`; once for each size in the life of the process. Where oneDNN has nothing else, it
// is the slow way.
Way quickest_way(
    const Operation& operation, const Place& given, const Place& best_in, const Place& best_out, const Place* addend, const Choice& choice, Weights& weights);

// The steps of a way on these places; none where oneDNN has it not.
Steps steps_of(
    const Operation& operation, const Way& way, const Place& in, const Place& out, bool adds, int scratch, Weights& weights,
    size_t* scratch_bytes);

// A linear layer's: oneDNN's primitive or the loop of row_steps.cpp, with weights in this type.
struct LinearWay {
  bool loop;
  Type type;
};

LinearWay quickest_linear_way(const Operation& operation, const Place& in, const Place& out, const Choice& choice, Weights& weights);

}  // namespace tresnet::plan
