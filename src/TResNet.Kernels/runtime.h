// Settings of the process.
#pragma once

#include "status.h"

namespace tresnet {

// The number of threads that a loop on this thread gets.
int thread_count();

// Whether convolutions may go by Winograd's algorithm.
bool may_use_winograd();

}  // namespace tresnet
