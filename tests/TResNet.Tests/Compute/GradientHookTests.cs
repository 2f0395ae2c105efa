using Tests;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Compute;

/// <summary>C# that is called while backward runs.</summary>
public sealed class GradientHookTests
{
    [Fact]
    public void A_gradient_is_seen_once_a_backward_until_the_hook_is_gone()
    {
        Assert.True(GradientHook.Available);
        using var scope = NewDisposeScope();
        var (x, seen) = (full([2], 3.0).requires_grad_(), new List<double>());
        using (GradientHook.On(x, gradient => seen.Add(gradient.sum().item<float>())))
        {
            (x * x).sum().backward();
            x.sum().backward();
        }

        x.sum().backward();
        Assert.Equal([12, 2], seen);
    }

    // Of a node that gives its input none.
    [Fact]
    public void Where_there_is_no_gradient_nobody_is_called()
    {
        using var scope = NewDisposeScope();
        var (x, calls) = (ones(2).requires_grad_(), 0);
        using var hook = GradientHook.On(x, _ => calls++);
        Withheld.Of(x).sum().backward();
        Assert.Equal((0, null), (calls, hook.Failure));
        Assert.Null(x.grad);
    }

    private sealed class Withheld(Tensor x) : AutogradNode(x)
    {
        public static Tensor Of(Tensor x)
        {
            using var node = new Withheld(x);
            using var _ = no_grad();
            return node.Attach(x * 2);
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results) => results[0] = null;
    }
}
