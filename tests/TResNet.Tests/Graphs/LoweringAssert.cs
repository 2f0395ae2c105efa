using TorchSharp;
using TResNet.Graphs;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Graphs;

/// <summary>What tests of graphs have in common.</summary>
internal static class LoweringAssert
{
    /// <inheritdoc cref="Randomised{TModule}(TModule, long)"/>
    internal static TModule Randomised<TModule>(Func<TModule> build, long seed = 1)
        where TModule : nn.Module
    {
        using var skip = new SkipInit();
        return Randomised(build(), seed);
    }

    /// <summary>A network in evaluation mode of which nothing is trivial: no weight is zero, no statistic is that of a fresh network.</summary>
    internal static TModule Randomised<TModule>(TModule module, long seed = 1)
        where TModule : nn.Module
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        manual_seed(seed);
        foreach (var (name, tensor) in module.state_dict())
        {
            switch (name[(name.LastIndexOf('.') + 1)..])
            {
                case "weight" when tensor.dim() > 1:
                    // Keeps numbers about as large as they were: larger ones, multiplied by gates, would multiply the rounding too.
                    var bound = Math.Sqrt(3.0 * tensor.shape[0] / tensor.numel());
                    tensor.uniform_(-bound, bound);
                    break;
                case "weight" or "v" or "running_var":
                    tensor.uniform_(0.6, 1.4);
                    break;
                case "bias" or "running_mean":
                    tensor.uniform_(-0.2, 0.2);
                    break;
            }
        }

        module.eval();
        return module;
    }

    /// <summary>Images with a seed.</summary>
    internal static Tensor Images(long count, long side, long channels = 3)
    {
        manual_seed(count + side);
        return randn(count, channels, side, side);
    }

    /// <summary>The graph gives what the network gives, on other images than those that it was made for.</summary>
    internal static Graph LowersTo(nn.Module network, Tensor images, double relative = 1e-4, string what = "the result")
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var graph = Graph.Of(network, images.shape);
        var expected = network switch
        {
            nn.Module<Tensor, Tensor[]> many => many.call(images),
            _ => [((nn.Module<Tensor, Tensor>)network).call(images)],
        };
        Assert.Equal(expected.Select(each => each.shape), graph.Outputs.Select(output => output.Shape));
        AllNear(expected, Interpreter.Run(graph, images), relative, what);
        return graph;
    }

    /// <summary>Tensors are alike to a part of the largest number.</summary>
    internal static void AllNear(Tensor[] expected, Tensor[] actual, double relative = 1e-4, string what = "the result")
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (wanted, given) in expected.Zip(actual))
        {
            Assert.Equal(wanted.shape, given.shape);
            var off = (wanted - given).abs().max().item<float>();
            var largest = wanted.abs().max().item<float>();
            Assert.True(
                largest > 1e-3 && off <= relative * largest,
                $"{what} is off by {off} where the largest is {largest}"
            );
        }
    }

    /// <summary>No value is computed by a function that the graph does not know.</summary>
    internal static void HasNoOpaque(Graph graph, string what) =>
        Assert.True(
            graph.Values.All(value => value.Operation is not Opaque),
            $"{what} has an opaque operation:\n{graph}"
        );
}
