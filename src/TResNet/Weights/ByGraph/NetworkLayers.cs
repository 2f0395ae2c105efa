using TResNet.Graphs;
using static TorchSharp.torch;
using CoordinateAttention = TResNet.Layers.CoordinateAttention;
using MLDecoder = TResNet.Layers.MLDecoder;

namespace TResNet.Weights.ByGraph;

/// <summary>The layers with weights of a network's graph, by the network's own names.</summary>
internal sealed class NetworkLayers
{
    private readonly Graph graph;
    private readonly Dictionary<nint, string> names = [];
    private readonly List<WeightedLayer> layers = [];
    private readonly Dictionary<Value, int> made = [];
    private readonly Dictionary<Value, HashSet<LayerPath>> before;
    private readonly Dictionary<Value, LayerFunctions> functions;

    private NetworkLayers(nn.Module network, Graph graph)
    {
        this.graph = graph;
        before = new() { [graph.Input] = [] };
        functions = new() { [graph.Input] = LayerFunctions.None };
        foreach (var (name, tensor) in network.state_dict())
        {
            names.TryAdd(tensor.Handle, name);
        }
    }

    /// <summary>The layers, in an order in which they can be computed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="shape">[N, C, H, W] of its input.</param>
    /// <exception cref="TResNetException">It has weights elsewhere too.</exception>
    public static IReadOnlyList<WeightedLayer> Of(nn.Module network, long[] shape)
    {
        using var _ = no_grad();
        using var graph = Graph.Of(network, shape);
        var reader = new NetworkLayers(network, graph);
        foreach (var value in graph.Values)
        {
            var count = reader.layers.Count;
            reader.before[value] = [.. reader.Read(value)];
            reader.functions[value] = reader.FunctionsOf(value.Operation, isLayer: reader.layers.Count > count);
        }

        return reader.layers;
    }

    // Behind a layer they begin anew; a normalisation right behind one is a part of it.
    private LayerFunctions FunctionsOf(Operation operation, bool isLayer) =>
        operation is Opaque or EvoNormS0 or EvoNormB0
            ? LayerFunctions.Unknown
            : (isLayer ? LayerFunctions.None : Into(operation)).With(LayerFunctions.Of(operation));

    private LayerFunctions Into(Operation operation) =>
        LayerFunctions.All(operation.Inputs.Select(input => functions[input]));

    private IEnumerable<LayerPath> Read(Value value)
    {
        var operation = value.Operation;
        if (Layer(value) is { } layer)
        {
            made[value] = layers.Count;
            return Added(layer with { Functions = Into(operation) });
        }

        return operation switch
        {
            Pointwise { IsAffine: true, Statistics: { } statistics } norm => Normalised(norm, Norm(statistics)),
            Pointwise { IsAffine: true, Scale: { } scale, Shift: { } shift } affine => Maker(affine.X) is null
                ? Tensors(before[affine.X], (WeightedLayer.Scale, scale), (WeightedLayer.Shift, shift))
                : Normalised(affine, Affine(scale, shift)),
            ChannelConvolution conv => Added(
                new WeightedLayer(WeightedLayer.Convolution([1, 1, conv.Weight.numel()], 1, 1, 1), before[conv.X])
                {
                    Weight = Name(conv.Weight),
                    Functions = Into(operation),
                }
            ),
            EvoNormS0 norm => EvoNorm(norm.X, norm.V, norm.Weight, norm.Bias, null),
            EvoNormB0 { Variance: { } variance } norm => EvoNorm(norm.X, norm.V, norm.Weight, norm.Bias, variance),
            Opaque { Module: CoordinateAttention attention } => Attention(attention, before[operation.Inputs[0]]),
            Opaque { Module: MLDecoder decoder } => DecoderLayers.Add(
                layers,
                decoder,
                Name,
                before[operation.Inputs[0]]
            ),
            Opaque => throw Unknown(operation),
            _ when operation.Weights.Any() => throw Unknown(operation),
            Slice slice => LayerPath.Through(before[slice.X], Part(slice)),
            Concatenation { Parts.Count: > 1 } all => all.Parts.SelectMany(
                (part, i) => LayerPath.Through(before[part], LayerPath.Place(i))
            ),
            Mix { Gate: { } gate, Parts.Count: > 1 } mix => mix.Parts.SelectMany(
                (part, i) => before[part].Concat(LayerPath.Through(before[gate], LayerPath.Part(i)))
            ),
            _ => operation.Inputs.SelectMany(input => before[input]),
        };
    }

    private static TResNetException Unknown(Operation operation) =>
        new($"layers of the kind '{operation.Text}' are found by their names alone");

    private LayerPath[] Added(WeightedLayer layer)
    {
        layers.Add(layer);
        return [new LayerPath(layers.Count - 1)];
    }

    private int? Maker(Value value) =>
        made.TryGetValue(value, out var layer) && graph.Uses(value) == 1 && layers[layer].Norm is null ? layer : null;

