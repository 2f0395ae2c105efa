using System.Globalization;
using TResNet.Files;
using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>The layers with weights of an ONNX model, by the model's names.</summary>
internal sealed class ModelLayers
{
    private const string Norms = "LayerNormalization";

    private readonly OnnxTensorFile file;
    private readonly List<WeightedLayer> layers = [];
    private readonly ModelPaths paths;
    private readonly ModelFunctions functions;
    private readonly Dictionary<string, int> made = [];
    private readonly Dictionary<string, int> uses;
    private readonly StoredValues stored;
    private readonly HashSet<string> images;
    private readonly HashSet<string> taken = [];

    private ModelLayers(OnnxTensorFile file)
    {
        this.file = file;
        var constants = new WholeConstants(file.Graph);
        paths = new ModelPaths(file.Graph, constants);
        functions = new ModelFunctions(file, constants);
        stored = new StoredValues(file);
        images = [.. file.Graph.Input.Select(input => input.Name).Where(name => !file.All.ContainsKey(name))];
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

        if (stored.IsViewOf(node))
        {
            return;
        }

        var known = paths.Into(node);
        if (node.OpType == "Identity")
        {
            paths.Set(node.Output[0], known);
            functions.Pass(node);
            if (made.TryGetValue(node.Input[0], out var direct))
            {
                made[node.Output[0]] = direct;
            }
        }
        else if (Layer(node, known) is { } layer)
        {
            layers.Add(layer with { Functions = functions.Into(node) });
            Made(node, layers.Count - 1);
        }
        else if (node.OpType == "BatchNormalization" && Unnormalised(node.Input[0]) is { } maker)
        {
            layers[maker].Norm = Norm(node);
            Made(node, maker);
        }
        else if (node.OpType == "BatchNormalization")
        {
            var channels = file.All[Taken(node, 1)].Count;
            layers.Add(
                new WeightedLayer(WeightedLayer.Normalisation(channels), known)
                {
                    Norm = Norm(node),
                    Functions = functions.Into(node),
                }
            );
            Made(node, layers.Count - 1);
        }
        else if ((Bias(node) ?? Affine(node)) is { } moved)
        {
            Made(node, moved);
        }
        else if (PreparesImages(node))
        {
            images.Add(node.Output[0]);
        }
        else if (Alone(node, known) is { } last)
        {
            paths.Set(node.Output[0], last);
            functions.Begin(node.Output[0]);
        }
        else
        {
            paths.Pass(node);
            functions.Pass(node);
        }
    }

    private WeightedLayer? Layer(NodeProto node, HashSet<LayerPath> known)
    {
        switch (node.OpType)
        {
            case "Conv":
                var shape = file.All[Taken(node, 1)].Shape;
                return new WeightedLayer(
                    WeightedLayer.Convolution(
                        shape,
                        node.Whole("strides") ?? 1,
                        node.Whole("dilations") ?? 1,
                        node.Whole("group") ?? 1
                    ),
                    known
                )
                {
                    Weight = Taken(node, 1),
                    Bias = node.Input.Count > 2 ? Taken(node, 2) : null,
                    Border = functions.Border(node, shape),
                    Stride = node.Whole("strides") ?? 1,
                };
            case "Gemm":
                RequirePlain(node);
                return Linear(node, known, node.Whole("transB") is 1) with
                {
                    Bias = node.Input.Count > 2 ? Taken(node, 2) : null,
                };
            case "MatMul" when node.Input.Count > 1 && stored.MatrixOf(node.Input[1]) is not null:
                return Linear(node, known, turnsWeight: false);
            default:
                return null;
        }
    }

    // x W + b alone: what turns the images or scales the sum is no linear layer's.
    private static void RequirePlain(NodeProto node)
    {
        var odd =
            node.Whole("transA") is not (null or 0) ? "transposes what it reads"
            : node.Number("alpha", 1) != 1 ? $"has the factor alpha {Invariant(node.Number("alpha", 1))}"
            : node.Input.Count > 2 && node.Number("beta", 1) != 1
                ? $"has the factor beta {Invariant(node.Number("beta", 1))}"
            : null;
        if (odd is not null)
        {
            throw new TResNetException($"its Gemm {FileText.Quote(node.Name)} {odd}, and no linear layer here does");
        }
    }

