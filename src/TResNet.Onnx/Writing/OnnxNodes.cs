using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Weights.Formats.Onnx;
using static TorchSharp.torch;
using DataType = TResNet.Weights.Formats.Onnx.TensorProto.Types.DataType;

namespace TResNet.Onnx;

/// <summary>The nodes and weights of an ONNX graph under way.</summary>
/// <param name="opset">The version of the operators.</param>
/// <param name="precision">The type of the weights.</param>
/// <param name="names">What weights are called: the network's own, by their handles.</param>
internal sealed class OnnxNodes(int opset, ComputeType precision, IReadOnlyDictionary<nint, string> names)
{
    private readonly Dictionary<string, int> made = [];
    private readonly Dictionary<nint, string> written = [];
    private readonly Dictionary<string, string> numbers = [];
    private readonly HashSet<string> taken = [.. names.Values];

    /// <summary>The version of the operators.</summary>
    public int Opset => opset;

    /// <summary>The graph so far.</summary>
    public GraphProto Graph { get; } = new();

    /// <summary>The type that is computed in.</summary>
    public DataType ComputedIn => precision == ComputeType.Float16 ? DataType.Float16 : DataType.Float;

    /// <summary>Adds a node of one output and gives that's name.</summary>
    /// <param name="type">ONNX's name of the operator.</param>
    /// <param name="inputs">Names; one that is empty is left out.</param>
    /// <param name="attributes">Of long, long[], float, float[] or string.</param>
    /// <param name="output">The output's name; a new one where it is null.</param>
    public string Node(
        string type,
        IEnumerable<string> inputs,
        IEnumerable<(string Name, object Value)>? attributes = null,
        string? output = null
    )
    {
        output ??= NewName(type);
        Graph.Node.Add(
            new NodeProto
            {
                Name = output,
                OpType = type,
                Input = { inputs },
                Output = { output },
                Attribute = { (attributes ?? []).Select(each => Attribute(each.Name, each.Value)) },
            }
        );
        return output;
    }

    /// <summary>Adds a weight and gives the name of what to compute with; one that is there already is not added again.</summary>
    /// <param name="values">A copy of a network's tensor, or one of its own.</param>
    /// <param name="shape">The shape to compute with where it is not the tensor's own.</param>
    /// <exception cref="TResNetException">A number is not finite, or has no place in the type.</exception>
    public string Weight(Tensor values, params long[] shape)
    {
        var source = GraphBuilder.SourceOf(values) ?? values;
        string? name = null;
        var isNamed = !source.IsInvalid && names.TryGetValue(source.Handle, out name);

        // What has a name keeps its shape too, by which it is read back.
        var key = isNamed ? source.Handle : values.Handle;
        long[] stored =
            isNamed ? source.shape
            : shape.Length == 0 ? values.shape
            : shape;
        if (!written.TryGetValue(key, out var known))
        {
            known = written[key] = Stored(name ?? NewName("weight"), values, stored);
        }

        long[] wanted = shape.Length == 0 ? values.shape : shape;
        return wanted.SequenceEqual(stored) ? known : Node("Reshape", [known, Numbers(wanted)]);
    }

    private string Stored(string name, Tensor values, long[] shape)
    {
        using var scope = NewDisposeScope();
        var type = precision switch
        {
            ComputeType.Float16 => DataType.Float16,
            ComputeType.BFloat16 => DataType.Bfloat16,
            _ => DataType.Float,
        };
        var elements = values.to(precision.TypeOf()).cpu().contiguous();
        if (!IsFinite(elements))
        {
            throw IsFinite(values)
                ? new TResNetException(
                    $"The weights {name} are too large for {precision}, in which they would become infinite: write them as float32 or bfloat16."
                )
                : NotFinite(name);
        }

        Initializer(name, type, shape, TensorMemory.Bytes(elements));
        return type == DataType.Bfloat16 ? Node("Cast", [name], [("to", (long)DataType.Float)]) : name;
    }

    /// <summary>Whether all numbers are.</summary>
    public static bool IsFinite(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.isfinite().all().item<bool>();
    }

    /// <summary>What to say of weights that are not.</summary>
    public static TResNetException NotFinite(string name) =>
        new(
            $"The weights {name} are not finite, and a network with such weights gives no answers: nothing was written."
        );

    /// <summary>Adds numbers of the type that is computed in and gives their name.</summary>
    public string Numbers(float[] values, params long[] shape) =>
        ComputedIn == DataType.Float
            ? Singles(values, shape)
            : Once(
                Key("half", values, shape),
                name =>
                    Initializer(
                        name,
                        DataType.Float16,
                        shape,
                        MemoryMarshal.AsBytes<Half>(values.Select(value => (Half)value).ToArray())
                    )
            );

    /// <summary>Adds numbers of float32 and gives their name.</summary>
    public string Singles(float[] values, params long[] shape) =>
        Once(
            Key("single", values, shape),
            name => Initializer(name, DataType.Float, shape, MemoryMarshal.AsBytes(values.AsSpan()))
        );

    /// <summary>Adds whole numbers, as shapes and axes are, and gives their name.</summary>
    public string Numbers(params long[] values) =>
        Once(
            Key("long", values, []),
            name => Initializer(name, DataType.Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()))
        );

    /// <summary>Adds an initializer as it is.</summary>
    public string Initializer(string name, DataType type, IReadOnlyList<long> shape, ReadOnlySpan<byte> bytes)
    {
        Graph.Initializer.Add(
            new TensorProto
            {
                Name = name,
                DataType = (int)type,
                Dims = { shape },
                RawData = ByteString.CopyFrom(bytes),
            }
        );
        return name;
    }

    /// <summary>A name that nothing has yet.</summary>
    public string NewName(string type)
    {
        string name;
        do
        {
            made[type] = made.GetValueOrDefault(type) + 1;
            name = $"{type}_{made[type]}";
        } while (!taken.Add(name));

        return name;
    }

    private static string Key<T>(string type, T[] values, long[] shape) =>
        string.Create(CultureInfo.InvariantCulture, $"{type} {string.Join(' ', values)} [{string.Join(' ', shape)}]");

    private string Once(string key, Action<string> add)
    {
        if (!numbers.TryGetValue(key, out var name))
        {
            numbers[key] = name = $"{OnnxTensorFile.OwnConstant}{numbers.Count + 1}";
            add(name);
        }

        return name;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeProto.Types.AttributeType.Float);
                break;
            case long number:
                (attribute.I, attribute.Type) = (number, AttributeProto.Types.AttributeType.Int);
                break;
            case string text:
                (attribute.S, attribute.Type) = (
                    ByteString.CopyFromUtf8(text),
                    AttributeProto.Types.AttributeType.String
                );
                break;
            case long[] several:
                attribute.Ints.AddRange(several);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            default:
                throw new ArgumentException($"{name} is a {value.GetType().Name}.", nameof(value));
        }

        return attribute;
    }
}
