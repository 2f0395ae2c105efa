using TResNet.Building;
using TResNet.Graphs;
using TResNet.Weights;
using TResNet.Weights.Formats.Onnx;
using static TorchSharp.torch;
using DataType = TResNet.Weights.Formats.Onnx.TensorProto.Types.DataType;
using Dimension = TResNet.Weights.Formats.Onnx.TensorShapeProto.Types.Dimension;

namespace TResNet.Onnx;

/// <summary>Puts a file together: the graph between its input and its outputs, and what it says of itself.</summary>
internal static class ModelWriter
{
    private const string InputName = "images";
    private const string Producer = "TResNet Notebooks";

    // The version of the file format that each version of the operators came with.
    private static readonly Dictionary<int, int> FormatVersions = new()
    {
        [13] = 7,
        [14] = 7,
        [15] = 8,
        [16] = 8,
        [17] = 8,
        [18] = 8,
        [19] = 9,
        [20] = 9,
        [21] = 10,
    };

    /// <summary>Writes a graph.</summary>
    /// <param name="model">What it was made of.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="image">What it was made for.</param>
    /// <param name="options">How.</param>
    /// <param name="path">Where.</param>
    /// <param name="quantized">What of the graph has eight bits; null where nothing has.</param>
    public static OnnxFile Write(
        nn.Module model,
        Graph graph,
        ExportedImage image,
        OnnxOptions options,
        string path,
        QuantizedGraph? quantized
    )
    {
        var nodes = new OnnxNodes(options.Opset, options.Precision, NamesOf(model));
        var layers = quantized is null ? null : new QuantizedLayers(nodes, quantized);
        var names = new Dictionary<Value, string> { [graph.Input] = Entrance(nodes, image, options) };
        names[graph.Input] = layers?.Rounded(graph.Input, names[graph.Input]) ?? names[graph.Input];
        foreach (var value in graph.Values)
        {
            names[value] = layers?.Add(value, names) ?? Operators.Add(nodes, value, names);
        }

        var several = model is Network { MultiLabel: true };
        var outputs = graph
            .Outputs.Select((output, i) => Exit(nodes, options, names[output], OutputName(graph, options, i), several))
            .ToArray();
        var input = Described(
            InputName,
            options.BatchSize,
            [image.Channels, Side(options.Height, image.Height, "height"), Side(options.Width, image.Width, "width")]
        );
        input.DocString = image.Describe(options.InputScale);
        nodes.Graph.Name = model.GetName();
        nodes.Graph.Input.Add(input);
        nodes.Graph.Output.AddRange(
            graph.Outputs.Select(
                (output, i) => Described(outputs[i], options.BatchSize, Sides(output, outputs[i], options))
            )
        );
        var file = new ModelProto
        {
            IrVersion = FormatVersions[options.Opset],
            ProducerName = Producer,
            ProducerVersion = typeof(ModelWriter).Assembly.GetName().Version!.ToString(3),
            Graph = nodes.Graph,
            OpsetImport =
            {
                new OperatorSetIdProto { Domain = "", Version = options.Opset },
            },
            MetadataProps = { Words(model, quantized) },
        };
        var (bytes, data) = ModelFile.Write(file, path, options.MostBytesInside);
        return new OnnxFile
        {
            Path = path,
            DataPath = data,
            Bytes = bytes,
            Opset = options.Opset,
            Precision = options.Precision,
            Quantization = quantized?.Describe(),
            Operators =
            [
                .. nodes
                    .Graph.Node.CountBy(node => node.OpType)
                    .OrderByDescending(each => each.Value)
                    .ThenBy(each => each.Key, StringComparer.Ordinal),
            ],
            Input = Text(input),
            Outputs = [.. nodes.Graph.Output.Select(Text)],
            Images = input.DocString,
            Sizes = SizesOf(graph, image, options),
        };
    }

