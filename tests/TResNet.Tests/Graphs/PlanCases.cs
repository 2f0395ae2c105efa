using TResNet.Building;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Tests.Graphs;

/// <summary>Each operation of a graph in more than one place.</summary>
internal static class PlanCases
{
    private static readonly Nonlinearity[] Nonlinearities =
    [
        Nonlinearity.ReLU,
        Nonlinearity.LeakyReLU(0.01),
        Nonlinearity.LeakyReLU(1.5),
        Nonlinearity.ReLU6,
        Nonlinearity.Clip(-0.5, 0.25),
        Nonlinearity.Sigmoid,
        Nonlinearity.SiLU,
        Nonlinearity.Hardswish,
        Nonlinearity.Hardsigmoid,
        Nonlinearity.Tanh,
        Nonlinearity.ELU(1),
        Nonlinearity.ELU(0.5),
        Nonlinearity.GELU,
        Nonlinearity.Mish,
    ];

    /// <summary>Networks on three channels, by name.</summary>
    internal static IEnumerable<(string What, Func<GraphBuilder, Value> Network)> All()
    {
        foreach (var f in Nonlinearities)
        {
            yield return ($"{f} of a convolution", g => g.Activation(Wide(g), f));
            yield return ($"{f} of a map", g => g.Activation(g.Input, f));
            yield return (
                $"{f} of a residual sum",
                g =>
                {
                    var x = Wide(g);
                    return g.Activation(g.Sum(Conv(g, x, 16), x), f);
                }
            );
            yield return (
                $"{f} of a linear layer",
                g => g.Activation(g.Add(new Linear(Row(g, Wide(g)), randn(9, 16), randn(9))), f)
            );
            yield return ($"{f} as a gate", g => Gated(g, Wide(g), f));
        }

        yield return ("a sum of two of the same", g => g.Sum(g.Input, g.Input));
        yield return ("a term that is wanted again", g => Twice(g, Wide(g)));
        yield return ("the input as a term", g => g.Activation(g.Sum(Conv(g, g.Input, 3), g.Input), Nonlinearity.ReLU));
        yield return (
            "a convolution in groups beside its input",
            g =>
            {
                var x = Wide(g);
                return g.Sum(g.Convolution(x, randn(16, 4, 3, 3), randn(16), groups: 4), x);
            }
        );
        yield return (
            "depthwise",
            g => g.Activation(g.Convolution(Wide(g), randn(16, 1, 5, 5), stride: 2, groups: 16), Nonlinearity.SiLU)
        );
        yield return ("odd channels", g => Conv(g, Conv(g, g.Input, 5, 2), 7));
        yield return ("dilation", g => g.Convolution(Wide(g), randn(16, 16, 3, 3), dilation: 2));
        yield return ("a convolution without padding", g => g.Convolution(Wide(g), randn(16, 16, 4, 3), padding: 0));
        yield return (
            "zeros around a map",
            g =>
                g.Convolution(
                    g.Add(new Pad(Wide(g), PadKind.Zero, 0, 1, 0, 1)),
                    randn(16, 16, 3, 3),
                    stride: 2,
                    padding: 0
                )
        );
        yield return ("a mirror around a map", g => g.Add(new Pad(Wide(g), PadKind.Reflect, 1, 2, 3, 0)));
        yield return ("borders repeated", g => g.Add(new Pad(Wide(g), PadKind.Replicate, 1, 2, 3, 0)));
        yield return ("max pool", g => g.Add(new MaxPool(Wide(g), Pair.Of(3), Pair.Of(2), Pair.Of(1), Pair.Of(1))));
        yield return (
            "max pool, ceil",
            g => g.Add(new MaxPool(Wide(g), Pair.Of(2), Pair.Of(2), Pair.Of(0), Pair.Of(1), true))
        );
        yield return (
            "max pool, dilated",
            g => g.Add(new MaxPool(Wide(g), Pair.Of(3), Pair.Of(2), Pair.Of(0), Pair.Of(2)))
        );
        foreach (var counts in new[] { false, true })
        {
            yield return (
                $"average pool, padding {counts}",
                g => g.Add(new AveragePool(Wide(g), Pair.Of(3), Pair.Of(2), Pair.Of(1), false, counts))
            );
            yield return (
                $"average pool, ceil {counts}",
                g => g.Add(new AveragePool(Wide(g), Pair.Of(2), Pair.Of(2), Pair.Of(1), true, counts))
            );
        }

        yield return ("blur", g => g.Add(new Blur(Wide(g), 2)));
        yield return ("blur at stride 1", g => g.Add(new Blur(Conv(g, g.Input, 5), 1)));
        yield return ("blur of one row", g => g.Add(new Blur(g.Add(new GlobalMean(Wide(g))), 1)));
        yield return (
            "space to depth",
            g => g.Add(new SpaceToDepth(g.AveragePool(g.Input, 2, 2), g.Input.Shape[2] == 8 ? 4 : 2))
        );
        yield return ("global mean", g => Row(g, Wide(g)));
        yield return ("global max", g => g.Add(new GlobalMax(Wide(g))));
        yield return ("flatten", g => g.Add(new Flatten(Wide(g))));
        yield return ("a map as the result", g => g.Activation(Wide(g), Nonlinearity.ReLU));
        yield return (
            "scales and shifts",
            g =>
                g.Affine(
                    g.Affine(g.Activation(g.Affine(g.Input, randn(3), randn(3)), Nonlinearity.ReLU), randn(3), null),
                    null,
                    randn(3)
                )
        );
        yield return ("a scale that is wanted twice", g => Twice(g, g.Affine(Wide(g), randn(16), null)));
        yield return ("a shift behind a gate", g => g.Affine(Gated(g, Wide(g), Nonlinearity.Sigmoid), null, randn(16)));
        yield return (
            "a scale behind a gate",
            g => g.Affine(Gated(g, Wide(g), Nonlinearity.Sigmoid), randn(16), randn(16))
        );
        yield return (
            "a scale before a gate",
            g =>
            {
                var x = g.Activation(Wide(g), Nonlinearity.ReLU);
                return g.Gate(g.Affine(x, randn(16), randn(16)), g.Add(new GlobalMean(x)));
            }
        );
        yield return (
            "a gate and a sum",
            g =>
            {
                var x = Wide(g);
                return g.Activation(
                    g.Sum(Gated(g, Conv(g, x, 16), Nonlinearity.Sigmoid), x),
                    Nonlinearity.LeakyReLU(0.001)
                );
            }
        );
        yield return ("channels from the middle", g => g.Add(new Slice(Wide(g), 3, 7)));
        yield return (
            "parts put together again",
            g =>
            {
                var x = Wide(g);
                return g.Add(new Concatenation([g.Add(new Slice(x, 3, 13)), g.Add(new Slice(x, 0, 3)), x, g.Input]));
            }
        );
        yield return (
            "parts that are convolved",
            g =>
            {
                var x = Wide(g);
                return g.Add(
                    new Concatenation([Conv(g, g.Add(new Slice(x, 0, 8)), 8), Conv(g, g.Add(new Slice(x, 8, 8)), 8)])
                );
            }
        );
        yield return (
            "a part of a part beside its whole",
            g =>
            {
                var x = Wide(g);
                var part = g.Add(new Slice(x, 2, 12));
                return g.Add(new Concatenation([g.Add(new Slice(part, 1, 4)), part]));
            }
        );
        yield return (
            "a part whose whole is added to",
            g =>
            {
                var x = Wide(g);
                var part = g.Add(new Slice(x, 0, 16));
                return g.Sum(g.Sum(Conv(g, x, 16), x), g.Affine(g.Add(new Concatenation([part])), randn(16), null));
            }
        );
        yield return (
            "vectors put together",
            g =>
            {
                var v = g.Add(new GlobalMean(Wide(g)));
                return g.Add(new Concatenation([v, g.Add(new GlobalMax(g.Input)), g.Add(new Slice(v, 1, 3))]));
            }
        );
        foreach (var count in new[] { 2, 3, 4 })
        {
            yield return ($"{count} paths mixed", g => Mixed(g, [.. Enumerable.Range(0, count).Select(_ => Wide(g))]));
            yield return (
                $"{count} parts of a map mixed",
                g =>
                {
                    var x = Conv(g, g.Input, 16 * count);
                    return Mixed(g, [.. Enumerable.Range(0, count).Select(i => g.Add(new Slice(x, i * 16, 16)))]);
                }
            );
            yield return (
                $"{count} odd parts of a map mixed",
                g =>
                {
                    var x = Conv(g, g.Input, 5 * count);
                    return Mixed(g, [.. Enumerable.Range(0, count).Select(i => g.Add(new Slice(x, i * 5, 5)))]);
                }
            );
        }

        yield return (
            "shares of groups",
            g =>
            {
                var x = Conv(g, g.Input, 16);
                var scores = g.Convolution(g.Add(new GlobalMean(x)), randn(32, 16, 1, 1), randn(32));
                return g.Add(new Mix([x, Conv(g, x, 16)], g.Add(new PartSoftmax(scores, 2, 4))));
            }
        );
        foreach (var circular in new[] { false, true })
        {
            yield return (
                $"a kernel over channels, circular {circular}",
                g =>
                {
                    var x = Wide(g);
                    var v = g.Add(new ChannelConvolution(g.Add(new GlobalMean(x)), randn(5), circular));
                    return g.Gate(x, g.Activation(v, Nonlinearity.Sigmoid));
                }
            );
        }

        yield return (
            "evonorm-s0",
            g => g.Affine(g.Add(new EvoNormS0(Wide(g), randn(16), randn(16), randn(16), 4, 1e-5)), randn(16), randn(16))
        );
        yield return (
            "evonorm-b0",
            g => g.Add(new EvoNormB0(Wide(g), randn(16), rand(16) + 0.5f, randn(16), randn(16), 1e-5))
        );
        yield return (
            "a shift of rows",
            g => g.Affine(g.Activation(Row(g, Wide(g)), Nonlinearity.ReLU), randn(16), randn(16))
        );
        yield return (
            "calls",
            g =>
            {
                var x = Wide(g);
                var both = g.Add(
                    new Opaque("both", [x, g.Input], given => given[0].softmax(1) * given[1].mean([1], true), x.Shape)
                );
                return g.Sum(Conv(g, both, 16), g.Add(new Opaque("itself", [both], given => given[0], both.Shape)));
            }
        );
    }

