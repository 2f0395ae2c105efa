using System.Runtime.InteropServices;
using TResNet.Weights.Formats.Onnx;

namespace TResNet.Weights.ByGraph;

/// <summary>The whole numbers that an ONNX model has as tensors: axes, places and borders.</summary>
/// <param name="graph">The model.</param>
internal sealed class WholeConstants(GraphProto graph)
{
    private readonly Dictionary<string, long[]> numbers = Read(graph);

    /// <summary>An operand, which is an input since some version and an attribute before; null where neither is known.</summary>
    public long[]? Operand(NodeProto node, int input, string attribute) =>
        node.Input.Count > input ? numbers.GetValueOrDefault(node.Input[input])
        : node.Find(attribute) is { } old ? [.. old.Ints]
        : null;

    private static Dictionary<string, long[]> Read(GraphProto graph)
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
}