    // Images and results are float32, whatever is computed in, so that whoever calls the file needs no other type.
    private static string Entrance(OnnxNodes nodes, ExportedImage image, OnnxOptions options)
    {
        var x = InputName;
        if (options.InputScale is { } white)
        {
            // In float32 still: a 255th of a pixel is little in float16.
            var (scale, shift) = image.Scaling(white);
            x = nodes.Node("Mul", [x, nodes.Singles(scale, image.Channels, 1, 1)]);
            x = nodes.Node("Add", [x, nodes.Singles(shift, image.Channels, 1, 1)]);
        }

        return nodes.ComputedIn == DataType.Float ? x : nodes.Node("Cast", [x], [("to", (long)nodes.ComputedIn)]);
    }

    private static string Exit(OnnxNodes nodes, OnnxOptions options, string x, string name, bool several)
    {
        x = nodes.ComputedIn == DataType.Float ? x : nodes.Node("Cast", [x], [("to", (long)DataType.Float)]);
        return !options.Softmax ? nodes.Node("Identity", [x], output: name)
            : several ? nodes.Node("Sigmoid", [x], output: name)
            : nodes.Node("Softmax", [x], [("axis", 1L)], output: name);
    }

    private static string OutputName(Graph graph, OnnxOptions options, int i) =>
        graph.Outputs.Count > 1 || graph.Outputs[0].IsMap ? $"features_{i}"
        : options.Softmax ? "probabilities"
        : "logits";

    private static Dictionary<nint, string> NamesOf(nn.Module model)
    {
        var names = new Dictionary<nint, string>();
        foreach (var (name, tensor) in model.state_dict())
        {
            names.TryAdd(tensor.Handle, name);
        }

        return names;
    }

    private static IEnumerable<StringStringEntryProto> Words(nn.Module model, QuantizedGraph? quantized)
    {
        IEnumerable<KeyValuePair<string, string>> words = model is Network network
            ? WeightsDescription.Of(network).ToMetadata()
            : [];
        return (quantized is null ? words : words.Append(new(QuantizedGraph.Word, quantized.Describe()))).Select(
            word => new StringStringEntryProto { Key = word.Key, Value = word.Value }
        );
    }

    private static object Side(int? wanted, long made, string name) => wanted == OnnxOptions.Dynamic ? name : made;

    private static IEnumerable<object> Sides(Value output, string name, OnnxOptions options) =>
        !output.IsMap || output.IsVector
            ? output.Shape.Skip(1).Select(side => (object)side)
            :
            [
                output.Channels,
                Side(options.Height, output.Shape[2], $"{name}_height"),
                Side(options.Width, output.Shape[3], $"{name}_width"),
            ];

    private static ValueInfoProto Described(string name, int batch, IEnumerable<object> sides)
    {
        var shape = new TensorShapeProto();
        foreach (var side in sides.Prepend(batch == OnnxOptions.Dynamic ? "batch" : batch))
        {
            shape.Dim.Add(
                side is string any
                    ? new Dimension { DimParam = any }
                    : new Dimension { DimValue = Convert.ToInt64(side) }
            );
        }

        var type = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = shape };
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = type },
        };
    }

    private static string Text(ValueInfoProto value) =>
        $"{value.Name} [{string.Join(", ", value.Type.TensorType.Shape.Dim.Select(side => side.HasDimParam ? side.DimParam : $"{side.DimValue}"))}]";

    // What is mirrored has to be two pixels wide at least.
    private static string? SizesOf(Graph graph, ExportedImage image, OnnxOptions options)
    {
        if (options is not ({ Height: OnnxOptions.Dynamic } or { Width: OnnxOptions.Dynamic }))
        {
            return null;
        }

        var shrunk = graph
            .Values.Select(value => value.Operation)
            .Select(operation =>
                operation is Blur blur ? blur.X
                : operation is Pad { Kind: PadKind.Reflect } pad ? pad.X
                : null
            )
            .OfType<Value>()
            .Select(map => (image.Height + map.Shape[2] - 1) / map.Shape[2])
            .DefaultIfEmpty(0)
            .Max();
        var least = Math.Max(2 * shrunk, image.Multiple);
        return (image.Multiple, shrunk) switch
        {
            (1, 0) => "Sides may be of any length.",
            (1, _) => $"Sides may be of any length from {least} pixels on.",
            _ => $"Sides are multiples of {image.Multiple}, from {least} pixels on.",
        };
    }
}