    private static Value Conv(GraphBuilder graph, Value x, long channels, long stride = 1) =>
        graph.Convolution(x, randn(channels, x.Channels, 3, 3) * 0.2f, randn(channels), stride);

    private static Value Wide(GraphBuilder graph) => Conv(graph, graph.Input, 16);

    private static Value Row(GraphBuilder graph, Value x) => graph.Add(new Flatten(graph.Add(new GlobalMean(x))));

    private static Value Gated(GraphBuilder graph, Value x, Nonlinearity f) =>
        graph.Gate(
            x,
            graph.Activation(graph.Convolution(graph.Add(new GlobalMean(x)), randn(x.Channels, x.Channels, 1, 1)), f)
        );

    private static Value Twice(GraphBuilder graph, Value x)
    {
        var sum = graph.Sum(x, graph.Activation(x, Nonlinearity.ReLU));
        return graph.Sum(graph.Gate(sum, graph.Add(new GlobalMean(x))), x);
    }

    private static Value Mixed(GraphBuilder graph, Value[] parts)
    {
        var (count, channels) = (parts.Length, parts[0].Channels);
        var mean = graph.Add(new GlobalMean(graph.Add(new Mix(parts))));
        var scores = graph.Convolution(mean, randn(count * channels, channels, 1, 1));
        return graph.Add(new Mix(parts, graph.Add(new PartSoftmax(scores, count))));
    }
}
