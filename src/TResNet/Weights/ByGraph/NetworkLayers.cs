using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Weights.ByGraph;

/// <summary>The layers with weights of a network's graph, by the network's own names.</summary>
internal static class NetworkLayers
{
    /// <summary>The layers, in an order in which they can be computed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="shape">[N, C, H, W] of its input.</param>
    /// <exception cref="TResNetException">It has weights elsewhere too.</exception>
    public static IReadOnlyList<WeightedLayer> Of(nn.Module network, long[] shape)
    {
        using var _ = no_grad();
        using var graph = Graph.Of(network, shape);
        var names = new Dictionary<nint, string>();
        foreach (var (name, tensor) in network.state_dict())
        {
            names.TryAdd(tensor.Handle, name);
        }

        var layers = new List<WeightedLayer>();
        var made = new Dictionary<Value, int>();
        var before = new Dictionary<Value, HashSet<int>> { [graph.Input] = [] };
        foreach (var value in graph.Values)
        {
            var known = value.Operation.Inputs.SelectMany(input => before[input]).ToHashSet();
            var layer = Layer(value, known);
            if (layer is not null)
            {
                made[value] = layers.Count;
                layers.Add(layer);
            }
            else if (
                value.Operation is Pointwise { Statistics: not null } norm
                && made.TryGetValue(norm.X, out var maker)
                && graph.Uses(norm.X) == 1
            )
            {
                layers[maker].Norm = Norm(norm.Statistics);
                before[value] = [maker];
                continue;
            }
            else if (value.Operation is Pointwise { Statistics: { } statistics })
            {
                layers.Add(
                    new WeightedLayer(WeightedLayer.Normalisation(value.Channels), known) { Norm = Norm(statistics) }
                );
            }
            else if (value.Operation is Opaque || value.Operation.Weights.Any())
            {
                throw new TResNetException(
                    $"layers of the kind '{value.Operation.Text}' are found by their names alone"
                );
            }
            else
            {
                before[value] = known;
                continue;
            }

            before[value] = [layers.Count - 1];
        }

        return layers;

        string? Name(Tensor? weight) =>
            weight is not null && GraphBuilder.SourceOf(weight) is { IsInvalid: false } source
                ? names.GetValueOrDefault(source.Handle)
                : null;

        WeightedLayer? Layer(Value value, HashSet<int> known) =>
            value.Operation switch
            {
                Convolution conv => new WeightedLayer(
                    WeightedLayer.Convolution(conv.Weight.shape, conv.Stride.Height, conv.Dilation.Height, conv.Groups),
                    known
                )
                {
                    Weight = Name(conv.Weight),
                    Bias = Name(conv.Bias),
                },
                Linear linear => new WeightedLayer(
                    graph.Outputs.Contains(value)
                        ? WeightedLayer.Head(linear.Weight.shape[1])
                        : WeightedLayer.Convolution([.. linear.Weight.shape, 1, 1], 1, 1, 1),
                    known
                )
                {
                    Weight = Name(linear.Weight),
                    Bias = Name(linear.Bias),
                },
                Blur blur => new WeightedLayer(
                    WeightedLayer.Convolution([blur.X.Channels, 1, 3, 3], blur.Stride, 1, blur.X.Channels),
                    known
                ),
                _ => null,
            };

        NormalisationNames Norm(Statistics statistics)
        {
            var bias = Name(statistics.Bias);
            var weight = Name(statistics.Weight);
            return bias is not null && Name(statistics.Mean) is { } mean && Name(statistics.Variance) is { } variance
                ? new NormalisationNames(
                    weight ?? bias[..bias.LastIndexOf('.')] + ".weight",
                    bias,
                    mean,
                    variance,
                    statistics.Epsilon,
                    ScalesByMagnitude: weight is null
                )
                : throw new TResNetException(
                    "normalisations without weights of their own are not found by their order"
                );
        }
    }
}
