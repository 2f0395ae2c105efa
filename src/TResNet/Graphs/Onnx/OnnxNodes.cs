using System.Runtime.InteropServices;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs.Onnx;

/// <summary>The nodes and weights of an ONNX graph under way: <c>GraphProto</c> of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.</summary>
internal sealed class OnnxNodes
{
    private const int FloatData = 1;
    private const int Int64Data = 7;

    private readonly List<OnnxMessage> nodes = [];
    private readonly List<OnnxMessage> initializers = [];
    private int made;

    /// <summary>The graph of some inputs and outputs, each with its shape; a side of 0 is that of any number of images.</summary>
    internal OnnxMessage ToMessage(
        string name,
        IEnumerable<(string Name, IEnumerable<long> Shape)> inputs,
        IEnumerable<(string Name, IEnumerable<long> Shape)> outputs
    )
    {
        var message = new OnnxMessage();
        AddAll(1, nodes);
        message.Add(2, name);
        AddAll(5, initializers);
        AddAll(11, inputs.Select(Described));
        AddAll(12, outputs.Select(Described));
        return message;

        void AddAll(int field, IEnumerable<OnnxMessage> items)
        {
            foreach (var item in items)
            {
                message.Add(field, item);
            }
        }
    }

    /// <summary>Adds a node of one output and gives that's name.</summary>
    /// <param name="type">ONNX's name of the operator.</param>
    /// <param name="inputs">Names; one that is empty is left out.</param>
    /// <param name="attributes">Of long, long[], float or string.</param>
    /// <param name="output">The output's name; a new one where it is null.</param>
    internal string Node(
        string type,
        IEnumerable<string> inputs,
        IEnumerable<(string Name, object Value)>? attributes = null,
        string? output = null
    )
    {
        output ??= $"{type}_{++made}";
        var node = new OnnxMessage();
        foreach (var input in inputs)
        {
            node.Add(1, input);
        }

        node.Add(2, output).Add(3, output).Add(4, type);
        foreach (var (name, value) in attributes ?? [])
        {
            node.Add(5, Attribute(name, value));
        }

        nodes.Add(node);
        return output;
    }

    /// <summary>Adds a weight and gives its name.</summary>
    /// <param name="values">Of float32, contiguous; has to live until the file is written.</param>
    /// <param name="shape">Its shape where it is not the tensor's own.</param>
    internal string Weight(Tensor values, params long[] shape)
    {
        return Initializer(
            FloatData,
            shape.Length == 0 ? values.shape : shape,
            values.numel() * sizeof(float),
            stream =>
            {
                using var scope = NewDisposeScope();
                stream.Write(MemoryMarshal.AsBytes(TensorMemory.Floats(values.cpu().contiguous())));
            }
        );
    }

    /// <summary>Adds numbers and gives their name.</summary>
    internal string Numbers(float[] values, params long[] shape) =>
        Initializer(
            FloatData,
            shape,
            values.Length * sizeof(float),
            stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan()))
        );

    /// <summary>Adds whole numbers and gives their name.</summary>
    internal string Numbers(params long[] values) =>
        Initializer(
            Int64Data,
            [values.Length],
            values.Length * sizeof(long),
            stream => stream.Write(MemoryMarshal.AsBytes(values.AsSpan()))
        );

    private static OnnxMessage Described((string Name, IEnumerable<long> Shape) value)
    {
        var shape = new OnnxMessage();
        foreach (var side in value.Shape)
        {
            shape.Add(1, side == 0 ? new OnnxMessage().Add(2, "N") : new OnnxMessage().Add(1, side));
        }

        var type = new OnnxMessage().Add(1, new OnnxMessage().Add(1, FloatData).Add(2, shape));
        return new OnnxMessage().Add(1, value.Name).Add(2, type);
    }

    private static OnnxMessage Attribute(string name, object value)
    {
        var attribute = new OnnxMessage().Add(1, name);
        switch (value)
        {
            case float number:
                return attribute.Add(2, number).Add(20, 1);
            case long number:
                return attribute.Add(3, number).Add(20, 2);
            case string text:
                return attribute.Add(4, text).Add(20, 3);
            case long[] numbers:
                foreach (var number in numbers)
                {
                    attribute.Add(8, number);
                }

                return attribute.Add(20, 7);
            default:
                throw new ArgumentException($"{name} is a {value.GetType().Name}.", nameof(value));
        }
    }

    private string Initializer(int type, long[] shape, long length, Action<Stream> write)
    {
        var name = $"weight_{initializers.Count + 1}";
        var tensor = new OnnxMessage();
        foreach (var side in shape)
        {
            tensor.Add(1, side);
        }

        initializers.Add(tensor.Add(2, type).Add(8, name).Add(9, length, write));
        return name;
    }
}
