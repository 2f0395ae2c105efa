using TorchSharp;
using static TorchSharp.torch;

namespace LibTorch.Tests.Core;

public sealed class DisposeScopeTests
{
    [Fact]
    public void A_scope_frees_what_was_made_in_it_and_keeps_what_was_moved_out()
    {
        Tensor inside;
        Tensor kept;
        Tensor detached;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                inside = zeros(1);
                kept = ones(1).MoveToOuterDisposeScope();
                detached = ones(1).DetachFromDisposeScope();
            }

            Assert.True(inside.IsInvalid);
            Assert.False(kept.IsInvalid);
            Assert.True(outer.Contains(kept));
            Assert.Equal(1, outer.DisposablesCount);
        }

        Assert.True(kept.IsInvalid);
        Assert.False(detached.IsInvalid);
    }

    [Fact]
    public void A_scope_can_be_emptied_but_for_some()
    {
        using var scope = NewDisposeScope();
        var a = zeros(1);
        var b = zeros(1);
        var kept = scope.DisposeEverythingBut(a);
        Assert.Same(a, kept);
        Assert.True(b.IsInvalid);
        scope.Detach(a);
        scope.DisposeEverything();
        Assert.False(a.IsInvalid);
        scope.Attach(a);
        Assert.Equal(1, scope.DisposablesCount);
        scope.DisposeEverything();
        Assert.True(a.IsInvalid);
    }

    [Fact]
    public void Disposing_early_is_no_harm()
    {
        using var scope = NewDisposeScope();
        zeros(1).Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Two_handles_on_one_tensor_are_freed_one_by_one()
    {
        var x = zeros(2);
        var y = x.add_(1);
        x.Dispose();
        Assert.Equal([1f, 1f], y.data<float>().ToArray());
    }
}
