// Statistics of several processes' values: what each counted is combined in forward, and the sums of the gradient in backward.
#pragma once

#include <vector>

#include "inplace_abn_kernels.h"

namespace tresnet {
namespace abn {

// Whether there are other processes.
bool has_others();

// Makes the moments of the channels those of all processes.
void combine(std::vector<Moments>& moments);

// The sums of all processes, whose products are those of the gradient with the normalised value.
std::vector<Sums> combined(const std::vector<Sums>& sums);

}  // namespace abn
}  // namespace tresnet
