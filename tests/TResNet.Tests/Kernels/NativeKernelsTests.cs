using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

/// <summary>The native library, and networks without it.</summary>
public sealed class NativeKernelsTests
{
    [Fact]
    public void The_library_is_there_and_right()
    {
        Assert.True(NativeKernels.Available, NativeKernels.WhyNot);
        Assert.StartsWith("tresnet_kernels ", NativeKernels.Description);
        NativeKernels.Test();
    }

    [Theory]
    [InlineData("tresnet_m", false, false)]
    [InlineData("resnet18", false, true)]
    [InlineData("resnet18", true, false)]
    public void Networks_have_the_same_gradients_without_it(string name, bool kernels, bool nodes)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var network = Models.Create(name, numClasses: 5);
        network.to(ScalarType.Float64);
        network.train();
        var images = MemoryFormat.ToChannelsLast(rand([2, 3, 32, 32], float64));
        Dictionary<string, Tensor> Gradients()
        {
            network.zero_grad();
            manual_seed(3);
            network.call(images).pow(2).sum().backward();
            return network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone());
        }

        var with = Gradients();
        (NativeKernels.IsSwitchedOff, AutogradSupport.IsSwitchedOff) = (!kernels, !nodes);
        Dictionary<string, Tensor> without;
        try
        {
            without = Gradients();
        }
        finally
        {
            (NativeKernels.IsSwitchedOff, AutogradSupport.IsSwitchedOff) = (false, false);
        }

        // Some are nothing but rounding: of what the next batch normalisation takes away again.
        var least = 1e-4 * with.Values.Max(gradient => gradient.abs().max().item<double>());
        foreach (var (parameter, gradient) in with)
        {
            var off = (
                (gradient - without[parameter]).abs().max() / gradient.abs().max().clamp(min: least)
            ).item<double>();
            Assert.True(off < 1e-6, $"{parameter} is off by {off}");
        }
    }

    [Fact]
    public void Under_autocast_convolutions_are_bfloat16_and_their_weights_gradients_float32()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 16, 16, 16]);
        var weight = (randn([16, 16, 3, 3]) * 0.1).requires_grad_();
        Tensor y;
        using (new Autocast(CPU, ScalarType.BFloat16))
        {
            y = Convolution.Apply(x, weight, null, [1, 1], [1, 1], [1, 1], 1);
        }

        Assert.Equal(ScalarType.BFloat16, y.dtype);
        y.to(float32).sum().backward();
        Assert.Equal(ScalarType.Float32, weight.grad!.dtype);
        Assert.Equal(ScalarType.Float32, Convolution.Apply(x, weight, null, [1, 1], [1, 1], [1, 1], 1).dtype);
    }
}
