using System.Runtime.InteropServices;
using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>The ways to the values of an ONNX model from the layers before them, by the values' names.</summary>
/// <param name="graph">The model.</param>
internal sealed class ModelPaths(GraphProto graph)
{
    private static readonly long[] RowsForColumns = [0, 1, 3, 2];

    private readonly Dictionary<string, HashSet<LayerPath>> before = [];
    private readonly Dictionary<string, long[]> numbers = Numbers(graph);
    private ILookup<string, long>? parts;

    /// <summary>Notes those to a value.</summary>
    public void Set(string value, IEnumerable<LayerPath> paths) => before[value] = [.. paths];

    /// <summary>Those to the values that a node reads.</summary>
    public HashSet<LayerPath> Into(NodeProto node)
    {
        var apart = node.OpType == "Concat" && Number(node, "axis") == 1 && node.Input.Count > 1;
        return [.. node.Input.SelectMany((input, i) => LayerPath.Through(Of(input), apart ? LayerPath.Place(i) : ""))];
    }

    /// <summary>Notes those to what a node without weights gives.</summary>
    public void Pass(NodeProto node)
    {
        // The length of a side is no number of the map.
        var known = node.OpType is "Shape" or "Size" ? [] : Into(node);
        for (var i = 0; i < node.Output.Count; i++)
        {
            Set(node.Output[i], LayerPath.Through(known, Turn(node, i)));
        }
    }

    private IEnumerable<LayerPath> Of(string value) => before.GetValueOrDefault(value) ?? [];

    private string Turn(NodeProto node, int output)
    {
        switch (node.OpType)
        {
            case "Transpose" when Attribute(node, "perm")?.Ints.SequenceEqual(RowsForColumns) == true:
                return LayerPath.Transposed;
            case "Split" when Number(node, "axis") == 1 && node.Output.Count > 1:
                return LayerPath.Part(output);
            case "Slice" when Start(node) is { } start:
                var all = (parts ??= Parts())[node.Input[0]]
                    .Distinct()
                    .OrderBy(from => from < 0)
                    .ThenBy(from => from)
                    .ToList();
                return all.Count > 1 ? LayerPath.Part(all.IndexOf(start)) : "";
            default:
                return "";
        }
    }

    private ILookup<string, long> Parts() =>
        graph
            .Node.Where(node => node.OpType == "Slice" && Start(node) is not null)
            .ToLookup(node => node.Input[0], node => Start(node)!.Value);

    // Where a slice of channels begins; null for other slices.
    private long? Start(NodeProto node)
    {
        var starts = Operand(node, 1, "starts");
        return Operand(node, 3, "axes") is [1] && starts is [var start] ? start : null;
    }

    // An input since version 10, and an attribute before.
    private long[]? Operand(NodeProto node, int input, string attribute) =>
        node.Input.Count > input ? numbers.GetValueOrDefault(node.Input[input])
        : Attribute(node, attribute) is { } old ? [.. old.Ints]
        : null;

    private static Dictionary<string, long[]> Numbers(GraphProto graph)
    {
        var result = new Dictionary<string, long[]>();
        var constants = graph
            .Node.Where(node => node is { OpType: "Constant", Output.Count: 1 })
            .Select(node => (Name: node.Output[0], Tensor: node.Attribute.FirstOrDefault()?.T));
        foreach (
            var (name, tensor) in graph
                .Initializer.Select(tensor => (tensor.Name, Tensor: (TensorProto?)tensor))
                .Concat(constants)
        )
        {
            if (tensor is not null && tensor.DataType == (int)TensorProto.Types.DataType.Int64)
            {
                result[name] =
                    tensor.HasRawData && tensor.RawData.Length % sizeof(long) == 0
                        ? MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray()
                        : [.. tensor.Int64Data];
            }
        }

        return result;
    }

    private static long? Number(NodeProto node, string name) => Attribute(node, name)?.I;

    private static AttributeProto? Attribute(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(each => each.Name == name);
}
