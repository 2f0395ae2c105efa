using TResNet.Checkpoints;
using TResNet.Files;

namespace TResNet.Graphs.Onnx;

/// <summary>Writes graphs as ONNX: standard operators alone, in float32, for any number of images.</summary>
internal static class OnnxFile
{
    /// <summary>The version of ONNX's operators; the last one but a few, which every runtime of today knows.</summary>
    internal const int Opset = 17;

    // The version of the file format that came with these operators.
    private const int FormatVersion = 8;

    /// <summary>Writes a file.</summary>
    /// <param name="graph">The network; its input is called <c>images</c>, its output <c>logits</c>, several outputs <c>features_0</c> and so on.</param>
    /// <param name="path">Where; replaced once the new file is whole.</param>
    /// <param name="name">The network's name.</param>
    /// <exception cref="TResNetException">It has an operation that ONNX has no operators for, is larger than 2 GB, or the disk refuses.</exception>
    internal static void Write(Graph graph, string path, string name)
    {
        var model = ToMessage(graph, name);

        // What protocol buffers allow.
        if (model.Length > int.MaxValue)
        {
            throw new TResNetException($"{name} has {model.Length} bytes: an ONNX file holds at most {int.MaxValue}.");
        }

        AtomicFile.Write(path, model.WriteTo);
    }

    private static OnnxMessage ToMessage(Graph graph, string name)
    {
        var nodes = new OnnxNodes();
        var names = new Dictionary<Value, string> { [graph.Input] = "images" };
        foreach (var value in graph.Values)
        {
            names[value] = OnnxOperators.Add(nodes, value, names);
        }

        // The names of outputs are promised; that of a value may have been given, or given twice.
        var outputs = graph
            .Outputs.Select(
                (output, i) =>
                    (
                        Name: nodes.Node(
                            "Identity",
                            [names[output]],
                            output: graph.Outputs.Count == 1 ? "logits" : $"features_{i}"
                        ),
                        Shape: AnyNumberOf(output)
                    )
            )
            .ToList();
        return new OnnxMessage()
            .Add(1, FormatVersion)
            .Add(2, "TResNet Notebooks")
            .Add(7, nodes.ToMessage(name, [("images", AnyNumberOf(graph.Input))], outputs))
            .Add(8, new OnnxMessage().Add(2, Opset));
    }

    private static IEnumerable<long> AnyNumberOf(Value value) => [0, .. value.Shape.Skip(1)];
}
