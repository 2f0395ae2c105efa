using TResNet.Files;
using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>The ways to the values of an ONNX model from the layers before them, by the values' names.</summary>
/// <param name="graph">The model.</param>
/// <param name="constants">Its whole numbers.</param>
internal sealed class ModelPaths(GraphProto graph, WholeConstants constants)
{
    // Ways double where a map is put beside itself, and again in what reads that: networks have some dozens.
    private const int MostPaths = 4096;

    // What is looked at in a whole model; the deepest of networks take a hundredth.
    private const long MostLetters = 1 << 26;

    private static readonly long[] RowsForColumns = [0, 1, 3, 2];

    private readonly Dictionary<string, HashSet<LayerPath>> before = [];
    private ILookup<string, long>? parts;
    private long letters;

    /// <summary>Notes those to a value.</summary>
    /// <exception cref="TResNetException">There are too many.</exception>
    public void Set(string value, IEnumerable<LayerPath> paths) => before[value] = Limited(value, paths);

    /// <summary>Those to the values that a node reads.</summary>
    /// <exception cref="TResNetException">There are too many.</exception>
    public HashSet<LayerPath> Into(NodeProto node)
    {
        var apart = node.OpType == "Concat" && node.Whole("axis") == 1 && node.Input.Count > 1;
        return Limited(
            node.Output[0],
            node.Input.SelectMany((input, i) => LayerPath.Through(Of(input), apart ? LayerPath.Place(i) : ""))
        );
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

    private HashSet<LayerPath> Limited(string value, IEnumerable<LayerPath> paths)
    {
        var result = new HashSet<LayerPath>();
        foreach (var path in paths)
        {
            letters += path.Turns.Length + 1;
            result.Add(path);
            if (result.Count > MostPaths || letters > MostLetters)
            {
                throw new TResNetException(
                    $"the ways to its value {FileText.Quote(value)} from the layers before it are more than any network here has ({MostPaths})"
                );
            }
        }

        return result;
    }

    private IEnumerable<LayerPath> Of(string value) => before.GetValueOrDefault(value) ?? [];

    private string Turn(NodeProto node, int output)
    {
        switch (node.OpType)
        {
            case "Transpose" when node.Find("perm")?.Ints.SequenceEqual(RowsForColumns) == true:
                return LayerPath.Transposed;
            case "Split" when node.Whole("axis") == 1 && node.Output.Count > 1:
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
        var starts = constants.Operand(node, 1, "starts");
        return constants.Operand(node, 3, "axes") is [1] && starts is [var start] ? start : null;
    }
}
