// Layers: shapes, settings, training and evaluation mode.
using TorchSharp;
using TorchSharp.Modules;
using static LibTorch.Tests.NN.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace LibTorch.Tests.NN;

public sealed class LayerTests
{
    [Fact]
    public void Convolutions_have_the_shapes_their_settings_give()
    {
        Tensor image = zeros(2, 4, 9, 8);

        Shape([2, 6, 5, 4], Conv2d(4, 6, 3, stride: 2, padding: 1).call(image));
        Shape([2, 6, 9, 7], Conv2d(4, 6, (1, 2)).call(image));
        Shape([2, 6, 5, 8], Conv2d(4, 6, (1, 3), (2, 1), (0, 1)).call(image));
        Shape([2, 6, 9, 8], Conv2d(4, 6, 4, Padding.Same).call(image));
        Shape([2, 6, 6, 4], Conv2d(4, 6, (4, 5), Padding.Valid).call(image));
        Shape([6, 7, 6], Conv2d(4, 6, 3).call(zeros(4, 9, 8)));
        Shape([6, 2, 3, 3], Conv2d(4, 6, 3, groups: 2).weight);
        Assert.Null(Conv2d(4, 6, 3, bias: false).bias);
        Assert.Equal(float64, Conv2d(1, 1, 1, dtype: float64).weight.dtype);
    }

    [Theory]
    [InlineData(PaddingModes.Zeros, 0, 0)]
    [InlineData(PaddingModes.Reflect, 2, 2)]
    [InlineData(PaddingModes.Replicate, 1, 3)]
    [InlineData(PaddingModes.Circular, 3, 1)]
    public void Convolution_pads_as_its_mode_says(PaddingModes mode, double left, double right)
    {
        // The kernel [1 0 0] reads the left neighbour and [0 0 1] the right one.
        using Conv2d conv = Conv2d(1, 2, (1, 3), padding: (0, 1), padding_mode: mode, bias: false, dtype: float64);
        using (no_grad())
        {
            conv.weight.copy_(tensor([1.0, 0, 0, 0, 0, 1], [2, 1, 1, 3]));
        }

        Equal([left, 1, 2, 2, 3, right], conv.call(tensor([1.0, 2, 3], [1, 1, 1, 3])));
    }

    [Fact]
    public void Impossible_convolutions_are_refused()
    {
        Assert.Contains("groups", Assert.Throws<ArgumentException>(() => Conv2d(4, 6, 3, groups: 4)).Message);
        Assert.Contains(
            "stride 1",
            Assert.Throws<ArgumentException>(() => Conv2d(4, 6, 3, Padding.Same, stride: 2)).Message
        );
    }

    [Fact]
    public void Batch_norm_learns_statistics_in_training_and_uses_them_in_evaluation()
    {
        using BatchNorm2d bn = BatchNorm2d(1, eps: 0, momentum: 0.5, dtype: float64);
        Tensor input = tensor([1.0, 3, 5, 7], [1, 1, 2, 2]);

        Equal([-3 / Math.Sqrt(5), -1 / Math.Sqrt(5), 1 / Math.Sqrt(5), 3 / Math.Sqrt(5)], bn.call(input));
        Equal([2], bn.running_mean!);
        Equal([0.5 + 10 / 3.0], bn.running_var!);
        Equal([1], bn.num_batches_tracked!);

        bn.eval();
        double deviation = Math.Sqrt(0.5 + 10 / 3.0);
        Equal([-1 / deviation, 1 / deviation, 3 / deviation, 5 / deviation], bn.call(input));
        Equal([2], bn.running_mean!);
        Equal([1], bn.num_batches_tracked!);

        bn.reset_running_stats();
        Equal([0], bn.running_mean!);
        Equal([1], bn.running_var!);
        Equal([0], bn.num_batches_tracked!);
    }

    [Fact]
    public void Batch_norm_without_momentum_averages_over_all_batches()
    {
        using BatchNorm2d bn = BatchNorm2d(1, dtype: float64);
        bn.momentum = null;

        bn.call(full([1, 1, 2, 1], 3.0, dtype: float64));
        bn.call(full([1, 1, 2, 1], 6.0, dtype: float64));
        bn.call(full([1, 1, 2, 1], 12.0, dtype: float64));

        Equal([7], bn.running_mean!);
    }