    private LayerPath[] Normalised(Pointwise value, NormalisationNames norm)
    {
        if (Maker(value.X) is { } maker)
        {
            layers[maker].Norm = norm;
            return [new LayerPath(maker)];
        }

        return Added(
            new WeightedLayer(WeightedLayer.Normalisation(value.X.Channels), before[value.X])
            {
                Norm = norm,
                Functions = Into(value),
            }
        );
    }

    // One tensor after another.
    private IEnumerable<LayerPath> Tensors(
        IEnumerable<LayerPath> known,
        params IEnumerable<(string Use, Tensor Values)> tensors
    )
    {
        foreach (var (use, tensor) in tensors)
        {
            known = Added(WeightedLayer.OfTensor(use, Name(tensor), tensor.shape, known));
        }

        return known;
    }

    // The activation, the division by a deviation, and what follows: https://arxiv.org/abs/2004.02967, table 1.
    private IEnumerable<LayerPath> EvoNorm(Value x, Tensor v, Tensor weight, Tensor bias, Tensor? variance)
    {
        var known = before[x].Concat(Tensors(before[x], (WeightedLayer.Scale, v)));
        if (variance is not null)
        {
            known = known.Concat(Tensors([], (WeightedLayer.Shift, variance)));
        }

        return Tensors([.. known], (WeightedLayer.Scale, weight), (WeightedLayer.Shift, bias));
    }

    private IEnumerable<LayerPath> Attention(CoordinateAttention attention, HashSet<LayerPath> known)
    {
        var tensors = attention.state_dict();
        var norm = new NormalisationNames(
            Of("bn1.weight")!,
            Of("bn1.bias"),
            Of("bn1.running_mean"),
            Of("bn1.running_var"),
            CoordinateAttention.Epsilon
        );
        var within = Added(Convolved("conv1", known.Concat(LayerPath.Through(known, LayerPath.Transposed)), norm));
        var rows = Added(Convolved("conv_h", within));
        var columns = Added(Convolved("conv_w", LayerPath.Through(within, LayerPath.Transposed)));
        return [.. known, .. rows, .. columns];

        string? Of(string name) => names.GetValueOrDefault(tensors[name].Handle);

        WeightedLayer Convolved(string name, IEnumerable<LayerPath> before, NormalisationNames? norm = null) =>
            new(WeightedLayer.Convolution(tensors[name + ".weight"].shape, 1, 1, 1), before.ToHashSet())
            {
                Weight = Of(name + ".weight"),
                Norm = norm,
            };
    }

    private string Part(Slice slice)
    {
        var all = graph
            .Values.Select(value => value.Operation)
            .OfType<Slice>()
            .Where(each => each.X == slice.X)
            .Select(each => each.From)
            .Distinct()
            .Order()
            .ToList();
        return all.Count > 1 ? LayerPath.Part(all.IndexOf(slice.From)) : "";
    }

    private string? Name(Tensor? weight) =>
        weight is null ? null
        : (GraphBuilder.SourceOf(weight) ?? weight) is { IsInvalid: false } source
            ? names.GetValueOrDefault(source.Handle)
        : null;

    private WeightedLayer? Layer(Value value) =>
        value.Operation switch
        {
            Convolution conv => new WeightedLayer(
                WeightedLayer.Convolution(conv.Weight.shape, conv.Stride.Height, conv.Dilation.Height, conv.Groups),
                before[conv.X]
            )
            {
                Weight = Name(conv.Weight),
                Bias = Name(conv.Bias),
                Border = Border(conv),
                Stride = conv.Stride.Height,
            },
            Linear linear => new WeightedLayer(
                graph.Outputs.Contains(value)
                    ? WeightedLayer.Head(linear.Weight.shape[1])
                    : WeightedLayer.Convolution([.. linear.Weight.shape, 1, 1], 1, 1, 1),
                before[linear.X]
            )
            {
                Weight = Name(linear.Weight),
                Bias = Name(linear.Bias),
            },
            Blur blur => new WeightedLayer(
                WeightedLayer.Convolution([blur.X.Channels, 1, 3, 3], blur.Stride, 1, blur.X.Channels),
                before[blur.X]
            ),
            _ => null,
        };

    private static ZeroBorder? Border(Convolution conv)
    {
        var (rows, columns) = (conv.Padding.Height, conv.Padding.Width);
        var own = new ZeroBorder(rows, columns, rows, columns);
        return conv.X.Operation switch
        {
            Pad { Kind: PadKind.Zero } pad => own + new ZeroBorder(pad.Top, pad.Left, pad.Bottom, pad.Right),
            Pad => null,
            _ => own,
        };
    }

    private NormalisationNames Affine(Tensor scale, Tensor shift) =>
        Name(scale) is { } weight && Name(shift) is { } bias
            ? new NormalisationNames(weight, bias, null, null, 0)
            : throw NoNames;

    private NormalisationNames Norm(Statistics statistics)
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
            : throw NoNames;
    }

    private static TResNetException NoNames =>
        new("normalisations without weights of their own are not found by the graph");
}
