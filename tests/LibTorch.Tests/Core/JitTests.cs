using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace LibTorch.Tests.Core;

public sealed class JitTests
{
    private const string Script = """
        def scale(x: Tensor, factor: float, shift: int) -> Tensor:
            return x * factor + shift

        def both(x: Tensor) -> Tuple[Tensor, Tensor]:
            return x.min(), x.max()

        def pick(xs: List[Tensor], sizes: List[int], name: Optional[str]) -> int:
            return len(xs) * sizes[0] + (0 if name is None else len(name))
        """;

    [Fact]
    public void Compiled_functions_take_and_return_what_CSharp_has()
    {
        using var unit = jit.compile(Script);
        Assert.Equal([3f, 5], ((Tensor)unit.invoke("scale", tensor([1f, 2]), 2.0, 1)!).data<float>().ToArray());
        var both = (object?[])unit.invoke("both", tensor([4f, 1, 9]))!;
        Assert.Equal([1f, 9f], both.Cast<Tensor>().Select(t => t.ToSingle()));
        Assert.Equal(8L, unit.invoke<long>("pick", new[] { zeros(1), zeros(1) }, new long[] { 3 }, "ab"));
        Assert.Equal(6L, unit.invoke<long>("pick", new[] { zeros(1), zeros(1) }, new long[] { 3 }, null));
    }

    [Fact]
    public void Gradients_flow_through_compiled_functions()
    {
        using var unit = jit.compile(Script);
        var x = tensor(2.0, requires_grad: true);
        unit.invoke<Tensor>("scale", x, 3.0, 1).backward();
        Assert.Equal(3, x.grad!.item<double>());
    }

    [Fact]
    public void Source_that_does_not_compile_and_functions_that_are_not_there_are_named()
    {
        Assert.Contains(
            "torch.jit.compile",
            Assert.Throws<LibTorchException>(() => jit.compile("def f(x: Tensor): return nothing(x)")).Message,
            StringComparison.Ordinal
        );
        using var unit = jit.compile(Script);
        Assert.Contains(
            "defines no function 'gone'",
            Assert.Throws<LibTorchException>(() => unit.invoke("gone")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Operators_of_the_bridge_are_traced_by_name_and_told_from_libtorchs()
    {
        using var scope = NewDisposeScope();
        var x = randn(2, 3, 4, 4);
        using var standard = Trace(t => (t * 2).relu(), x);
        Assert.Null(standard.Foreign);
        var sum = new Operator("tresnet::add_relu");
        using var ours = Trace(t => sum.Call(t * 2, t), x);
        Assert.Equal("tresnet::add_relu", ours.Foreign);
        Assert.True(ours.Run(-x).allclose((-x * 3).relu()));

        // In evaluation, in-place ABN runs as it was traced; in training it changes its statistics each time.
        var abn = new Operator("tresnet::inplace_abn");
        foreach (var training in new[] { false, true })
        {
            var (mean, variance) = (zeros(3), ones(3));
            Tensor Normalised(Tensor t) =>
                abn.Call(t, ones(3), zeros(3), mean, variance, training, 0.1, 1e-5, 1e-5, "leaky_relu", 0.01);
            using var traced = Trace(Normalised, x);
            Assert.Equal("tresnet::inplace_abn", traced.Foreign);
            Assert.True(traced.Run(x + 1).allclose(Normalised(x + 1), 1e-5, 1e-6));
        }
    }

    [Fact]
    public void While_a_network_is_traced_its_values_cannot_be_read()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, 3);
        foreach (
            var read in new Action<Tensor>[]
            {
                t => t.sum().item<float>(),
                t => t.relu().data<float>().ToArray(),
                t => _ = t.bytes,
                t => t.Equals(zeros(2, 3)),
                t => t.allclose(zeros(2, 3)),
                t => t.str(),
            }
        )
        {
            var error = Assert.Throws<LibTorchException>(() =>
                Trace(
                    t =>
                    {
                        read(t * 2);
                        return t * 2;
                    },
                    x
                )
            );
            Assert.Contains("reads values that it computes", error.Message, StringComparison.Ordinal);
            // The thread traces no more.
            Assert.Equal(6, x.sum().item<float>());
        }

        // What does not depend on the input has its value whatever that is.
        using var constant = Trace(t => t * ones(3).sum().item<float>(), x);
        Assert.True(constant.Run(x).allclose(x * 3));
    }

    private static Traced Trace(Func<Tensor, Tensor> function, Tensor example) =>
        Traced.From(nn.Sequential(), function, example);
}
