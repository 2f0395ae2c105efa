using System.Runtime.InteropServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Tests.Compute;

public sealed class OperatorTests
{
    private static readonly Operator Convolution = new("aten::convolution");
    private static readonly Operator Multiply = new("aten::mul", "Tensor");

    [Fact]
    public void An_operator_by_name_gives_what_TorchSharps_gives_and_records_gradients()
    {
        using var scope = NewDisposeScope();
        var (x, weight, bias) = (randn(2, 3, 8, 8), randn(4, 3, 3, 3).requires_grad_(), randn(4));
        var expected = nn.functional.conv2d(x, weight, bias, strides: [2, 2], padding: [1, 1]);

        var result = Convolution.Call(
            x,
            weight,
            Argument.Optional(bias),
            new long[] { 2, 2 },
            new long[] { 1, 1 },
            new long[] { 1, 1 },
            false,
            new long[] { 0, 0 },
            1
        );

        Assert.True(result.Equals(expected));
        result.sum().backward();
        Assert.NotNull(weight.grad);
    }

    [Fact]
    public void What_libtorch_refuses_is_an_exception_that_names_operator_and_shapes()
    {
        using var scope = NewDisposeScope();
        var refused = Assert.Throws<ExternalException>(() => Multiply.Call(randn(3), randn(4)));
        Assert.StartsWith("aten::mul refused its arguments (Float32 [3], Float32 [4])", refused.Message);
    }

    [Fact]
    public void Calls_leave_no_tensor_behind()
    {
        using var x = randn(3);
        var before = LiveTensors.Settled();
        for (var i = 0; i < 1000; i++)
        {
            Multiply.Call(x, x).Dispose();
        }

        LiveTensors.AssertNoneBeyond(before);
    }
}