    [Fact]
    public void Batch_norm_without_statistics_or_weights_has_none()
    {
        using BatchNorm2d bn = BatchNorm2d(2, affine: false, track_running_stats: false);

        Assert.Empty(bn.state_dict());
        bn.eval();
        Equal([-1, -1, 1, 1], bn.call(tensor([0f, 5, 2, 9], [2, 2, 1, 1])), 1e-4);
        Assert.Contains("[2, 2]", Assert.Throws<ArgumentException>(() => bn.call(zeros(2, 2))).Message);
    }

    [Fact]
    public void Dropout_drops_in_training_only()
    {
        using Dropout dropout = Dropout(0.5);
        manual_seed(0);
        Tensor input = ones(1000);

        Assert.InRange(dropout.call(input).data<float>().Count(v => v == 0), 400, 600);
        dropout.eval();
        Assert.DoesNotContain(0f, dropout.call(input).data<float>().ToArray());
        Assert.Contains("1.5", Assert.Throws<ArgumentException>(() => Dropout(1.5)).Message);
    }

    [Fact]
    public void Layers_do_what_their_functions_do()
    {
        Tensor image = Ramp(1, 1, 3, 3) - 4;

        Equal([-2, -0.5, 2.5, 4], AvgPool2d(2, ceil_mode: true).call(image));
        Equal([0, 1, 3, 4], MaxPool2d(2, stride: 1).call(image));
        Equal([0], AdaptiveAvgPool2d(1).call(image));
        Equal([-0.4, -0.3, -0.2, -0.1, 0, 1, 2, 3, 4], LeakyReLU(0.1).call(image));
        Equal([0, 0, 0, 0, 0, 1, 2, 3, 4], ReLU().call(image));
        Equal([0.5], Sigmoid().call(zeros([1], float64)));
        Equal([0], SiLU().call(zeros([1], float64)));
        Equal([0, 2 / 3.0, 3], Hardswish().call(tensor([-3.0, 1, 3])));
        Equal([0], Mish().call(zeros([1], float64)));
        Equal([0], GELU().call(zeros([1], float64)));
        Equal([0.5, 0.5], Softmax(0).call(zeros([2], float64)));
        Shape([2, 12], Flatten().call(zeros(2, 3, 4)));
        Shape([6, 4], Flatten(0, 1).call(zeros(2, 3, 4)));
        (Tensor values, Tensor indices) = MaxPool2d(2, stride: 1).forward_with_indices(image);
        Equal([0, 1, 3, 4], values);
        Equal([4, 5, 7, 8], indices);
    }

    [Fact]
    public void In_place_activation_changes_its_input()
    {
        Tensor input = tensor([-1.0, 2]);

        using (ReLU(inplace: true).call(input)) { }

        Equal([0, 2], input);
    }

    [Fact]
    public void Identity_gives_another_handle_to_the_same_values()
    {
        Tensor input = tensor([1.0, 2], requires_grad: true);
        Tensor output = Identity().call(input);

        Assert.NotSame(input, output);
        output.Dispose();
        Equal([1, 2], input);
    }

    [Fact]
    public void Cross_entropy_loss_smooths_and_reduces()
    {
        Tensor logits = tensor([0.0, Math.Log(2), Math.Log(5)], [1, 3]);
        Tensor label = tensor([2L]);

        Equal([Math.Log(8 / 5.0)], CrossEntropyLoss().call(logits, label));
        Equal([Math.Log(8 / 5.0)], CrossEntropyLoss(reduction: Reduction.None).call(logits, label));
        using TorchSharp.Modules.CrossEntropyLoss smooth = new(label_smoothing: 0.3);
        Equal([0.8 * Math.Log(8 / 5.0) + 0.1 * Math.Log(8) + 0.1 * Math.Log(4)], smooth.call(logits, label));
    }

    [Fact]
    public void A_weight_that_is_replaced_is_the_one_that_is_used_and_saved()
    {
        using Linear linear = Linear(1, 1, hasBias: false, dtype: float64);
        linear.weight = Parameter(full([1, 1], 3.0, dtype: float64));

        Equal([6], linear.call(full([1, 1], 2.0, dtype: float64)));
        Assert.Same(linear.weight, linear.state_dict()["weight"]);
    }
}
