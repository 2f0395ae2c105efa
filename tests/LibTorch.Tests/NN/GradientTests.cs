// Gradients against central differences in Float64.
using TorchSharp;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace LibTorch.Tests.NN;

public sealed class GradientTests
{
    [Fact]
    public void Of_convolution() =>
        GradientsMatch(
            t => F.conv2d(t[0], t[1], t[2], [2, 1], [1, 0], [1, 2], 2),
            Mixed(2, 4, 5, 6),
            Mixed(4, 2, 3, 2),
            Mixed(4)
        );

    [Fact]
    public void Of_linear() => GradientsMatch(t => F.linear(t[0], t[1], t[2]), Mixed(3, 4), Mixed(2, 4), Mixed(2));

    [Fact]
    public void Of_batch_norm_in_training() =>
        GradientsMatch(
            t => F.batch_norm(t[0], null, null, t[1], t[2], training: true),
            Mixed(3, 2, 2, 2),
            Mixed(2),
            Mixed(2)
        );

    [Fact]
    public void Of_batch_norm_in_evaluation()
    {
        Tensor mean = tensor([0.1, -0.2]);
        Tensor variance = tensor([0.5, 2.0]);
        GradientsMatch(t => F.batch_norm(t[0], mean, variance, t[1], t[2]), Mixed(3, 2, 2, 2), Mixed(2), Mixed(2));
    }

    [Fact]
    public void Of_activations()
    {
        GradientsMatch(t => F.leaky_relu(t[0], 0.2), Mixed(12));
        GradientsMatch(t => F.leaky_relu(t[0] * 1.0, 0.2, inplace: true), Mixed(12));
        GradientsMatch(t => F.relu(t[0]), Mixed(12));
        GradientsMatch(t => F.silu(t[0]), Mixed(12));
        GradientsMatch(t => F.sigmoid(t[0]), Mixed(12));
        GradientsMatch(t => F.hardswish(t[0]), Mixed(12));
        GradientsMatch(t => F.mish(t[0]), Mixed(12));
        GradientsMatch(t => F.gelu(t[0]), Mixed(12));
        GradientsMatch(t => F.softmax(t[0], 1), Mixed(3, 4));
        GradientsMatch(t => F.log_softmax(t[0], 1), Mixed(3, 4));
    }

    [Fact]
    public void Of_pooling()
    {
        GradientsMatch(t => F.avg_pool2d(t[0], 3, 2, 1, count_include_pad: false), Mixed(1, 2, 5, 5));
        GradientsMatch(t => F.max_pool2d(t[0], 3, 2, 1), Mixed(1, 2, 5, 5));
        GradientsMatch(t => F.adaptive_avg_pool2d(t[0], 2), Mixed(1, 2, 5, 5));
    }

    [Fact]
    public void Of_padding_and_interpolation()
    {
        GradientsMatch(t => F.pad(t[0], (1, 2, 1, 0), PaddingModes.Reflect), Mixed(1, 2, 3, 3));
        GradientsMatch(t => F.pad(t[0], (1, 2, 1, 0), PaddingModes.Replicate), Mixed(1, 2, 3, 3));
        GradientsMatch(
            t => F.interpolate(t[0], [5, 4], mode: InterpolationMode.Bilinear, align_corners: false),
            Mixed(1, 2, 3, 3)
        );
    }

    [Fact]
    public void Of_losses()
    {
        Tensor labels = tensor([1L, 0, 3]);
        Tensor weight = tensor([0.5, 1, 2, 1]);
        GradientsMatch(t => F.cross_entropy(t[0], labels, weight, label_smoothing: 0.1), Mixed(3, 4));
        GradientsMatch(t => F.mse_loss(t[0], t[1]), Mixed(3, 2), Ramp(3, 2));
        GradientsMatch(t => F.l1_loss(t[0], t[1]), Mixed(3, 2), Ramp(3, 2) - 2.5);
        GradientsMatch(t => F.smooth_l1_loss(t[0], t[1], beta: 0.5), Mixed(3, 2), Ramp(3, 2) - 2.5);
        GradientsMatch(t => F.binary_cross_entropy_with_logits(t[0], tensor([0.0, 1, 0.25])), Mixed(3));
    }
}
