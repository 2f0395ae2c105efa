// An optimised network computes in the types that it was made for, whatever the caller's thread is set to; and its tensors are used again in any mode,
// which those made in inference mode could not be.
#pragma once

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

namespace tb {
namespace optimize {

struct Apart {
  c10::InferenceMode normal{false};  // turns gradients on
  at::NoGradGuard no_grad;
  c10::impl::ExcludeDispatchKeyGuard no_autocast{c10::autocast_dispatch_keyset};
};

}  // namespace optimize
}  // namespace tb
