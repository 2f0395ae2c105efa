// What torch.save(model.state_dict(), path) writes since PyTorch 1.6, and torch.load(path, weights_only=True) opens.
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>Writes a state dict as PyTorch does: each tensor in a storage of its own.</summary>
internal static class StateDictWriter
{
    private const string Root = "archive";
    private const byte Protocol = 2;

    /// <summary>Writes tensors, with the names in the order given.</summary>
    /// <param name="output">Where; it has to be seekable.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">What else to say of them; null for nothing.</param>
    internal static void Write(
        Stream output,
        IReadOnlyList<TensorSource> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        var zip = new StoredZipWriter(output);
        AddBytes(zip, "data.pkl", Pickle(tensors, metadata ?? new Dictionary<string, string>()));
        AddBytes(zip, "byteorder", "little"u8.ToArray());
        for (var i = 0; i < tensors.Count; i++)
        {
            var tensor = tensors[i];
            zip.Add($"{Root}/data/{i}", tensor.Entry.Bytes, stream => TensorStreaming.Write(stream, tensor));
        }

        AddBytes(zip, "version", "3\n"u8.ToArray());
        zip.Finish();
    }

    private static void AddBytes(StoredZipWriter zip, string name, byte[] bytes) =>
        zip.Add($"{Root}/{name}", bytes.Length, stream => stream.Write(bytes));

    private static byte[] Pickle(IReadOnlyList<TensorSource> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var pickle = new MemoryStream();
        Write(pickle, PickleOpcode.Proto);
        pickle.WriteByte(Protocol);
        WriteOrderedDict(pickle);
        Write(pickle, PickleOpcode.Mark);
        for (var i = 0; i < tensors.Count; i++)
        {
            WriteText(pickle, tensors[i].Name);
            WriteTensor(pickle, tensors[i].Entry, i);
        }

        Write(pickle, PickleOpcode.SetItems);
        if (metadata.Count > 0)
        {
            WriteAttribute(pickle, metadata);
        }

        Write(pickle, PickleOpcode.Stop);
        return pickle.ToArray();
    }

    /// <summary>An attribute of the dict, as its <c>_metadata</c> is one in PyTorch: no key of it, which load_state_dict would refuse.</summary>
    private static void WriteAttribute(Stream pickle, IReadOnlyDictionary<string, string> metadata)
    {
        Write(pickle, PickleOpcode.EmptyDict);
        WriteText(pickle, StateDict.Attribute);
        Write(pickle, PickleOpcode.EmptyDict);
        Write(pickle, PickleOpcode.Mark);
        foreach (var (name, word) in metadata)
        {
            WriteText(pickle, name);
            WriteText(pickle, word);
        }

        Write(pickle, PickleOpcode.SetItems);
        Write(pickle, PickleOpcode.SetItem);
        Write(pickle, PickleOpcode.Build);
    }

    /// <summary>_rebuild_tensor_v2(storage, offset, shape, strides, asks for gradients, hooks).</summary>
    private static void WriteTensor(Stream pickle, TensorEntry entry, int key)
    {
        WriteGlobal(pickle, "torch._utils", "_rebuild_tensor_v2");
        Write(pickle, PickleOpcode.Mark);
        Write(pickle, PickleOpcode.Mark);
        WriteText(pickle, "storage");
        WriteGlobal(pickle, "torch", StorageName(entry.Type));
        WriteText(pickle, key.ToString(CultureInfo.InvariantCulture));
        WriteText(pickle, "cpu");
        WriteInteger(pickle, entry.Count);
        Write(pickle, PickleOpcode.Tuple);
        Write(pickle, PickleOpcode.BinPersistentId);
        WriteInteger(pickle, 0);
        WriteIntegers(pickle, entry.Shape);
        WriteIntegers(pickle, RowMajorStrides(entry.Shape));
        Write(pickle, PickleOpcode.NewFalse);
        WriteOrderedDict(pickle);
        Write(pickle, PickleOpcode.Tuple);
        Write(pickle, PickleOpcode.Reduce);
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

    private static void WriteOrderedDict(Stream pickle)
    {
        WriteGlobal(pickle, "collections", "OrderedDict");
        Write(pickle, PickleOpcode.EmptyTuple);
        Write(pickle, PickleOpcode.Reduce);
    }

    private static void WriteGlobal(Stream pickle, string module, string name)
    {
        Write(pickle, PickleOpcode.Global);
        pickle.Write(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private static void WriteText(Stream pickle, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Write(pickle, PickleOpcode.BinUnicode);
        pickle.Write(length);
        pickle.Write(bytes);
    }

    private static void WriteIntegers(Stream pickle, long[] values)
    {
        Write(pickle, PickleOpcode.Mark);
        foreach (var value in values)
        {
            WriteInteger(pickle, value);
        }

        Write(pickle, PickleOpcode.Tuple);
    }

    private static void WriteInteger(Stream pickle, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Write(pickle, PickleOpcode.BinInt);
            pickle.Write(bytes[..sizeof(int)]);
            return;
        }

        Write(pickle, PickleOpcode.Long1);
        pickle.WriteByte(sizeof(long));
        pickle.Write(bytes);
    }

    private static void Write(Stream pickle, PickleOpcode code) => pickle.WriteByte((byte)code);

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
