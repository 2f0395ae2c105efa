// The plain loops of plan_network.h.
#include "plan_network.h"

namespace plan_tests {

std::vector<Numbers> Network::reference(const std::vector<float>& input) const {
  std::vector<Numbers> values(sizes_.size());
  values[input_].assign(input.begin(), input.end());
  for (const auto& done : done_) {
    const auto& o = done.o;
    if (o.kind == TRESNET_OPAQUE) {
      std::vector<const Numbers*> in;
      std::vector<Numbers*> out;
      for (auto v : done.inputs) in.push_back(&values[v]);
      for (auto v : done.outputs) {
        values[v].resize(count_of(sizes_[v]));
        out.push_back(&values[v]);
      }
      done.reference(in, out);
      continue;
    }
    auto four = [](Sizes s) {
      s.resize(4, 1);
      return s;
    };
    const auto to = four(sizes_[o.output]), from = o.input ? four(sizes_[o.input]) : Sizes();
    auto& y = values[o.output];
    y.resize(count_of(sizes_[o.output]));
    const auto& x = values[o.input];
    auto at = [&](int64_t n, int64_t c, int64_t h, int64_t w) { return x[((n * from[1] + c) * from[2] + h) * from[3] + w]; };
    auto f = [&](double v) { return function_of(o.function, v, o.alpha, o.beta); };
    // g(n, c, h, w) for each number of the output.
    auto each = [&](auto g) {
      size_t i = 0;
      for (int64_t n = 0; n < to[0]; n++)
        for (int64_t c = 0; c < to[1]; c++)
          for (int64_t h = 0; h < to[2]; h++)
            for (int64_t w = 0; w < to[3]; w++, i++) y[i] = g(n, c, h, w, i);
    };
    auto mirrored = [](int64_t i, int64_t size) { return i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i; };
    switch (o.kind) {
      case TRESNET_CONVOLUTION: {
        int64_t each_in = from[1] / o.groups, each_out = to[1] / o.groups;
        each([&](int64_t n, int64_t c, int64_t h, int64_t w, size_t i) {
          double sum = o.bias[c];
          for (int64_t k = 0; k < each_in; k++)
            for (int64_t a = 0; a < o.kernel[0]; a++)
              for (int64_t b = 0; b < o.kernel[1]; b++) {
                int64_t yy = h * o.stride[0] + a * o.dilation[0] - o.padding[0], xx = w * o.stride[1] + b * o.dilation[1] - o.padding[1];
                if (yy < 0 || xx < 0 || yy >= from[2] || xx >= from[3]) continue;
                sum += at(n, c / each_out * each_in + k, yy, xx) * o.weight[((c * each_in + k) * o.kernel[0] + a) * o.kernel[1] + b];
              }
          return f(sum + (o.addend ? values[o.addend][i] : 0));
        });
        break;
      }
      case TRESNET_LINEAR:
        each([&](int64_t n, int64_t c, int64_t, int64_t, size_t) {
          double sum = o.bias[c];
          for (int64_t k = 0; k < from[1]; k++) sum += x[n * from[1] + k] * o.weight[c * from[1] + k];
          return f(sum);
        });
        break;
      case TRESNET_POINTWISE:
        for (size_t i = 0; i < y.size() && sizes_[o.output].size() != 4; i++) y[i] = f(x[i]);
        if (sizes_[o.output].size() != 4) break;
        each([&](int64_t n, int64_t c, int64_t, int64_t, size_t i) {
          double v = x[i];
          if (o.gate) v *= values[o.gate][n * to[1] + c];
          if (o.scale) v *= o.scale[c];
          if (o.shift) v += o.shift[c];
          if (o.addend) v += values[o.addend][i];
          return f(v);
        });
        break;
      case TRESNET_BLUR:
        each([&](int64_t n, int64_t c, int64_t h, int64_t w, size_t) {
          double sum = 0;
          for (int64_t a = -1; a <= 1; a++)
            for (int64_t b = -1; b <= 1; b++)
              sum += (2 - std::abs(a)) * (2 - std::abs(b)) / 16.0 * at(n, c, mirrored(h * o.stride[0] + a, from[2]), mirrored(w * o.stride[0] + b, from[3]));
          return sum;
        });
        break;
      case TRESNET_MAX_POOL:
      case TRESNET_AVERAGE_POOL:
        each([&](int64_t n, int64_t c, int64_t h, int64_t w, size_t) {
          double most = -1e300, sum = 0, count = 0;
          for (int64_t a = 0; a < o.kernel[0]; a++)
            for (int64_t b = 0; b < o.kernel[1]; b++) {
              int64_t yy = h * o.stride[0] + a - o.padding[0], xx = w * o.stride[1] + b - o.padding[1];
              bool inside = yy >= 0 && xx >= 0 && yy < from[2] && xx < from[3];
              if (inside) {
                most = std::max(most, at(n, c, yy, xx));
                sum += at(n, c, yy, xx);
              }
              if (inside || o.counts_padding) count++;
            }
          return o.kind == TRESNET_MAX_POOL ? most : sum / count;
        });
        break;
      case TRESNET_GLOBAL_MEAN:
      case TRESNET_GLOBAL_MAX:
        each([&](int64_t n, int64_t c, int64_t, int64_t, size_t) {
          double most = -1e300, sum = 0;
          for (int64_t h = 0; h < from[2]; h++)
            for (int64_t w = 0; w < from[3]; w++) {
              most = std::max(most, at(n, c, h, w));
              sum += at(n, c, h, w);
            }
          return o.kind == TRESNET_GLOBAL_MAX ? most : sum / static_cast<double>(from[2] * from[3]);
        });
        break;
      case TRESNET_SPACE_TO_DEPTH:
        each([&](int64_t n, int64_t c, int64_t h, int64_t w, size_t) {
          int64_t place = c / from[1];
          return at(n, c % from[1], h * o.patch + place / o.patch, w * o.patch + place % o.patch);
        });
        break;
      case TRESNET_ALIAS: y = x; break;
      case TRESNET_CHANNELS:
      case TRESNET_MIX:
        each([&](int64_t n, int64_t c, int64_t h, int64_t w, size_t) {
          double sum = 0;
          int64_t first = 0;
          for (size_t p = 0; p < done.parts.size(); p++) {
            const auto& part = done.parts[p];
            auto s = four(sizes_[part.value]);
            auto number = [&](int64_t channel) { return values[part.value][((n * s[1] + channel) * s[2] + h) * s[3] + w]; };
            if (o.kind == TRESNET_MIX)
              sum += number(part.from + c) * (o.gate ? values[o.gate][(n * static_cast<int64_t>(done.parts.size()) + static_cast<int64_t>(p)) * to[1] + c] : 1);
            else if (c >= first && c < first + part.count)
              return number(part.from + c - first);
            first += part.count;
          }
          return sum;
        });
        break;
      case TRESNET_EVO_NORM: {
        int64_t groups = o.running ? from[1] : o.groups, together = from[1] / groups, pixels = from[2] * from[3];
        each([&](int64_t n, int64_t c, int64_t, int64_t, size_t i) {
          double sum = 0, squares = 0, count = static_cast<double>(together * pixels);
          for (int64_t k = c / together * together * pixels; k < (c / together + 1) * together * pixels; k++) {
            double v = x[n * from[1] * pixels + k];
            sum += v;
            squares += v * v;
          }
          double deviation = std::sqrt(std::max(0.0, squares / count - sum * sum / count / count) + o.epsilon);
          if (o.running) return x[i] / std::max<double>(o.running[c], o.v[c] * x[i] + deviation) * o.weight[c] + o.bias[c];
          return x[i] / (1 + std::exp(-o.v[c] * x[i])) / deviation * o.weight[c] + o.bias[c];
        });
        break;
      }
      case TRESNET_CHANNEL_CONVOLUTION:
        each([&](int64_t n, int64_t c, int64_t, int64_t, size_t) {
          double sum = o.bias ? o.bias[0] : 0;
          for (int64_t k = 0; k < o.kernel[0]; k++)
            if (c + k - o.padding[0] >= 0 && c + k - o.padding[0] < from[1]) sum += o.weight[k] * x[n * from[1] + c + k - o.padding[0]];
          return f(sum);
        });
        break;
      case TRESNET_SOFTMAX: {
        int64_t groups = std::max<int64_t>(1, o.groups), run = count_of(sizes_[o.input]) / (from[0] * groups * o.count);
        for (int64_t n = 0; n < from[0]; n++)
          for (int64_t g = 0; g < groups; g++)
            for (int64_t c = 0; c < run; c++) {
              auto number = [&](int64_t k) { return x[((n * groups + g) * o.count + k) * run + c]; };
              double sum = 0;
              for (int64_t k = 0; k < o.count; k++) sum += std::exp(number(k));
              for (int64_t k = 0; k < o.count; k++) y[((n * o.count + k) * groups + g) * run + c] = std::exp(number(k)) / sum;
            }
        break;
      }
      case TRESNET_PAD:
        each([&](int64_t n, int64_t c, int64_t h, int64_t w, size_t) -> double {
          int64_t yy = h - o.padding[0], xx = w - o.padding[1];
          if (o.border == TRESNET_BORDER_CONSTANT && (yy < 0 || xx < 0 || yy >= from[2] || xx >= from[3])) return o.alpha;
          if (o.border == TRESNET_BORDER_REFLECT) return at(n, c, mirrored(yy, from[2]), mirrored(xx, from[3]));
          return at(n, c, std::min(std::max<int64_t>(yy, 0), from[2] - 1), std::min(std::max<int64_t>(xx, 0), from[3] - 1));
        });
        break;
      default: break;
    }
  }
  return values;
}

}  // namespace plan_tests
