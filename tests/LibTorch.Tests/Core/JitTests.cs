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
}
