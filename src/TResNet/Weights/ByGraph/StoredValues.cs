using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>Which values of an ONNX model are tensors of the file, whole, in another shape or in part.</summary>
/// <param name="file">The file.</param>
internal sealed class StoredValues(OnnxTensorFile file)
{
    private enum View
    {
        Same,
        Reshaped,
        Transposed,
        Other,
    }

    private readonly Dictionary<string, (string Name, View View)> views = [];

    /// <summary>Notes a node that gives a tensor of the file in another form.</summary>
    /// <returns>Whether it is one.</returns>
    public bool IsViewOf(NodeProto node)
    {
        if (node.Input.Count == 0 || Find(node.Input[0]) is not var (name, view))
        {
            return false;
        }

        View? made = node.OpType switch
        {
            "Identity" or "Cast" => View.Same,
            "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten" => View.Reshaped,
            "Transpose" => View.Transposed,
            "Slice" or "Split" or "Expand" or "Gather" => View.Other,
            _ => null,
        };
        if (made is not { } kind)
        {
            return false;
        }

        foreach (var output in node.Output)
        {
            views[output] = (
                name,
                view == View.Same ? kind
                : kind == View.Same ? view
                : view == View.Reshaped && kind == View.Reshaped ? view
                : View.Other
            );
        }

        return true;
    }

    /// <summary>The tensor that a value is; null where it is none, or in another form.</summary>
    public string? Same(string value) => Find(value) is (var name, View.Same) ? name : null;

    /// <summary>The tensor that a value is, in some shape.</summary>
    public string? Reshaped(string value) => Find(value) is (var name, View.Same or View.Reshaped) ? name : null;

    /// <summary>The tensor that a value is of, in any form or part.</summary>
    public string? Of(string value) => Find(value)?.Name;

    /// <summary>The matrix that a value is, and whether it is transposed; null where it is none.</summary>
    public (string Name, bool IsTransposed)? MatrixOf(string value) =>
        Find(value) is { View: View.Same or View.Transposed } found && file.All[found.Name].Shape.Length == 2
            ? (found.Name, found.View == View.Transposed)
            : null;

    private (string Name, View View)? Find(string value) =>
        file.All.ContainsKey(value) ? (value, View.Same)
        : views.TryGetValue(value, out var found) ? found
        : null;
}
