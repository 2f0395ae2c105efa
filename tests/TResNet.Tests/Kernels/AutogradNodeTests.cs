using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

/// <summary>Nodes of libtorch's graph whose backward is C#.</summary>
public sealed class AutogradNodeTests
{
    [Fact]
    public void Nodes_work_with_the_TorchSharp_that_is_built_with() => Assert.Null(AutogradSupport.WhyNot);

    [Fact]
    public void Several_outputs_give_gradients_to_several_inputs()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn([3, 4], float64).requires_grad_(), randn([3, 4], float64).requires_grad_());
        var outputs = SumAndProduct.Record(a, b);
        (outputs[0].sin() + outputs[1].exp()).sum().backward();
        var (c, d) = (a.detach().requires_grad_(), b.detach().requires_grad_());
        ((c + d).sin() + (c * d).exp()).sum().backward();
        Assert.True(a.grad!.allclose(c.grad!, 1e-12, 1e-12));
        Assert.True(b.grad!.allclose(d.grad!, 1e-12, 1e-12));
    }

    [Fact]
    public void An_output_that_is_not_used_has_no_gradient()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(4).requires_grad_(), randn(4).requires_grad_());
        var outputs = SumAndProduct.Record(a, b);
        outputs[1].sum().backward();
        Assert.True(a.grad!.equal(b.detach()).all().ToBoolean());
    }

    [Fact]
    public void An_input_that_needs_no_gradient_gets_none()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(4).requires_grad_(), randn(4));
        SumAndProduct.Record(a, b)[1].sum().backward();
        Assert.Null(b.grad);
        Assert.True(a.grad!.equal(b).all().ToBoolean());
    }

    [Fact]
    public void A_gradient_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (randn(4, float64).requires_grad_(), randn(4, float64).requires_grad_());
        var y = SumAndProduct.Record(a, b)[1].pow(2).sum();
        autograd.grad([y], [a], retain_graph: true, create_graph: true)[0].sum().backward();
        // d/da sum(2 a b^2) = 2 b^2, d/db = 4 a b.
        Assert.True(a.grad!.allclose(2 * b.detach().pow(2), 1e-12, 1e-12));
        Assert.True(b.grad!.allclose(4 * (a * b).detach(), 1e-12, 1e-12));
    }

    [Fact]
    public void An_exception_in_backward_reaches_the_caller()
    {
        using var scope = NewDisposeScope();
        var x = randn(4).requires_grad_();
        var y = Throwing.Record(x * 2);
        var thrown = Assert.ThrowsAny<Exception>(() => y.sum().backward());
        Assert.Equal("the disk is full", thrown.Message);
        Assert.IsType<IOException>(thrown.InnerException);
        Assert.Contains(nameof(Throwing), thrown.InnerException!.StackTrace);
        var asThrown = Assert.Throws<IOException>(() =>
            BackwardFailure.Unwrap(() => Throwing.Record(x * 2).sum().backward())
        );
        Assert.Contains(nameof(Throwing), asThrown.StackTrace);
        // The next backward of the thread knows nothing of it.
        SumAndProduct.Record(x, x)[0].sum().backward();
        Assert.True(x.grad!.eq(2).all().ToBoolean());
    }

    [Fact]
    public void An_exception_in_grad_does_not_end_the_process()
    {
        using var scope = NewDisposeScope();
        var x = randn([2, 3]).requires_grad_();
        // Nodes of ours run after the one that fails.
        var y = Throwing.Record(SumAndProduct.Record(x, x)[1]);
        var thrown = Assert.ThrowsAny<ExternalException>(() => autograd.grad([y.sum()], [x]));
        Assert.Equal("the disk is full", thrown.Message);
        Assert.IsType<IOException>(BackwardFailure.Original(thrown));
        Assert.Equal([2, 3], autograd.grad([(x * x).sum()], [x])[0].shape);
    }

    [Fact]
    public void Errors_of_others_stay_as_they_are()
    {
        using var scope = NewDisposeScope();
        var thrown = Assert.ThrowsAny<Exception>(() => BackwardFailure.Unwrap(() => ones(2).backward()));
        Assert.Contains("does not require grad", thrown.Message);
        Assert.Same(thrown, BackwardFailure.Original(thrown));
    }

    [Fact]
    public void A_second_backward_needs_retain_graph()
    {
        using var scope = NewDisposeScope();
        var x = randn(4).requires_grad_();
        var y = SumAndProduct.Record(x, x)[1].sum();
        y.backward(retain_graph: true);
        y.backward();
        Assert.True(x.grad!.allclose(4 * x.detach()));
        var thrown = Assert.ThrowsAny<Exception>(() => y.backward());
        Assert.Contains("second time", thrown.Message);
    }

    [Fact]
    public void What_backward_has_used_is_freed_before_the_graph()
    {
        using var scope = NewDisposeScope();
        const int map = 1 << 24;
        var x = ones(map / sizeof(float)).requires_grad_();
        var y = SumAndProduct.Record(x * 1, x * 2)[1].sum();
        var before = UsedMemory.Settled();
        scope.DisposeEverythingBut(x, y);
        y.backward();
        // Two inputs of the product went, a gradient came.
        UsedMemory.AssertGrown(before, -4 * map, -map / 2);
    }

    [Fact]
    public void Nothing_is_left_after_many_steps()
    {
        using var scope = NewDisposeScope();
        var x = ones([64, 64]).requires_grad_();
        void Step()
        {
            using var step = NewDisposeScope();
            var outputs = SumAndProduct.Record(x, x * 2);
            (outputs[0] * outputs[1]).sum().backward();
            // A graph that no backward runs through is freed too.
            SumAndProduct.Record(x, x)[1].sum();
        }

        long Settled(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                Step();
            }

            return UsedMemory.Settled();
        }

        var bytes = Settled(200);
        var (nodes, tensors) = (AutogradNode.Alive, LiveTensors.Settled());
        // The runtime takes some memory too: a map of 16 KB that stayed each time would be 24 MB.
        Assert.InRange(Settled(1500) - bytes, long.MinValue, 8 << 20);
        Assert.Equal(nodes, AutogradNode.Alive);
        LiveTensors.AssertNoneBeyond(tensors);
    }

    [Fact]
    public void Four_threads_differentiate_at_once()
    {
        var failures = new System.Collections.Concurrent.ConcurrentBag<Exception>();
        var threads = Enumerable
            .Range(1, 4)
            .Select(number => new Thread(() =>
            {
                try
                {
                    for (var i = 0; i < 100; i++)
                    {
                        using var scope = NewDisposeScope();
                        var x = full(16, (float)number).requires_grad_();
                        if (i % 10 == 0)
                        {
                            Assert.ThrowsAny<Exception>(() => Throwing.Record(x * 1).sum().backward());
                        }

                        x.grad = null;
                        SumAndProduct.Record(x, x)[1].sum().backward();
                        Assert.True(x.grad!.eq(2 * number).all().ToBoolean());
                    }
                }
                catch (Exception failure)
                {
                    failures.Add(failure);
                }
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
    }

    [Fact]
    public void A_node_whose_forward_fails_goes()
    {
        using var scope = NewDisposeScope();
        var before = AutogradNode.Alive;
        Assert.Throws<ArgumentException>(() => Throwing.Record(ones(0).requires_grad_() * 1));
        Assert.Equal(before, AutogradNode.Alive);
    }

    [Fact]
    public void A_trained_weight_takes_its_gradient_over_without_a_copy()
    {
        using var scope = NewDisposeScope();
        const int weights = 512 * 1024 * 3 * 3 * sizeof(float);
        var weight = randn([512, 1024, 3, 3]).requires_grad_();
        var images = randn([1, 1024, 2, 2]);
        Tensor Forward(Tensor weight) => Convolution.Apply(images, weight, null, [1, 1], [1, 1], [1, 1], 1).sum();
        // What the first call makes for all that follow is not meant.
        Forward(randn([512, 1024, 3, 3]).requires_grad_()).backward();
        var y = Forward(weight);
        var before = UsedMemory.Settled();
        y.backward();
        UsedMemory.AssertGrown(before, weights / 2, weights + (weights / 2));
    }

    /// <summary>a + b and a * b.</summary>
    private sealed class SumAndProduct : AutogradNode
    {
        private Saved? a;
        private Saved? b;

        private SumAndProduct(Tensor a, Tensor b)
            : base(a, b) { }

        public static Tensor[] Record(Tensor a, Tensor b)
        {
            using var node = new SumAndProduct(a, b);
            Tensor sum,
                product;
            using (no_grad())
            {
                (sum, product) = (a + b, a * b);
            }

            var outputs = node.Attach([sum, product], []);
            (node.a, node.b) = (node.Save(a), node.Save(b));
            return outputs;
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results)
        {
            if (gradients[1] is { } product)
            {
                (results[0], results[1]) = (product * b!.Get(), product * a!.Get());
            }

            if (gradients[0] is { } sum)
            {
                results[0] = results[0] is { } first ? first + sum : sum;
                results[1] = results[1] is { } second ? second + sum : sum;
            }
        }
    }

    private sealed class Throwing : AutogradNode
    {
        private Throwing(Tensor x)
            : base(x) { }

        public static Tensor Record(Tensor x)
        {
            using var node = new Throwing(x);
            if (x.numel() == 0)
            {
                throw new ArgumentException("nothing", nameof(x));
            }

            using var copy = x.detach().clone();
            return node.Attach([copy], [])[0];
        }

        protected override void Backward(Tensor?[] gradients, Tensor?[] results) =>
            throw new IOException("the disk is full");
    }
}
