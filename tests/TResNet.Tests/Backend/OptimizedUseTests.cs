using System.Collections.Concurrent;
using TorchSharp;
using TorchSharp.Modules;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests;

/// <summary>What may come to an optimised network: any tensor of its size, on any thread, in any mode; and what it refuses.</summary>
public sealed class OptimizedUseTests
{
    [Fact]
    public void However_the_images_lie_in_memory_the_result_is_the_same()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        using var fast = Backend.Optimize(network, images);
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
        using var fast = Backend.Optimize(network, images);
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
            inside = Backend.Optimize(network, Images(2, 16));
        }

        using (inside)
        using (var outside = Backend.Optimize(network, images))
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
        using (Backend.Autocast(CPU, ScalarType.BFloat16))
        {
            using var fast = Backend.Optimize(network, images);
            var logits = fast.call(images);
            Assert.Equal(ScalarType.Float32, logits.dtype);
            AssertNear(expected, logits);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ScalarType.BFloat16)]
    public void The_thread_that_made_it_may_be_gone(ScalarType? precision)
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(2, 16);
        OptimizedModule? fast = null;
        var maker = new Thread(() => fast = Backend.Optimize(network, images, precision));
        maker.Start();
        maker.Join();
        using (fast)
        {
            var here = fast!.call(images);
            AssertNear(Expected(network, images), here, precision is null ? 1e-4 : 0.03);
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
        var before = Backend.Threads;
        try
        {
            Backend.Threads = 1;
            using var fast = Backend.Optimize(network, images);
            foreach (var threads in new[] { 1, 3, 2 })
            {
                Backend.Threads = threads;
                AssertNear(Expected(network, images), fast.call(images));
            }
        }
        finally
        {
            Backend.Threads = before;
        }
    }

    [Fact]
    public void More_sizes_than_it_keeps_may_be_called_from_several_threads()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        using var fast = Backend.Optimize(network, Images(1, 8));
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
    public void Disposed_of_while_it_runs_it_ends_the_call_and_refuses_the_next()
    {
        using var scope = NewDisposeScope();
        using var network = new Mixed();
        var images = Images(4, 32);
        var expected = Expected(network, images);
        for (var i = 0; i < 5; i++)
        {
            var fast = Backend.Optimize(network, images);
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
        using var fast = Backend.Optimize(network, Images(2, 16));
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
            "^Mixed could not be traced on an input of \\[2, 4, 16, 16\\] \\(.*channels.*\\)\\.$",
            Refusal(zeros(2, 4, 16, 16))
        );
        // And goes on.
        AssertNear(Expected(network, Images(2, 16)), fast.call(Images(2, 16)));
    }

    [Fact]
    public void A_network_that_decides_by_its_values_is_refused_and_not_frozen_to_the_examples()
    {
        using var scope = NewDisposeScope();
        using var network = new Function(x => x.mean().item<float>() > 0 ? x.relu() : x * 2);
        var images = Images(2, 16);
        var refused = Assert.Throws<TResNetException>(() => Backend.Optimize(network, images));
        Assert.Equal(
            "Function could not be traced on an input of [2, 3, 16, 16] "
                + "(it reads values that it computes, and those of the example would count for every input).",
            refused.Message
        );
        using var reading = new Function(x => x * x.relu().sum([1, 2, 3]).data<float>()[0]);
        Assert.Contains(
            "reads values",
            Assert.Throws<TResNetException>(() => Backend.Optimize(reading, images)).Message
        );

        // What does not depend on the input may be read.
        using var constant = new Function(x => x.relu() * ones(3).sum().item<float>());
        using var fast = Backend.Optimize(constant, images);
        AssertNear(Expected(constant, images), fast.call(images));
    }

    [Fact]
    public void A_layer_that_is_not_registered_is_told_of()
    {
        using var scope = NewDisposeScope();
        var hidden = nn.Conv2d(3, 4, 1);
        using var network = new Function(hidden.call);
        var refused = Assert.Throws<TResNetException>(() => Backend.Optimize(network, Images(1, 8)));
        Assert.Equal(
            "Function could not be traced on an input of [1, 3, 8, 8] "
                + "(it computes with a parameter that is not registered: call RegisterComponents() in its constructor).",
            refused.Message
        );
    }

    [Fact]
    public void A_network_that_writes_to_a_part_of_a_tensor_is_refused_or_right()
    {
        using var scope = NewDisposeScope();
        using var network = new Function(x =>
        {
            var y = x.relu();
            y[0].mul_(3);
            return y + 1;
        });
        var images = Images(2, 16);
        try
        {
            using var fast = Backend.Optimize(network, images);
            AssertNear(Expected(network, images), fast.call(images));
        }
        catch (TResNetException refused)
        {
            Assert.EndsWith("call the network itself.", refused.Message);
        }
    }

    [Fact]
    public void A_network_that_gives_back_its_input_or_nothing_of_it_is_refused()
    {
        using var scope = NewDisposeScope();
        string Refusal(Func<Tensor, Tensor> function)
        {
            using var network = new Function(function);
            return Assert.Throws<TResNetException>(() => Backend.Optimize(network, Images(2, 16))).Message;
        }

        Assert.Equal(
            "Function cannot be optimised (the network gives back its input); call the network itself.",
            Refusal(x => x.alias())
        );
        Assert.Equal(
            "Function cannot be optimised (the traced network's output does not depend on its input); call the network itself.",
            Refusal(_ => ones(2, 3) * 2)
        );
        Assert.Equal(
            "Function cannot be optimised (the traced network computes in Long; plans are of networks in float32); call the network itself.",
            Refusal(x => x.argmax(1))
        );
    }

    [Fact]
    public void Small_things_that_networks_are_made_of_come_out_right()
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var wide = nn.Conv2d(3, 16, 3, padding: 1);
        var point = nn.Conv2d(16, 16, 1);
        var odd = nn.Conv2d(3, 5, 3, stride: 2);
        foreach (var parameter in new[] { wide, point, odd }.SelectMany(layer => layer.parameters()))
        {
            parameter.requires_grad_(false);
        }

        var channels = randn(1, 16, 1, 1);
        foreach (
            var (what, function) in new (string, Func<Tensor, Tensor>)[]
            {
                ("a sum of two of the same", x => x + x),
                ("a vector, convolved and added to another view of it", x => Doubled(wide.call(x), point)),
                ("pooling beyond the border", x => Averaged(odd.call(x), includesPadding: true)),
                ("pooling beyond the border, without padding", x => Averaged(odd.call(x), includesPadding: false)),
                ("a map as the result", x => wide.call(x).relu()),
                ("three dimensions as the result", x => wide.call(x).flatten(2)),
                ("one number an image", x => wide.call(x).sum([1, 2, 3])),
                ("a term used twice", x => Twice(wide.call(x))),
                ("the input used at the end", x => wide.call(x).mean([1], keepdim: true) * x),
                ("an activation of the input", x => x.relu()),
                ("parts put together again", x => cat(wide.call(x).chunk(2, 1).Reverse().ToArray(), 1)),
                ("a product of maps", x => wide.call(x) * wide.call(x).sigmoid()),
                ("a map over a gate", x => wide.call(x) / (wide.call(x).mean([2, 3], keepdim: true) + 3)),
                ("a scale and a shift of a convolution", x => (wide.call(x) * channels) + 0.5),
                ("the same of odd channels", x => (2 * odd.call(x)) + channels[.., ..5]),
                ("a scale and a shift of the input", x => (x * 2) + channels[.., 1..4]),
                ("a shift behind a gate", x => (wide.call(x) * wide.call(x).mean([2, 3], keepdim: true)) + channels),
                ("a scale behind a gate", x => wide.call(x) * wide.call(x).mean([2, 3], keepdim: true) * channels),
                ("a scale behind an activation", x => (wide.call(x).relu() * channels).sigmoid()),
                ("a scale of a sum", x => ((wide.call(x) + wide.call(x).relu()) * channels) + wide.call(x)),
                ("a scale that is wanted twice", x => Twice(wide.call(x) * channels)),
                ("channels from the middle", x => wide.call(x).narrow(1, 3, 7)),
                ("channels beside their whole", x => cat([wide.call(x).narrow(1, 5, 11), wide.call(x), x], 1)),
                ("unequal parts", x => cat(wide.call(x).split([3, 13], 1).Reverse().ToArray(), 1)),
                (
                    "vectors put together",
                    x => cat([wide.call(x).mean([2, 3], keepdim: true), channels.expand(x.shape[0], -1, -1, -1)], 1)
                ),
                ("two paths mixed", x => MixedPaths(stack([wide.call(x).relu(), wide.call(x)], 1))),
                ("a path with itself", x => MixedPaths(stack([wide.call(x), wide.call(x).alias()], 1))),
                ("three paths mixed", x => MixedPaths(stack([wide.call(x), wide.call(x) * 2, wide.call(x).relu()], 1))),
                (
                    "a map's quarters mixed",
                    x => MixedPaths(wide.call(x).reshape(x.shape[0], 4, 4, x.shape[2], x.shape[3]))
                ),
                (
                    "paths of odd width mixed",
                    x =>
                        MixedPaths(
                            cat([odd.call(x), odd.call(x).relu()], 1)
                                .reshape(x.shape[0], 2, 5, (x.shape[2] - 1) / 2, (x.shape[3] - 1) / 2)
                        )
                ),
                ("elu", x => nn.functional.elu(wide.call(x), 1)),
            }
        )
        {
            using var own = NewDisposeScope();
            using var network = new Function(function);
            foreach (var images in new[] { Images(2, 17), Images(1, 8) })
            {
                using var fast = Backend.Optimize(network, images);
                // Other values than those that it was made with.
                var input = randn_like(images);
                AssertNear(Expected(network, input), fast.call(input), 1e-4, what);
                AssertNear(Expected(network, images), fast.call(images), 1e-4, what);
            }
        }

        static Tensor Doubled(Tensor map, Conv2d point)
        {
            var vector = map.mean([2, 3], keepdim: true);
            return (vector.flatten(1).view(-1, 16, 1, 1) + point.call(vector)).flatten(1);
        }

        static Tensor Averaged(Tensor map, bool includesPadding) =>
            nn.AvgPool2d(2, 2, padding: 1, ceil_mode: true, count_include_pad: includesPadding).call(map);

        static Tensor MixedPaths(Tensor paths)
        {
            var means = paths.sum(1).mean([2, 3], keepdim: true);
            var shares = (
                means.unsqueeze(1) * arange(1, paths.shape[1] + 1, ScalarType.Float32).view(1, -1, 1, 1, 1)
            ).softmax(1);
            return (paths * shares).sum(1);
        }

        static Tensor Twice(Tensor map) => (map + map.relu()) * map.mean([2, 3], keepdim: true) + map;
    }

    [Theory]
    [InlineData("EvoNormS0", 48)]
    [InlineData("EvoNormB0", 48)]
    [InlineData("EvoNormS0", 10)]
    [InlineData("EvoNormB0", 10)]
    public void Evo_norm_is_one_step_whatever_its_weights(string kind, int width)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        nn.Module<Tensor, Tensor> norm = kind == "EvoNormS0" ? new EvoNormS0(width) : new EvoNormB0(width);
        var network = nn.Sequential(("conv", nn.Conv2d(3, width, 3)), ("norm", norm));
        using (no_grad())
        {
            foreach (var parameter in norm.parameters())
            {
                parameter.copy_(randn(width) * 2);
            }
        }

        network.eval();
        var images = Images(3, 19);
        foreach (var (precision, relative) in new[] { (ScalarType.Float32, 1e-4), (ScalarType.BFloat16, 0.03) })
        {
            using var fast = Backend.Optimize(network, images, precision);
            var input = (randn_like(images) * 3) + 1;
            AssertNear(Expected(network, input), fast.call(input), relative);
            Assert.Single(fast.Profile(images), step => step.Name.StartsWith("EvoNorm-", StringComparison.Ordinal));
            Assert.DoesNotContain(fast.Profile(images), step => step.By == "aten");
        }
    }

    private static Tensor Images(int batch, int side) =>
        (arange(batch * 3 * side * side, dtype: ScalarType.Float32) * 0.017f).sin().reshape(batch, 3, side, side);

    private static Tensor Expected(nn.Module<Tensor, Tensor> network, Tensor images)
    {
        using var _ = no_grad();
        return network.call(images);
    }

    private static void AssertNear(Tensor expected, Tensor actual, double relative = 1e-4, string what = "the result")
    {
        Assert.Equal(expected.shape, actual.shape);
        var off = (expected - actual).abs().max().item<float>();
        var largest = expected.abs().max().item<float>();
        Assert.True(off <= relative * largest, $"{what} is off by {off} where the largest is {largest}");
    }

    /// <summary>Convolutions, operators that a plan has nothing of its own for, and a classifier.</summary>
    private sealed class Mixed : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d first = nn.Conv2d(3, 32, 3, padding: 1);
        private readonly Conv2d second = nn.Conv2d(16, 32, 3, padding: 1);
        private readonly Linear classifier = nn.Linear(32, 200);

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

    private sealed class Function(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Function))
    {
        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            return function(x).MoveToOuterDisposeScope();
        }
    }
}
