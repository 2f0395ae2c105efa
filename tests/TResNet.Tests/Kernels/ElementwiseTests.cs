using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

/// <summary>Sums with their ReLU and gated maps: the same numbers as by libtorch's operators, and what is made again in backward.</summary>
public sealed class ElementwiseTests
{
    private static readonly Operator Contiguous = new("aten::contiguous");

    [Theory]
    [CombinatorialValues]
    public void A_sum_with_its_relu_is_that_of_two_operators(ScalarType type, int order, bool inPlace, bool kernels)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        Tensor Random() => Contiguous.Call(randn([2, 5, 6, 7]).to(type), (long)order);
        var (a, b, w) = (Random().requires_grad_(), Random().requires_grad_(), Random());
        NativeKernels.IsSwitchedOff = !kernels;
        Tensor ours;
        try
        {
            // Not a leaf: what is computed in place has to have been computed.
            var owned = a * 1;
            ours = inPlace ? AddReLU.ApplyInPlace(owned, b) : AddReLU.Apply(owned, b);
            Assert.Equal(a.stride(), ours.stride());
            (ours * w).sum().backward();
        }
        finally
        {
            NativeKernels.IsSwitchedOff = false;
        }

        var (c, d) = (a.detach().requires_grad_(), b.detach().requires_grad_());
        var theirs = (c + d).relu();
        (theirs * w).sum().backward();
        Assert.True(ours.equal(theirs).all().ToBoolean());
        Assert.True(a.grad!.equal(c.grad!).all().ToBoolean());
        Assert.True(b.grad!.equal(d.grad!).all().ToBoolean());
        using var _ = no_grad();
        Assert.True(AddReLU.Apply(a, b).equal(theirs).all().ToBoolean());
        Assert.True(AddReLU.ApplyInPlace(a.clone(), b).equal(theirs).all().ToBoolean());
    }

    [Fact]
    public void Terms_of_different_orders_are_added_too()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn([2, 5, 6, 7]).requires_grad_(), MemoryFormat.ToChannelsLast(randn([2, 5, 6, 7])));
        var ours = AddReLU.Apply(a, b);
        Assert.True(ours.equal((a + b).relu()).all().ToBoolean());
        ours.sum().backward();
        Assert.True(a.grad!.equal((ours > 0).to(float32)).all().ToBoolean());
    }

    [Fact]
    public void What_is_no_number_stays_so()
    {
        using var scope = NewDisposeScope();
        var x = tensor([float.NaN, 1, -1, float.PositiveInfinity]).view(1, 4);
        Assert.True(float.IsNaN(AddReLU.Apply(x, zeros(1, 4)).data<float>()[0]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(4, 4)]
    public void A_gate_has_the_gradient_of_its_shape(long height, long width)
    {
        using var scope = NewDisposeScope();
        var (x, gate) = (randn([2, 3, 4, 4], float64), randn([2, 3, height, width], float64));
        Tensor[] Gradients(Func<Tensor, Tensor, Tensor> product)
        {
            var (a, b) = (x.clone().requires_grad_(), gate.clone().requires_grad_());
            product(a, b).pow(3).sum().backward();
            return [a.grad!, b.grad!];
        }

        foreach (var (ours, theirs) in Gradients(Product.Apply).Zip(Gradients((a, b) => a * b)))
        {
            Assert.Equal(theirs.shape, ours.shape);
            Assert.True(ours.allclose(theirs, 1e-12, 1e-12));
        }
    }

    [Fact]
    public void A_convolution_keeps_no_sum_that_can_be_made_again()
    {
        using var scope = NewDisposeScope();
        const int map = 2 * 16 * 64 * 64 * sizeof(float);
        var (x, weight) = (randn([2, 16, 64, 64]).requires_grad_(), randn([16, 16, 1, 1]).requires_grad_());
        var (a, b, gate) = (x * 2, x * 3, randn([2, 16, 1, 1]).requires_grad_());
        // The result of the convolution alone: terms and gate are held by the test.
        var kept = HostMemory.BytesKept(() =>
            Convolution.Apply(AddReLU.Apply(Product.Apply(a, gate), b), weight, null, [1, 1], [0, 0], [1, 1], 1)
        );
        Assert.InRange(kept, map - (map / 4), map + (map / 4));
    }

    [Fact]
    public void Every_other_sum_of_a_tower_is_kept()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (randn([2, 4]).requires_grad_(), randn([2, 4]));
        var first = AddReLU.Apply(x, y);
        var second = AddReLU.Apply(x, first);
        var third = AddReLU.Apply(x, second);
        Assert.True(Recipe.IsKnown(first));
        Assert.False(Recipe.IsKnown(second));
        Assert.True(Recipe.IsKnown(third));
        first.detach().add_(1);
        Assert.False(Recipe.IsKnown(first));
    }

    [Fact]
    public void Recipes_hold_nothing_when_the_graph_is_gone()
    {
        using var scope = NewDisposeScope();
        var x = ones([1 << 18]).requires_grad_();
        void Step()
        {
            using var step = NewDisposeScope();
            var y = AddReLU.Apply(Product.Apply(x * 2, x), x * 3);
            (y * y).sum().backward();
        }

        Step();
        var (tensors, bytes) = (LiveTensors.Settled(), UsedMemory.Settled());
        for (var i = 0; i < 50; i++)
        {
            Step();
        }

        LiveTensors.AssertNoneBeyond(tensors);
        // A map of 1 MiB that stayed each time would be 50.
        UsedMemory.AssertGrown(bytes, long.MinValue, 8 << 20);
    }

    [Fact]
    public void A_mean_of_windows_keeps_nothing_and_has_the_same_gradient()
    {
        using var scope = NewDisposeScope();
        foreach (
            var x in new[] { randn([2, 3, 7, 9], float64), MemoryFormat.ToChannelsLast(randn([2, 3, 8, 6], float64)) }
        )
        {
            Tensor Gradient(Func<Tensor, Tensor> pool)
            {
                var input = x.detach().clone().requires_grad_();
                pool(input).pow(3).sum().backward();
                return input.grad!;
            }

            var theirs = Gradient(y =>
                nn.functional.avg_pool2d(y, 2, stride: 2, ceil_mode: true, count_include_pad: false)
            );
            Assert.True(Gradient(AveragePooling.Apply).equal(theirs).all().ToBoolean());
        }

        // So large that what the rest of the process takes and frees meanwhile is little beside it.
        var map = randn([2, 16, 256, 256]).requires_grad_();
        var kept = HostMemory.BytesKept(() => AveragePooling.Apply(map * 2));
        const long rest = 1 << 20;
        Assert.InRange(kept, -rest, (map.numel() / 4 * sizeof(float)) + rest);
    }

    private sealed class CombinatorialValuesAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16 }
            from order in new[] { 0, 2 }
            from inPlace in new[] { false, true }
            from kernels in new[] { false, true }
            select new object[] { type, order, inPlace, kernels };
    }
}
