// Every function against values worked out by hand.
using TorchSharp;
using TorchSharp.Modules;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace LibTorch.Tests.NN;

public sealed class FunctionalTests
{
    [Fact]
    public void Convolution_sums_products_over_windows()
    {
        // Ones over the ramp 0..8: sums of the four 2x2 windows; the bias adds 0.5.
        Equal([8.5, 12.5, 20.5, 24.5], F.conv2d(Ramp(1, 1, 3, 3), ones([1, 1, 2, 2], float64), tensor([0.5])));
    }

    [Fact]
    public void Convolution_does_not_flip_its_kernel()
    {
        Tensor kernel = tensor([0.0, 0, 0, 1], [1, 1, 2, 2]);

        Equal([4, 5, 7, 8], F.conv2d(Ramp(1, 1, 3, 3), kernel));
    }

    [Fact]
    public void Convolution_strides_pads_dilates_and_groups()
    {
        Tensor kernel = ones([1, 1, 2, 2], float64);
        Tensor input = Ramp(1, 1, 3, 3);

        Equal([0, 3, 9, 24], F.conv2d(input, kernel, strides: [2, 2], padding: [1, 1]));
        Equal([16], F.conv2d(input, kernel, dilation: [2, 2]));
        // Channels [0 1] and [2 3], each times two kernels of its own.
        Equal([0, 1, 0, 2, 8, 12, 10, 15], F.conv2d(Ramp(1, 2, 1, 2), tensor([1.0, 2, 4, 5], [4, 1, 1, 1]), groups: 2));
    }

    [Fact]
    public void Padding_by_rule_keeps_the_size_or_adds_nothing()
    {
        Tensor kernel = ones([1, 1, 3, 3], float64);
        Tensor input = Ramp(1, 1, 3, 3);

        Equal([8, 15, 12, 21, 36, 27, 20, 33, 24], F.conv2d_padding(input, kernel, padding: Padding.Same));
        Equal([36], F.conv2d_padding(input, kernel, padding: Padding.Valid));
    }

    [Fact]
    public void Linear_multiplies_by_the_transposed_weight()
    {
        Tensor weight = tensor([1.0, 2, 3, 4, 5, 6], [2, 3]);

        Equal([14, 32], F.linear(tensor([1.0, 2, 3], [1, 3]), weight));
        Equal([15, 30], F.linear(tensor([1.0, 2, 3], [1, 3]), weight, tensor([1.0, -2])));
    }

    [Fact]
    public void Average_pooling_takes_means_over_windows()
    {
        Tensor input = Ramp(1, 1, 3, 3);

        Equal([2, 3, 5, 6], F.avg_pool2d(input, 2, stride: 1));
        Equal([2], F.avg_pool2d(input, [2, 2]));
        Equal([0, 0.75, 2.25, 6], F.avg_pool2d(input, 2, padding: 1));
        Equal([0, 1.5, 4.5, 6], F.avg_pool2d(input, 2, padding: 1, count_include_pad: false));
        Equal([2, 3.5, 6.5, 8], F.avg_pool2d(input, 2, ceil_mode: true));
        Equal([8], F.avg_pool2d(input, 2, divisor_override: 1));
        Equal([3, 4, 5], F.avg_pool2d(input, (3, 1)));
    }

    [Fact]
    public void Maximum_pooling_takes_maxima_and_says_where_they_are()
    {
        Tensor input = Ramp(1, 1, 3, 3);

        Equal([4, 5, 7, 8], F.max_pool2d(input, 2, stride: 1));
        Equal([0, 2, 6, 8], F.max_pool2d(input, 2, padding: 1));
        Equal([8], F.max_pool2d(input, (2, 2), dilation: (2, 2)));
        (Tensor maxima, Tensor places) = F.max_pool2d_with_indices(-input, [2, 2], strides: [1, 1]);
        Equal([0, -1, -3, -4], maxima);
        Equal([0, 1, 3, 4], places);
    }

    [Fact]
    public void Adaptive_pooling_divides_the_plane_evenly()
    {
        // Three columns into two windows: columns 0-1 and 1-2.
        Equal([2, 3, 5, 6], F.adaptive_avg_pool2d(Ramp(1, 1, 3, 3), 2));
        Equal([4], F.adaptive_avg_pool2d(Ramp(1, 1, 3, 3), (1, 1)));
        Equal([1, 4, 7], F.adaptive_avg_pool2d(Ramp(1, 1, 3, 3), [3, 1]));
    }

