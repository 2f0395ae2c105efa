// Convolutions by oneDNN: which of its primitives a layer's passes are, and running them. One that is made serves all calls of its sizes.
#pragma once

#include <string>

#include "status.h"

namespace tresnet {
namespace convolution {

enum class Pass { Forward, ToInput, ToWeights };
enum class Algorithm { Direct, Winograd };

// Pixels of the output on a side.
inline int64_t out_size(const tresnet_convolution& c, int side) {
  return (c.in_size[side] + 2 * c.padding[side] - c.dilation[side] * (c.kernel[side] - 1) - 1) / c.stride[side] + 1;
}

// All take a checked convolution, and fail with TRESNET_UNAVAILABLE where oneDNN has no such code for this processor.

tresnet_passes pays(const tresnet_convolution& c);

void forward(
    const tresnet_convolution& c, Algorithm algorithm, const tresnet_operand& input, const tresnet_operand& weight, const void* bias,
    const tresnet_operand& output);

// The gradients whose data is not null.
void backward(
    const tresnet_convolution& c, Algorithm to_input, Algorithm to_weights, const tresnet_operand& doutput, const tresnet_operand& input,
    const tresnet_operand& weight, const tresnet_operand& dinput, const tresnet_operand& dweight);

// oneDNN's name of the code.
std::string code_of(const tresnet_convolution& c, Algorithm algorithm, Pass pass, bool channels_last);

}  // namespace convolution
}  // namespace tresnet
