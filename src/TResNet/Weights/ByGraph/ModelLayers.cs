using TResNet.Files;
using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>The layers with weights of an ONNX model, by the model's names.</summary>
internal sealed class ModelLayers
{
    private readonly OnnxTensorFile file;
    private readonly List<WeightedLayer> layers = [];
    private readonly Dictionary<string, HashSet<int>> before = [];
    private readonly Dictionary<string, int> made = [];
    private readonly Dictionary<string, int> uses;
    private readonly Dictionary<string, string> aliases = [];
    private readonly HashSet<string> taken = [];

    private ModelLayers(OnnxTensorFile file)
    {
        this.file = file;
        uses = file
            .Graph.Node.SelectMany(node => node.Input)
            .Concat(file.Graph.Output.Select(output => output.Name))
            .CountBy(name => name)
            .ToDictionary();
    }

    /// <summary>The layers, in the order of the file.</summary>
    /// <exception cref="TResNetException">It has weights that are not those of a convolution, a linear layer or a normalisation.</exception>
    public static IReadOnlyList<WeightedLayer> Of(OnnxTensorFile file)
    {
        var reader = new ModelLayers(file);
        foreach (var node in file.Graph.Node)
        {
            reader.Read(node);
        }

        var left = file.All.FirstOrDefault(each =>
            each.Value.Count > OnnxTensorFile.MostOfNoWeights && !reader.taken.Contains(each.Key)
        );
        return left.Key is null
            ? reader.layers
            : throw new TResNetException(
                $"its tensor {FileText.Quote(left.Key)} [{string.Join(", ", left.Value.Shape)}] is no weight of a convolution, a linear layer or a batch normalisation"
            );
    }

    private void Read(NodeProto node)
    {
        if (node.OpType == "Constant" || node.Input.Count == 0 || node.Output.Count == 0)
        {
            return;
        }

        // What only copies or converts a tensor of the file.
        if (node.OpType is "Identity" or "Cast" && Stored(node.Input[0]) is { } same)
        {
            aliases[node.Output[0]] = same;
            return;
        }

        var known = node.Input.SelectMany(input => before.GetValueOrDefault(input) ?? []).ToHashSet();
        if (node.OpType == "Identity")
        {
            before[node.Output[0]] = known;
            if (made.TryGetValue(node.Input[0], out var direct))
            {
                made[node.Output[0]] = direct;
            }

            return;
        }

        if (Layer(node, known) is { } layer)
        {
            Made(node, layers.Count);
            layers.Add(layer);
        }
        else if (node.OpType == "BatchNormalization" && Maker(node.Input[0]) is { } maker && layers[maker].Norm is null)
        {
            layers[maker].Norm = Norm(node);
            Made(node, maker);
        }
        else if (node.OpType == "BatchNormalization")
        {
            var channels = file.All[Taken(node, 1)].Count;
            layers.Add(new WeightedLayer(WeightedLayer.Normalisation(channels), known) { Norm = Norm(node) });
            Made(node, layers.Count - 1);
        }
        else if (node is { OpType: "Add", Input.Count: 2 } && Bias(node) is { } biased)
        {
            Made(node, biased);
        }
        else
        {
            foreach (var output in node.Output)
            {
                before[output] = known;
            }
        }
    }

    private WeightedLayer? Layer(NodeProto node, HashSet<int> known)
    {
        switch (node.OpType)
        {
            case "Conv":
                var shape = file.All[Taken(node, 1)].Shape;
                return new WeightedLayer(
                    WeightedLayer.Convolution(
                        shape,
                        Number(node, "strides"),
                        Number(node, "dilations"),
                        Number(node, "group")
                    ),
                    known
                )
                {
                    Weight = Taken(node, 1),
                    Bias = node.Input.Count > 2 ? Taken(node, 2) : null,
                };
            case "Gemm":
                return Linear(node, known, isTransposed: Attribute(node, "transB")?.I is not 1) with
                {
                    Bias = node.Input.Count > 2 ? Taken(node, 2) : null,
                };
            case "MatMul" when node.Input.Count > 1 && Stored(node.Input[1]) is not null:
                return Linear(node, known, isTransposed: true);
            default:
                return null;
        }
    }

    private WeightedLayer Linear(NodeProto node, HashSet<int> known, bool isTransposed)
    {
        var name = Taken(node, 1);
        var (rows, columns) = file.All[name].Shape is [var first, var second]
            ? (first, second)
            : throw new TResNetException($"its tensor {FileText.Quote(name)} is no matrix");
        var (features, outputs) = isTransposed ? (rows, columns) : (columns, rows);
        return new WeightedLayer(
            IsLast(node.Output[0])
                ? WeightedLayer.Head(features)
                : WeightedLayer.Convolution([outputs, features, 1, 1], 1, 1, 1),
            known
        )
        {
            Weight = name,
            IsTransposed = isTransposed,
        };
    }

    // Whether nothing with weights follows: at most a bias, a softmax, a cast.
    private bool IsLast(string output)
    {
        var at = output;
        // Of a damaged model a node may be its own reader.
        for (var steps = 0; steps <= file.Graph.Node.Count; steps++)
        {
            if (file.Graph.Output.Any(each => each.Name == at))
            {
                return true;
            }

            var readers = file.Graph.Node.Where(node => node.Input.Contains(at)).ToList();
            if (
                readers
                is not [
                    {
                        Output.Count: > 0,
                        OpType: "Add" or "Softmax" or "Sigmoid" or "Cast" or "Identity" or "LogSoftmax"
                    } next,
                ]
            )
            {
                return false;
            }

            at = next.Output[0];
        }

        return false;
    }

    // A sum with a tensor of the file right behind a layer without a bias.
    private int? Bias(NodeProto node)
    {
        foreach (var (data, bias) in new[] { (node.Input[0], node.Input[1]), (node.Input[1], node.Input[0]) })
        {
            if (
                Stored(bias) is { } name
                && Maker(data) is { } maker
                && layers[maker] is { Bias: null, Norm: null, Weight: not null }
                && file.All[name].Shape is [> 1]
            )
            {
                taken.Add(name);
                layers[maker].Bias = name;
                return maker;
            }
        }

        return null;
    }

    private NormalisationNames Norm(NodeProto node) =>
        new(
            Taken(node, 1),
            Taken(node, 2),
            Taken(node, 3),
            Taken(node, 4),
            Attribute(node, "epsilon") is { HasF: true } epsilon ? epsilon.F : 1e-5
        );

    private void Made(NodeProto node, int layer)
    {
        made[node.Output[0]] = layer;
        before[node.Output[0]] = [layer];
    }

    // The layer that makes a value which nothing else reads.
    private int? Maker(string value) => made.TryGetValue(value, out var layer) && uses[value] == 1 ? layer : null;

    private string? Stored(string name) =>
        file.All.ContainsKey(name) ? name
        : aliases.TryGetValue(name, out var stored) ? stored
        : null;

    private string Taken(NodeProto node, int input)
    {
        var name =
            (node.Input.Count > input ? Stored(node.Input[input]) : null)
            ?? throw new TResNetException(
                $"its {node.OpType} {FileText.Quote(node.Name)} computes its weights, as quantised models do"
            );
        taken.Add(name);
        return name;
    }

    private static long Number(NodeProto node, string name) =>
        Attribute(node, name) is not { } attribute ? 1
        : attribute.Ints.Count > 0 ? attribute.Ints[^1]
        : attribute.I;

    private static AttributeProto? Attribute(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(each => each.Name == name);
}
