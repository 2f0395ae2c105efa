using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Weights.ByGraph;

/// <summary>The layers of an ML-Decoder (Ridnik et al., arXiv 2111.12933, section 2), which a graph has as one.</summary>
internal sealed class DecoderLayers
{
    private const string Layer = "decoder.layers.0.";
    private const string Attention = Layer + "multihead_attn.";

    private readonly List<WeightedLayer> layers;
    private readonly IReadOnlyDictionary<string, Tensor> tensors;
    private readonly Func<Tensor, string?> name;

    private DecoderLayers(List<WeightedLayer> layers, MLDecoder head, Func<Tensor, string?> name) =>
        (this.layers, tensors, this.name) = (layers, head.state_dict(), name);

    /// <summary>Adds them.</summary>
    /// <param name="layers">Take them.</param>
    /// <param name="head">The head.</param>
    /// <param name="name">What a tensor is called.</param>
    /// <param name="known">The ways to the map that it reads.</param>
    /// <returns>The way to its result.</returns>
    public static IEnumerable<LayerPath> Add(
        List<WeightedLayer> layers,
        MLDecoder head,
        Func<Tensor, string?> name,
        IEnumerable<LayerPath> known
    )
    {
        var reader = new DecoderLayers(layers, head, name);
        var memory = reader.Linear("embed_standart", known);
        var query = reader.Tensor(WeightedLayer.Shift, MLDecoder.QueryName, []);
        var first = reader.Normalised("norm1", query);

        // Queries, keys and values have one matrix together, which is read three times.
        LayerPath[] all =
        [
            .. reader.Projected(first),
            .. LayerPath.Through(reader.Projected(memory), LayerPath.Transposed),
            .. reader.Projected(memory),
        ];
        var second = reader.Normalised("norm2", [.. first, .. reader.Linear(Attention + "out_proj", all)]);
        var seen = reader.Linear(Layer + "linear2", reader.Linear(Layer + "linear1", second));
        var third = reader.Normalised("norm3", [.. second, .. seen]);
        var pooled = reader.Tensor(WeightedLayer.Factor, MLDecoder.PoolingName, third);
        return reader.Tensor(WeightedLayer.Shift, MLDecoder.BiasName, pooled);
    }

    private LayerPath[] Normalised(string norm, IEnumerable<LayerPath> known) =>
        Tensor(WeightedLayer.Shift, $"{Layer}{norm}.bias", Tensor(WeightedLayer.Scale, $"{Layer}{norm}.weight", known));

    private LayerPath[] Projected(IEnumerable<LayerPath> known) =>
        Tensor(
            WeightedLayer.Shift,
            Attention + "in_proj_bias",
            Tensor(WeightedLayer.Factor, Attention + "in_proj_weight", known)
        );

    private LayerPath[] Linear(string layer, IEnumerable<LayerPath> known)
    {
        var weight = tensors[layer + ".weight"];
        return Added(
            new WeightedLayer(WeightedLayer.Convolution([.. weight.shape, 1, 1], 1, 1, 1), known.ToHashSet())
            {
                Weight = name(weight),
                Bias = name(tensors[layer + ".bias"]),
            }
        );
    }

    private LayerPath[] Tensor(string use, string tensor, IEnumerable<LayerPath> known) =>
        Added(WeightedLayer.OfTensor(use, name(tensors[tensor]), tensors[tensor].shape, known));

    private LayerPath[] Added(WeightedLayer layer)
    {
        layers.Add(layer);
        return [new LayerPath(layers.Count - 1)];
    }
}