    [Fact]
    public void Activations_follow_their_formulas()
    {
        double[] x = [-4, -1, -0.25, 0, 0.5, 2, 5];
        double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));
        void Check(Func<Tensor, bool, Tensor> activation, Func<double, double> formula)
        {
            double[] expected = Array.ConvertAll(x, v => formula(v));
            Equal(expected, activation(tensor(x), false), 1e-9);
            Tensor changed = tensor(x);
            using Tensor result = activation(changed, true);
            Equal(expected, changed, 1e-9);
            Equal(expected, result, 1e-9);
        }

        Check((t, inplace) => F.relu(t, inplace), v => Math.Max(v, 0));
        Check((t, inplace) => F.leaky_relu(t, 0.1, inplace), v => v > 0 ? v : 0.1 * v);
        Check((t, inplace) => F.silu(t, inplace), v => v * Sigmoid(v));
        Check((t, inplace) => F.sigmoid(t, inplace), Sigmoid);
        Check((t, inplace) => F.hardswish(t, inplace), v => v * Math.Clamp(v + 3, 0, 6) / 6);
        Check((t, inplace) => F.mish(t, inplace), v => v * Math.Tanh(Math.Log(1 + Math.Exp(v))));
        Check(
            (t, inplace) => F.gelu(t, GELU.Approximate.tanh, inplace),
            v => v / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)))
        );
    }

    [Fact]
    public void Exact_gelu_uses_the_normal_distribution()
    {
        // P(X <= 1) and P(X <= 2) of the standard normal distribution.
        Equal([0, 0.8413447460685429, 2 * 0.9772498680518208], F.gelu(tensor([0.0, 1, 2])), 1e-12);
    }

    [Fact]
    public void Softmax_gives_shares_that_sum_to_one()
    {
        Tensor logits = tensor([0.0, Math.Log(2), Math.Log(5)], [1, 3]);

        Equal([0.125, 0.25, 0.625], F.softmax(logits, 1));
        Equal([Math.Log(0.125), Math.Log(0.25), Math.Log(0.625)], F.log_softmax(logits, 1));
        Assert.Equal(float32, F.softmax(logits, 1, float32).dtype);
    }

    [Fact]
    public void Batch_norm_trains_on_the_batch_and_evaluates_on_running_statistics()
    {
        // One channel with 1, 3, 5, 7: mean 4, variance 5 (biased), 20/3 (unbiased).
        Tensor input = tensor([1.0, 3, 5, 7], [1, 1, 2, 2]);
        Tensor mean = tensor([2.0]);
        Tensor variance = tensor([9.0]);
        double[] z = [-3 / Math.Sqrt(5), -1 / Math.Sqrt(5), 1 / Math.Sqrt(5), 3 / Math.Sqrt(5)];

        Equal([-1 / 3.0, 1 / 3.0, 1, 5 / 3.0], F.batch_norm(input, mean, variance, eps: 0));
        Equal(
            Array.ConvertAll(z, v => 2 * v + 1),
            F.batch_norm(input, mean, variance, tensor([2.0]), tensor([1.0]), true, 0.25, 0)
        );
        Equal([2.5], mean);
        Equal([9 * 0.75 + 20 / 3.0 * 0.25], variance);
        Equal(z, F.batch_norm(input, null, null, training: true, eps: 0));
    }

    [Fact]
    public void Padding_fills_with_a_value_or_with_the_input()
    {
        Tensor row = tensor([1.0, 2, 3], [1, 1, 3]);

        Equal([9, 1, 2, 3, 9, 9], F.pad(row, [1, 2], PaddingModes.Constant, 9));
        Equal([0, 1, 2, 3, 0, 0], F.pad(row, (1, 2), PaddingModes.Zeros, 9));
        Equal([3, 2, 1, 2, 3, 2, 1], F.pad(row, (2, 2), PaddingModes.Reflect));
        Equal([1, 1, 1, 2, 3, 3], F.pad(row, (2, 1), PaddingModes.Replicate));
        Equal([2, 3, 1, 2, 3, 1], F.pad(row, (2, 1), PaddingModes.Circular));
        Equal([0, 0, 0, 0, 5, 0, 0, 0, 0], F.pad(full([1, 1], 5.0, dtype: float64), 1));
        Equal([0, 0, 7, 0, 0, 0], F.pad(full([1, 1, 1, 1], 7.0, dtype: float64), (0, 1, 1, 1)));
        Equal([1, 2], F.pad(row, [0, -1]));
    }

    [Fact]
    public void Interpolation_resizes_by_size_and_by_factor()
    {
        Tensor image = Ramp(1, 1, 4, 4);
        Tensor row = tensor([0.0, 2], [1, 1, 2]);

        Equal([0, 2, 8, 10], F.interpolate(image, [2, 2]));
        Equal([0, 2, 8, 10], F.interpolate(image, scale_factor: [0.5]));
        Equal([0, 0, 2, 2], F.interpolate(row, [4]));
        Equal([0, 0.5, 1.5, 2], F.interpolate(row, [4], mode: InterpolationMode.Linear));
        Equal([0, 2 / 3.0, 4 / 3.0, 2], F.interpolate(row, [4], mode: InterpolationMode.Linear, align_corners: true));
        Equal([2.5, 4.5, 10.5, 12.5], F.interpolate(image, [2, 2], mode: InterpolationMode.Bilinear));
        Equal([2.5, 4.5, 10.5, 12.5], F.interpolate(image, scale_factor: [0.5, 0.5], mode: InterpolationMode.Area));
        Equal([5, 7, 13, 15], F.interpolate(image, [2, 2], mode: InterpolationMode.NearestExact));
        // On a ramp that is linear in both directions, cubic interpolation between aligned corners is exact.
        Equal(
            [0, 1.5, 3, 6, 7.5, 9, 12, 13.5, 15],
            F.interpolate(image, [3, 3], mode: InterpolationMode.Bicubic, align_corners: true)
        );
        // PyTorch 1.13: F.interpolate(torch.arange(16.).view(1, 1, 4, 4), size=(2, 2), mode='bicubic', antialias=True)
        Equal(
            [2.9338841438, 4.7603306770, 10.2396697998, 12.0661153793],
            F.interpolate(image, [2, 2], mode: InterpolationMode.Bicubic, antialias: true),
            1e-6
        );
    }

    [Fact]
    public void Interpolation_says_which_arguments_do_not_go_together()
    {
        Tensor image = Ramp(1, 1, 4, 4);
        string Refused(Func<Tensor> call) => Assert.Throws<ArgumentException>(call).Message;

        Assert.Contains("either a size or a scale_factor", Refused(() => F.interpolate(image)));
        Assert.Contains("either a size or a scale_factor", Refused(() => F.interpolate(image, [2, 2], [0.5])));
        Assert.Contains("align_corners", Refused(() => F.interpolate(image, [2, 2], align_corners: true)));
        Assert.Contains("antialias", Refused(() => F.interpolate(image, [2, 2], antialias: true)));
        Assert.Contains("Linear", Refused(() => F.interpolate(image, [2, 2], mode: InterpolationMode.Linear)));
        Assert.Contains("3 numbers", Refused(() => F.interpolate(image, [2, 2, 2])));
        Assert.Contains("[4, 4]", Refused(() => F.interpolate(Ramp(4, 4), [2, 2])));
    }

    [Fact]
    public void Cross_entropy_is_the_negative_logarithm_of_the_targets_share()
    {
        // Shares 1/8, 2/8, 5/8 and, in the second row, 1/2, 1/4, 1/4.
        Tensor logits = tensor([0.0, Math.Log(2), Math.Log(5), Math.Log(2), 0, 0], [2, 3]);
        Tensor labels = tensor([2L, 0]);
        double first = Math.Log(8 / 5.0);
        double second = Math.Log(2);

        Equal([(first + second) / 2], F.cross_entropy(logits, labels));
        Equal([first + second], F.cross_entropy(logits, labels, reduction: nn.Reduction.Sum));
        Equal([first, second], F.cross_entropy(logits, labels, reduction: nn.Reduction.None));
        Equal([second], F.cross_entropy(logits, labels, ignore_index: 2));
        Equal([(3 * first + second) / 4], F.cross_entropy(logits, labels, tensor([1.0, 1, 3])));
        Equal([(first + second) / 2], F.nll_loss(F.log_softmax(logits, 1), labels));
        // Smoothing 0.3 spreads 0.1 to each class.
        double smoothed = 0.7 * first + 0.1 * (Math.Log(8) + Math.Log(4) + first);
        Equal([smoothed], F.cross_entropy(logits[..1], labels[..1], label_smoothing: 0.3));
        // The same as probabilities.
        Equal([smoothed], F.cross_entropy(logits[..1], tensor([0.1, 0.1, 0.8], [1, 3])));
    }

    [Fact]
    public void Losses_of_numbers_follow_their_formulas()
    {
        Tensor a = tensor([0.0, 1, 4]);
        Tensor b = tensor([0.5, 1, 2]);

        Equal([4.25 / 3], F.mse_loss(a, b));
        Equal([0.25, 0, 4], F.mse_loss(a, b, nn.Reduction.None));
        Equal([2.5], F.l1_loss(a, b, nn.Reduction.Sum));
        Equal([0.125, 0, 1.5], F.smooth_l1_loss(a, b, nn.Reduction.None));
        Equal(
            [-Math.Log(0.25), -Math.Log(0.5)],
            F.binary_cross_entropy(tensor([0.25, 0.5]), tensor([1.0, 0]), reduction: nn.Reduction.None)
        );
        Equal(
            [Math.Log(4), 3 * Math.Log(4)],
            F.binary_cross_entropy_with_logits(
                tensor([Math.Log(3), -Math.Log(3)]),
                tensor([0.0, 1]),
                reduction: nn.Reduction.None,
                pos_weights: tensor([3.0, 3])
            )
        );
    }

    [Fact]
    public void One_hot_puts_a_one_at_the_label()
    {
        Equal([0, 1, 0, 0, 1, 0, 0, 0], F.one_hot(tensor([1L, 0]), 4));
        Shape([2, 3], F.one_hot(tensor([1L, 2])));
    }

    [Fact]
    public void Dropout_zeroes_a_share_and_scales_the_rest()
    {
        manual_seed(1);
        float[] dropped = F.dropout(ones(10_000), 0.25).data<float>().ToArray();

        Assert.InRange(dropped.Count(v => v == 0), 2300, 2700);
        Assert.All(dropped.Where(v => v != 0), v => Assert.Equal(4 / 3f, v));
        Equal([1, 1, 1], F.dropout(ones(3), 0.9, training: false));
        Tensor changed = ones(3);
        F.dropout(changed, 1, inplace: true).Dispose();
        Equal([0, 0, 0], changed);
    }
}
