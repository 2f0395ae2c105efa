// Python's pickle protocol 2, as far as torch.save and torch.jit.save use it.
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>A pickle under way.</summary>
internal sealed class PickleWriter
{
    private const byte Protocol = 2;

    private readonly MemoryStream pickle = new();

    /// <summary>Begins one.</summary>
    internal PickleWriter()
    {
        Write(PickleOpcode.Proto);
        pickle.WriteByte(Protocol);
    }

    /// <summary>The whole.</summary>
    internal byte[] Finish()
    {
        Write(PickleOpcode.Stop);
        return pickle.ToArray();
    }

    /// <summary>_rebuild_tensor_v2(storage, offset, shape, strides, asks for gradients, hooks).</summary>
    internal void Tensor(TensorEntry entry, int key)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Write(PickleOpcode.Mark);
        Write(PickleOpcode.Mark);
        Text("storage");
        Global("torch", StorageName(entry.Type));
        Text(key.ToString(CultureInfo.InvariantCulture));
        Text("cpu");
        Integer(entry.Count);
        Write(PickleOpcode.Tuple);
        Write(PickleOpcode.BinPersistentId);
        Integer(0);
        Integers(entry.Shape);
        Integers(RowMajorStrides(entry.Shape));
        Write(PickleOpcode.NewFalse);
        OrderedDict();
        Write(PickleOpcode.Tuple);
        Write(PickleOpcode.Reduce);
    }

    private static long[] RowMajorStrides(long[] shape)
    {
        var strides = new long[shape.Length];
        var step = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    /// <summary>An empty <c>collections.OrderedDict</c>.</summary>
    internal void OrderedDict()
    {
        Global("collections", "OrderedDict");
        Write(PickleOpcode.EmptyTuple);
        Write(PickleOpcode.Reduce);
    }

    /// <summary>A class or function by its name.</summary>
    internal void Global(string module, string name)
    {
        Write(PickleOpcode.Global);
        pickle.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    /// <summary>A text.</summary>
    internal void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Write(PickleOpcode.BinUnicode);
        pickle.Write(length);
        pickle.Write(bytes);
    }

    private void Integers(long[] values)
    {
        Write(PickleOpcode.Mark);
        foreach (var value in values)
        {
            Integer(value);
        }

        Write(PickleOpcode.Tuple);
    }

    private void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Write(PickleOpcode.BinInt);
            pickle.Write(bytes[..sizeof(int)]);
            return;
        }

        Write(PickleOpcode.Long1);
        pickle.WriteByte(sizeof(long));
        pickle.Write(bytes);
    }

    /// <summary>An instruction without an argument.</summary>
    internal void Write(PickleOpcode code) => pickle.WriteByte((byte)code);

    private static string StorageName(ScalarType type) =>
        type switch
        {
            ScalarType.Float64 => "DoubleStorage",
            ScalarType.Float32 => "FloatStorage",
            ScalarType.Float16 => "HalfStorage",
            ScalarType.BFloat16 => "BFloat16Storage",
            ScalarType.Int64 => "LongStorage",
            ScalarType.Int32 => "IntStorage",
            ScalarType.Int16 => "ShortStorage",
            ScalarType.Int8 => "CharStorage",
            ScalarType.Byte => "ByteStorage",
            ScalarType.Bool => "BoolStorage",
            _ => throw new TResNetException($"A tensor of {type} cannot be saved for PyTorch."),
        };
}
