using TorchSharp;
using TorchSharp.Modules;
using TResNet.Graphs;
using TResNet.Layers;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.Optimizing;
using Conv2d = TorchSharp.Modules.Conv2d;

namespace TResNet.Tests.Graphs;

/// <summary>What an optimised network may be made of, and which networks are refused.</summary>
public sealed class OptimizedOperatorsTests
{
    [Fact]
    public void A_network_that_decides_by_its_values_decides_anew_each_time()
    {
        using var scope = NewDisposeScope();
        using var network = new Function(x => x.mean().item<float>() > 0 ? x.relu() : x * 2);
        var images = Images(2, 16);
        using var fast = network.Optimize(images);
        AssertNear(Expected(network, images), fast.call(images));
        AssertNear(Expected(network, -images), fast.call(-images));
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
            using var fast = network.Optimize(images);
            AssertNear(Expected(network, images), fast.call(images));
        }
        catch (TResNetException refused)
        {
            Assert.EndsWith("call the network itself.", refused.Message);
        }
    }

    [Fact]
    public void A_network_that_gives_back_its_input_or_nothing_of_it_is_right()
    {
        using var scope = NewDisposeScope();
        var images = Images(2, 16);
        foreach (
            nn.Module<Tensor, Tensor> network in new nn.Module<Tensor, Tensor>[]
            {
                new Function(x => x.alias()),
                new Function(_ => ones(2, 3) * 2),
                nn.Identity(),
            }
        )
        {
            using var fast = network.Optimize(images);
            using var result = fast.call(images);
            AssertNear(Expected(network, images), result);
            using (no_grad())
            {
                // It is no view of the images.
                result.zero_();
            }

            AssertNear(Images(2, 16), images);
            network.Dispose();
        }
    }

    [Fact]
    public void A_network_of_integers_is_refused()
    {
        using var scope = NewDisposeScope();
        using var network = new Function(x => x.argmax(1));
        Assert.Equal(
            "Function gives Int64: a network that is optimised computes in float32.",
            Assert.Throws<TResNetException>(() => network.Optimize(Images(2, 16))).Message
        );
    }

    [Fact]
    public void Small_things_that_networks_are_made_of_come_out_right()
    {
        using var scope = NewDisposeScope();
        manual_seed(9);
        var wide = nn.Conv2d(3, 16, 3, padding: 1);
        var point = nn.Conv2d(16, 16, 1);
        var grouped = nn.Conv2d(16, 16, 3, padding: 1, groups: 4);
        var odd = nn.Conv2d(3, 5, 3, stride: 2);
        foreach (var parameter in new[] { wide, point, grouped, odd }.SelectMany(layer => layer.parameters()))
        {
            parameter.requires_grad_(false);
        }

        var channels = randn(1, 16, 1, 1);
        var square = randn(16, 16);
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
                ("a convolution in groups beside its input", x => BesideItself(wide.call(x), grouped)),
                ("a convolution beside its input, activated", x => BesideItself(wide.call(x), grouped).tanh()),
                ("a classifier with one bias for all", x => nn.functional.linear(Means(x), square[.., ..3], ones(1))),
                ("channels from before the first", x => wide.call(x).slice(1, -100, 7, 1)),
                (
                    "a normalisation by the batch",
                    x => nn.functional.batch_norm(wide.call(x), null, null, training: true)
                ),
                ("a classifier whose bias is computed", x => Classified(wide.call(x), square)),
                ("a normalisation whose weight and bias are computed", x => Normalised(wide.call(x), square)),
            }
        )
        {
            using var own = NewDisposeScope();
            using var network = new Function(function);
            foreach (var images in new[] { Images(2, 17), Images(1, 8) })
            {
                using var fast = network.Optimize(images);
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

        static Tensor BesideItself(Tensor map, Conv2d grouped) => map + grouped.call(map);

        static Tensor Means(Tensor map) => map.mean([2, 3]);

        static Tensor Classified(Tensor map, Tensor weight) =>
            nn.functional.linear(map.mean([2, 3]), weight, map.mean([0, 2, 3]));

        static Tensor Normalised(Tensor map, Tensor statistics) =>
            nn.functional.batch_norm(
                map,
                statistics[0],
                statistics[1].abs(),
                map.mean([0, 2, 3]),
                map.mean([0, 2, 3]) * 2
            );

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

    [Fact]
    public void Maps_of_one_channel_are_maps_too()
    {
        using var scope = NewDisposeScope();
        var images = randn(2, 1, 28, 28);
        foreach (
            var function in new Func<Tensor, Tensor>[]
            {
                x => x * 2 + 1,
                x => cat([x, x, x], 1),
                x => (x - 0.5).relu() + x,
                x => nn.functional.batch_norm(x, ones(1), ones(1)),
                x => nn.functional.conv2d(x * 3, ones(8, 1, 3, 3)).relu(),
            }
        )
        {
            using var network = new Function(function);
            using var fast = network.Optimize(images);
            AssertNear(Expected(network, images), fast.call(images));
        }
    }

    [Fact]
    public void The_mean_of_a_large_map_has_its_digits()
    {
        using var scope = NewDisposeScope();
        using var network = new Function(x => (x * 1.5).mean([2, 3]));
        var images = full([1, 16, 1024, 1024], 0.1f);
        using var fast = network.Optimize(images);
        AssertNear(full([1, 16], 0.15f), fast.call(images), 1e-5);
    }

    [Fact]
    public void Minus_infinity_is_nothing_behind_a_relu()
    {
        using var scope = NewDisposeScope();
        using var network = new Function(x => (x * 2).relu());
        var images = Images(1, 8);
        using var fast = network.Optimize(images);
        images[0, 0, 0, 0] = tensor(float.NegativeInfinity);
        images[0, 0, 0, 1] = tensor(float.NaN);
        var result = fast.call(images);
        Assert.Equal(0, result[0, 0, 0, 0].item<float>());
        Assert.Equal(float.NaN, result[0, 0, 0, 1].item<float>());
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
        nn.Module<Tensor, Tensor> norm =
            kind == "EvoNormS0" ? new TResNet.Layers.EvoNormS0(width) : new TResNet.Layers.EvoNormB0(width);
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
        foreach (var (computeType, relative) in new[] { (ScalarType.Float32, 1e-4), (ScalarType.BFloat16, 0.03) })
        {
            using var fast = network.Optimize(images, computeType);
            var input = (randn_like(images) * 3) + 1;
            AssertNear(Expected(network, input), fast.call(input), relative);
            Assert.Single(fast.Profile(images), step => step.Name.StartsWith("EvoNorm-", StringComparison.Ordinal));
            Assert.DoesNotContain(fast.Profile(images), step => step.By is "aten" or "opaque");
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
