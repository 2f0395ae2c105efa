// Whether the kernels compute on this processor what they should: small maps, beside plain loops.
#include "checks.h"
#include "status.h"

namespace tresnet {

namespace {

using namespace reference;

double tolerance(tresnet_type type) { return type == TRESNET_FLOAT64 ? 1e-9 : type == TRESNET_FLOAT32 ? 1e-4 : 0.05; }

void demand(double found, tresnet_type type, const char* kernel) {
  if (found <= tolerance(type)) return;
  throw Error(TRESNET_FAILED, text(kernel, " of type ", type, " is wrong on this processor: its results are off by ", found));
}

void test_normalisation(tresnet_type type, bool channels_last) {
  constexpr Shape shape{2, 6, 45};
  for (auto f : {TRESNET_IDENTITY, TRESNET_LEAKY_RELU, TRESNET_ELU}) {
    NormalisationCase c{shape, type, channels_last, f};
    c.has_lossy_channels = true;
    demand(check_abn(c).most(), type, "in-place ABN");
  }
  for (auto f : {TRESNET_IDENTITY, TRESNET_RELU, TRESNET_LEAKY_RELU})
    demand(check_bn({shape, type, channels_last, f}).most(), type, "batch normalisation");
}

void test_convolution(const tresnet_convolution& c, tresnet_passes winograd, const char* kernel) {
  for (bool channels_last : {false, true}) demand(check_convolution(c, winograd, channels_last, channels_last, winograd == 0).most(), c.type, kernel);
}

void test() {
  for (auto type : {TRESNET_FLOAT32, TRESNET_FLOAT64, TRESNET_BFLOAT16}) {
    test_normalisation(type, false);
    test_normalisation(type, true);
    demand(check_add_relu(type, 1003), type, "add_relu");
  }
  for (auto type : {TRESNET_FLOAT32, TRESNET_FLOAT64})
    for (bool nesterov : {false, true}) demand(check_sgd(type, {7, 501}, nesterov, nesterov), type, "sgd");
  if (!tresnet_has_onednn()) return;
  test_convolution({2, 8, {9, 11}, 16, {3, 3}, {2, 2}, {1, 1}, {1, 1}, 1, TRESNET_FLOAT32, 0}, 0, "a convolution's direct algorithm");
  tresnet_convolution large{1, 16, {20, 20}, 16, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 1, TRESNET_FLOAT32, 0};
  if (auto passes = tresnet_convolution_pays(&large)) test_convolution(large, passes, "a convolution by Winograd's algorithm");
}

}  // namespace
}  // namespace tresnet

TRESNET_API tresnet_status tresnet_self_test(void) { return tresnet::guarded(tresnet::test); }
