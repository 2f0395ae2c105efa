// In-place ABN (Rota Bulo et al., arXiv 1712.02616; arXiv 2003.13630, section 2.3): what its passes share. A channel whose inversion would lose
// digits (g far below |bias|, ELU's flat end) keeps its input, and no other does.
#pragma once

#include <cmath>
#include <memory>
#include <vector>

#include "buffer.h"
#include "normalisation.h"
#include "shared_statistics.h"

// What backward needs beside the result and the parameters.
struct tresnet_abn_kept {
  std::vector<double> mean;               // in the precision that is computed in
  std::vector<double> inverse_deviation;
  std::vector<int64_t> channels;          // that kept their inputs
  tresnet::Buffer inputs;                 // planes: [N, K, pixels]; rows: [N * pixels, K]
  double count = 0;                       // values behind the statistics, of all processes
  tresnet_map map = {};                   // of which sizes, type and order it was made
};

namespace tresnet {
namespace abn {

constexpr const char* name = "in-place ABN";

struct Parameters {
  tresnet_vector weight, bias;
};

struct Running {
  tresnet_vector mean, variance;
};

inline double scale_of(double weight, const tresnet_abn_options& options) {
  return options.has_weight_eps ? std::abs(weight) + options.weight_eps : weight;
}

inline Activation activation_of(const tresnet_abn_options& options) { return static_cast<Activation>(options.activation); }

// All of these take checked arguments. The result of `train` is null unless it `keeps`.
std::unique_ptr<tresnet_abn_kept> train(
    const tresnet_map& x, const tresnet_map& z, const Parameters& parameters, const Running& running, const tresnet_abn_options& options,
    bool keeps);
void evaluate(
    const tresnet_map& x, const tresnet_map& z, const Parameters& parameters, const Running& running, const tresnet_abn_options& options);
void differentiate(
    const tresnet_map& z, const tresnet_map& dz, const tresnet_map& dx, const Parameters& parameters, const Parameters& gradients,
    const tresnet_abn_options& options, const tresnet_abn_kept& kept);

}  // namespace abn
}  // namespace tresnet
