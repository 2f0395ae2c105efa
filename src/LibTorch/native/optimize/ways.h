// Which of the ways to compute a convolution is quickest on this machine.
#pragma once

#include "onednn.h"
#include "step.h"

namespace tb {
namespace optimize {

// With which algorithm, from which order to which, and whether the activation is a step of its own.
struct Way {
  Algorithm algorithm;
  Layout from;
  Layout to;
  bool activates_apart;
  bool slow;
};

// By trying, with what brings the input and the result into the orders that the neighbours have; once for each size in the life of the process. Where
// oneDNN has nothing else, it is the slow way.
Way quickest_way(const Operation& operation, const Place& neighbour_in, const Place& neighbour_out, bool adds, Weights& weights);

// The steps of a way on these places; none where oneDNN has it not.
Steps steps_of(
    const Operation& operation, const Way& way, const Place& in, const Place& out, bool adds, int scratch, Weights& weights,
    size_t* scratch_bytes);

}  // namespace optimize
}  // namespace tb
