// In-place ABN's passes, without what the dispatcher and autograd make of them.
#pragma once

#include <ATen/ATen.h>

#include <utility>

#include "inplace_abn_kernels.h"

namespace tb {
namespace abn {

struct Options {
  double momentum;
  double eps;
  c10::optional<double> weight_eps;
  Activation activation;
  double slope;
};

// What backward needs beside the result and the parameters.
struct Kept {
  at::Tensor mean;            // [C], in the type that is computed in
  at::Tensor inverse_deviation;  // [C]
  at::Tensor inputs;          // planes: [N, K, pixels]; rows: [N * pixels, K]; undefined where all channels invert
  at::Tensor channels;        // [K]
  double count = 0;           // values behind the statistics, of all processes
};

struct Gradients {
  at::Tensor input;
  at::Tensor weight;
  at::Tensor bias;
};

// The result is `x` itself with `in_place`; what backward needs is kept where `keeps` says so, which is for training.
std::pair<at::Tensor, Kept> forward(
    const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const c10::optional<at::Tensor>& running_mean,
    const c10::optional<at::Tensor>& running_var, bool training, const Options& options, bool in_place, bool keeps);

// Of the result `z` and its gradient `dz`.
Gradients backward(
    const at::Tensor& z, const at::Tensor& dz, const at::Tensor& weight, const at::Tensor& bias, const Kept& kept, const Options& options);

// Adds, in place, what the other processes have under the same positions, and returns 0; null where there is no other process.
using Reducer = int (*)(double* values, int64_t count);

// Makes the statistics those of all processes.
void reduce_with(Reducer add);

}  // namespace abn
}  // namespace tb