    private static string Invariant(float number) => number.ToString(CultureInfo.InvariantCulture);

    // [in, out] of the file unless the operator turns it.
    private WeightedLayer Linear(NodeProto node, HashSet<LayerPath> known, bool turnsWeight)
    {
        var (name, isTurned) =
            (node.Input.Count > 1 ? stored.MatrixOf(node.Input[1]) : null) ?? (Taken(node, 1), false);
        var isTransposed = turnsWeight == isTurned;
        taken.Add(name);
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
        if (node is not { OpType: "Add", Input.Count: 2 })
        {
            return null;
        }

        foreach (var (data, bias) in new[] { (node.Input[0], node.Input[1]), (node.Input[1], node.Input[0]) })
        {
            if (
                stored.Same(bias) is { } name
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

    // A scale of each channel right behind a layer, and a shift behind that, as a normalisation without statistics.
    private int? Affine(NodeProto node)
    {
        if (node is not { OpType: "Mul" or "Add", Input.Count: 2 })
        {
            return null;
        }

        foreach (var (data, values) in new[] { (node.Input[0], node.Input[1]), (node.Input[1], node.Input[0]) })
        {
            if (stored.Of(values) is not { } name || file.All[name].Count < 2 || Maker(data) is not { } maker)
            {
                continue;
            }

            var layer = layers[maker];
            if (node.OpType == "Mul" && layer is { Norm: null, Weight: not null })
            {
                layer.Norm = new NormalisationNames(name, null, null, null, 0);
            }
            else if (node.OpType == "Add" && layer.Norm is { Mean: null, Bias: null } scale)
            {
                layer.Norm = scale with { Bias = name };
            }
            else
            {
                continue;
            }

            taken.Add(name);
            return maker;
        }

        return null;
    }

    // Mean and deviation in the file, or its type.
    private bool PreparesImages(NodeProto node) =>
        node.OpType == "Cast"
            ? images.Contains(node.Input[0])
            : node is { OpType: "Mul" or "Add" or "Sub" or "Div", Input.Count: 2 }
                && node.Input.Any(images.Contains)
                && node.Input.Select(stored.Of)
                    .OfType<string>()
                    .All(name => file.All[name].Count <= OnnxTensorFile.MostOfNoWeights);

    // Tensors that no layer has, a layer for each time that one is read.
    private LayerPath[]? Alone(NodeProto node, HashSet<LayerPath> known)
    {
        if (node.OpType is not ("Mul" or "Add" or "Sub" or "Div" or "Max" or "Min" or "MatMul" or "PRelu" or Norms))
        {
            return null;
        }

        LayerPath[]? last = null;
        foreach (var (input, i) in node.Input.Distinct().Select((input, i) => (input, i)))
        {
            if (stored.Of(input) is not { } name || file.All[name].Count < 2)
            {
                continue;
            }

            var use =
                node.OpType != Norms ? node.OpType
                : i == 1 ? WeightedLayer.Scale
                : WeightedLayer.Shift;
            var nearest = last is not null && node.OpType == Norms ? last : (IEnumerable<LayerPath>)known;
            layers.Add(WeightedLayer.OfTensor(use, name, file.All[name].Shape, nearest));
            taken.Add(name);
            last = [new LayerPath(layers.Count - 1)];
        }

        return last;
    }

    private NormalisationNames Norm(NodeProto node) =>
        new(Taken(node, 1), Taken(node, 2), Taken(node, 3), Taken(node, 4), node.Number("epsilon", 1e-5f));

    private void Made(NodeProto node, int layer)
    {
        made[node.Output[0]] = layer;
        paths.Set(node.Output[0], [new LayerPath(layer)]);
        functions.Begin(node.Output[0]);
    }

    // The layer that makes a value which nothing else reads.
    private int? Maker(string value) => made.TryGetValue(value, out var layer) && uses[value] == 1 ? layer : null;

    private int? Unnormalised(string value) => Maker(value) is { } layer && layers[layer].Norm is null ? layer : null;

    private string Taken(NodeProto node, int input)
    {
        var name =
            (node.Input.Count > input ? stored.Reshaped(node.Input[input]) : null)
            ?? throw new TResNetException(
                $"its {node.OpType} {FileText.Quote(node.Name)} computes its weights, as quantised models do"
            );
        taken.Add(name);
        return name;
    }
}
