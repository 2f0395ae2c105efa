using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace LibTorch.Tests.Core;

public sealed class AutogradTests
{
    [Fact]
    public void Backward_adds_to_the_gradients_of_leaves()
    {
        var x = tensor([1d, 2, 3], requires_grad: true);
        (x * x).sum().backward();
        Assert.Equal([2d, 4, 6], x.grad!.data<double>().ToArray());
        (x * x).sum().backward();
        Assert.Equal([4d, 8, 12], x.grad!.data<double>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
        Assert.True(x.is_leaf);
        Assert.False((x * 2).is_leaf);
        Assert.False(x.detach().requires_grad);
    }

    [Fact]
    public void Higher_derivatives_come_from_recorded_gradients()
    {
        var x = tensor(3.0, requires_grad: true);
        var first = autograd.grad([x * x * x], [x], create_graph: true)[0];
        Assert.Equal(27, first.item<double>());
        Assert.Equal(18, autograd.grad([first], [x])[0].item<double>());
        Assert.Null(autograd.grad([x * 2], [x, tensor(1.0, requires_grad: true)], allow_unused: true)[1]);
    }

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var generator = new Generator(3);
        var x = randn([3, 4], float64, generator: generator).requires_grad_();
        Func<Tensor, Tensor>[] functions =
        [
            t => t.exp().sum(),
            t => t.sigmoid().square().sum(),
            t => t.matmul(t.transpose(0, 1)).tanh().sum(),
            t => t.softmax(1).log().mean(),
            t => t.var([1]).sqrt().sum(),
            t => t.max(1).values.prod(),
            t => t.permute(1, 0).reshape(2, 6).cumsum(1).std(),
            t => t[1].mul(t[TensorIndex.Ellipsis, 0].sum()).sum(),
            t => t.clamp(-0.5, 0.5).sum(),
            t => t.norm(),
        ];
        foreach (var function in functions)
        {
            Gradients.AssertMatchFiniteDifferences(function, x);
        }
    }

    [Fact]
    public void No_history_is_recorded_where_it_is_not_wanted()
    {
        var x = tensor(1.0, requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad())
            {
                Assert.True((x * 2).requires_grad);
            }

            Assert.False(is_grad_enabled());
        }

        Assert.True(is_grad_enabled());
        using (inference_mode())
        {
            Assert.False((x * 2).requires_grad);
        }

        Assert.True((x * 2).requires_grad);
    }

    // Of the operators of the bridge and of those whose results are made again in backward; in-place ABN refuses (InPlaceAbnTests).
    [Fact]
    public void Gradients_of_gradients_agree_with_finite_differences()
    {
        using var generator = new Generator(4);
        var x = ((randn([3, 4], float64, generator: generator) * 0.4) + 0.3).requires_grad_();
        var shift = randn([3, 4], float64, generator: generator);
        var product = new Operator("aten::mul", "Tensor", again: true);
        var joined = new Operator("aten::cat", again: true);
        var sum = new Operator("tresnet::add_relu");
        var sumInPlace = new Operator("tresnet::add_relu_");
        Func<Tensor, Tensor>[] functions =
        [
            t => sum.Call(t * t, shift),
            t => sum.Call(product.Call(t, t * 2), t.exp()),
            t => sumInPlace.Call(t * t, shift * t),
            t => product.Call(t.exp(), t * t),
            t => product.Call(product.Call(t, t), sum.Call(t, t.square())),
            t => joined.Call(new[] { t * t, t.exp() }, 1).pow(2),
        ];
        foreach (var function in functions)
        {
            Gradients.AssertMatchFiniteDifferences(t => function(t).sin().sum(), x);
            Gradients.AssertMatchFiniteDifferences(
                t =>
                {
                    // The differences are taken of values alone.
                    using var recorded = enable_grad();
                    var input = t.requires_grad ? t : t.detach().requires_grad_();
                    return autograd.grad([function(input).sin().sum()], [input], create_graph: true)[0].pow(2).sum();
                },
                x
            );
        }
    }

    private sealed class ScaledSquare : autograd.SingleTensorFunction<ScaledSquare>
    {
        public override string Name => "ScaledSquare";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            ctx.save_data("factor", vars[1]);
            return x * x * (double)vars[1];
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var x = ctx.get_saved_variables()[0];
            return [grad_output * x * 2 * (double)ctx.get_data("factor")!, null!];
        }
    }

    private sealed class Thrower : autograd.SingleTensorFunction<Thrower>
    {
        public override string Name => "Thrower";

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).clone();

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            throw new InvalidTimeZoneException("from backward");
    }

    [Fact]
    public void A_function_written_in_CSharp_takes_part_in_backward()
    {
        using var generator = new Generator(3);
        var x = randn([5], float64, generator: generator).requires_grad_();
        Gradients.AssertMatchFiniteDifferences(t => ScaledSquare.apply(t, 1.5).sum(), x);
        Assert.Equal((x * x * 1.5).str(), ScaledSquare.apply(x, 1.5).str());
    }

    [Fact]
    public void An_exception_in_a_CSharp_backward_arrives_as_it_was()
    {
        var x = tensor(1.0, requires_grad: true);
        Assert.Throws<InvalidTimeZoneException>(() => Thrower.apply(x).backward());
    }

    [Fact]
    public void Functions_that_are_forgotten_with_their_graph_leave_nothing()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 1000; i++)
        {
            using var scope = NewDisposeScope();
            var x = zeros([1000], requires_grad: true);
            ScaledSquare.apply(x, 1.0).sum().backward();
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Tensor.TotalCount - before, -1000, 200);
    }
}
