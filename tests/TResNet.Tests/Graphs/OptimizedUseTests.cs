using System.Collections.Concurrent;
using TorchSharp;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Graphs;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.Optimizing;

namespace TResNet.Tests.Graphs;

/// <summary>What may come to an optimised network: any tensor of its size, on any thread, in any mode; and what it refuses.</summary>
public sealed class OptimizedUseTests
{
    [Fact]
    public void However_the_images_lie_in_memory_the_result_is_the_same()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        using var fast = network.Optimize(images);
        var wide = randn(3, 5, 16, 32);
        foreach (
            var input in new[]
            {
                wide[1..3, 1..4, .., 8..24],
                wide[1..3, 1..4, .., 8..24].transpose(2, 3),
                randn(2, 16, 16, 3).permute(0, 3, 1, 2),
                randn(1, 3, 16, 16).expand(2, -1, -1, -1),
                randn(2 * 3 * 16 * 16 + 1)[1..].view(2, 3, 16, 16),
                randn(2, 3, 16, 16).flip(2),
                randn(2, 3, 16, 16, requires_grad: true),
            }
        )
        {
            AssertNear(Expected(network, input), fast.call(input));
        }
    }

    [Fact]
    public void It_has_no_gradient_whatever_its_input_has()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16).requires_grad_();
        using var fast = network.Optimize(images);
        Assert.False(fast.call(images).requires_grad);
        Assert.True(is_grad_enabled());
    }

    [Fact]
    public void Made_in_inference_mode_it_runs_outside_and_the_other_way_round()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        OptimizedModule inside;
        using (inference_mode())
        {
            inside = network.Optimize(Images(2, 16));
        }

        using (inside)
        using (var outside = network.Optimize(images))
        {
            AssertNear(Expected(network, images), inside.call(images));
            using (inference_mode())
            {
                AssertNear(outside.call(Images(2, 16)), inside.call(Images(2, 16)));
            }

            // What it computed there can be computed with.
            var result = inside.call(images);
            Assert.True((result * tensor(2f, requires_grad: true)).requires_grad);
            AssertNear(Expected(network, images), outside.call(images));
        }
    }

    [Fact]
    public void The_precision_of_the_callers_scope_is_not_its()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        var expected = Expected(network, images);
        using (new Autocast(CPU, ScalarType.BFloat16))
        {
            using var fast = network.Optimize(images);
            var logits = fast.call(images);
            Assert.Equal(ScalarType.Float32, logits.dtype);
            AssertNear(expected, logits);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ScalarType.BFloat16)]
    public void The_thread_that_made_it_may_be_gone(ScalarType? computeType)
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        OptimizedModule? fast = null;
        var maker = new Thread(() => fast = network.Optimize(images, computeType));
        maker.Start();
        maker.Join();
        using (fast)
        {
            var here = fast!.call(images);
            AssertNear(Expected(network, images), here, computeType is null ? 1e-4 : 0.03);
            Parallel.For(
                0,
                16,
                _ =>
                {
                    using var own = NewDisposeScope();
                    Assert.True(here.Equals(fast.call(images)));
                }
            );
        }
    }

    [Fact]
    public void Another_number_of_threads_gives_the_same()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        var before = torch.get_num_threads();
        try
        {
            torch.set_num_threads(1);
            using var fast = network.Optimize(images);
            foreach (var threads in new[] { 1, 3, 2 })
            {
                torch.set_num_threads(threads);
                AssertNear(Expected(network, images), fast.call(images));
            }
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    [Fact]
    public void More_sizes_than_it_keeps_may_be_called_from_several_threads()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        using var fast = network.Optimize(Images(1, 8));
        var expected = Enumerable.Range(1, 6).ToDictionary(n => n, n => Expected(network, Images(n, 8)));
        Parallel.For(
            0,
            60,
            new ParallelOptions { MaxDegreeOfParallelism = 3 },
            i =>
            {
                using var own = NewDisposeScope();
                var batch = (i * 5 % 6) + 1;
                AssertNear(expected[batch], fast.call(Images(batch, 8)));
            }
        );
    }

    [Fact]
    public void What_it_is_made_of_can_be_asked_while_memory_is_given_back()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(("conv", nn.Conv2d(3, 4, 1)), ("relu", nn.ReLU()));
        using var fast = network.Optimize(MemoryFormat.ToChannelsLast(Images(4, 160)));
        var planes = Images(4, 160);
        var over = false;
        var releasing = new Thread(() =>
        {
            while (!Volatile.Read(ref over))
            {
                HostMemory.Release();
                // While it looks through all that is free, nobody gets any.
                Thread.Sleep(1);
            }
        });
        releasing.Start();
        for (var i = 0; i < 50; i++)
        {
            Assert.NotEmpty(fast.Profile(planes));
        }

        Volatile.Write(ref over, true);
        releasing.Join();
    }

    [Fact]
    public void An_optimised_network_is_no_part_of_another()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        using var fast = network.Optimize(images);
        using var around = nn.Sequential(("fast", (nn.Module<Tensor, Tensor>)fast), ("relu", nn.ReLU()));
        Assert.Contains(
            "optimise the network that it was made of",
            Assert.Throws<TResNetException>(() => around.Optimize(images)).Message
        );
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused_and_not_hidden()
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create("tresnet_nano", 10);
        using (no_grad())
        {
            network.parameters().First().fill_(float.NaN);
        }

        Assert.StartsWith(
            "tresnet_nano gives values that are not finite for the example",
            Assert.Throws<TResNetException>(() => network.Optimize(Images(2, 32))).Message
        );
    }

    [Fact]
    public void Making_it_can_be_given_up()
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create("resnet18");
        using var cancel = new CancellationTokenSource();
        // A call comes before the ways are tried, which takes the time.
        var called = network.register_forward_pre_hook(
            (_, input) =>
            {
                cancel.Cancel();
                return input;
            }
        );
        Assert.Throws<OperationCanceledException>(() => network.Optimize(Images(2, 96), null, cancel.Token));
        called.remove();
        using var fast = network.Optimize(Images(1, 32));
        Assert.Equal([1, 1000], fast.call(Images(1, 32)).shape);
    }

    [Fact]
    public void Disposed_of_while_it_runs_it_ends_the_call_and_refuses_the_next()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(4, 32);
        var expected = Expected(network, images);
        for (var i = 0; i < 5; i++)
        {
            var fast = network.Optimize(images);
            using var running = new CountdownEvent(2);
            var failures = new ConcurrentBag<Exception>();
            var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() => CallUntilDisposed(running))).ToList();
            threads.ForEach(thread => thread.Start());
            running.Wait();
            fast.Dispose();
            threads.ForEach(thread => thread.Join());
            Assert.All(failures, failure => Assert.IsType<ObjectDisposedException>(failure));
            Assert.Equal(2, failures.Count);

            void CallUntilDisposed(CountdownEvent started)
            {
                try
                {
                    for (var call = 0; ; call++)
                    {
                        using var own = NewDisposeScope();
                        AssertNear(expected, fast.call(images));
                        if (call == 0)
                        {
                            started.Signal();
                        }
                    }
                }
                catch (Exception failure)
                {
                    failures.Add(failure);
                }
            }

            Assert.Throws<ObjectDisposedException>(() => fast.call(images));
            Assert.Throws<ObjectDisposedException>(() => fast.Description);
        }
    }

    [Fact]
    public void An_input_that_is_no_batch_of_images_is_refused_in_words()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        using var fast = network.Optimize(Images(2, 16));
        string Refusal(Tensor input) => Assert.Throws<TResNetException>(() => fast.call(input)).Message;
        Assert.Equal(
            "The input is [2, 3, 16, 16] in Float64: give images [N, C, H, W] in float32.",
            Refusal(Images(2, 16).to(ScalarType.Float64))
        );
        Assert.Equal(
            "The input is [3, 16, 16] in Float32: give images [N, C, H, W] in float32.",
            Refusal(Images(2, 16)[0])
        );
        Assert.Equal("The input is [0, 3, 16, 16]: give one image at least.", Refusal(Images(2, 16)[..0]));
        Assert.Matches(
            "^Mixed does not take an input of \\[2, 4, 16, 16\\] \\(.*channels.*\\)\\.$",
            Refusal(zeros(2, 4, 16, 16))
        );
        // And goes on.
        AssertNear(Expected(network, Images(2, 16)), fast.call(Images(2, 16)));
    }

    /// <summary>Convolutions, operators that a plan has nothing of its own for, and a classifier.</summary>
    private sealed class Mixed : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d first = nn.Conv2d(3, 32, 3, padding: 1);
        private readonly Conv2d second = nn.Conv2d(16, 32, 3, padding: 1);
        private readonly TorchSharp.Modules.Linear classifier = nn.Linear(32, 200);

        public Mixed()
            : base(nameof(Mixed)) => RegisterComponents();

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var parts = first.call(x.cumsum(3) * 0.1f).relu().chunk(2, 1);
            var y = second.call(parts[0] * parts[1].softmax(1)).softmax(1);
            return classifier.call(y.mean([2, 3])).MoveToOuterDisposeScope();
        }
    }
}
