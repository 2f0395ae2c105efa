// What TorchSharp's Module.save() writes: the number of tensors; then for each its name (length and UTF-8), its element type, its rank, its
// lengths and its elements. Numbers are unsigned LEB128, and element types are libtorch's (c10/core/ScalarType.h).
using System.Buffers;
using System.Text;
using TResNet.Files;
using static TorchSharp.torch;

namespace TResNet.Weights.Formats;

/// <summary>A file of TorchSharp's own format, opened for reading.</summary>
internal sealed class TorchSharpFile : ITensorFile
{
    private const int MaxTensors = 1 << 20;
    private const int MaxNameBytes = 4096;
    private const int MaxRank = 64;

    private static readonly ScalarType[] Types =
    [
        ScalarType.Byte,
        ScalarType.Int8,
        ScalarType.Int16,
        ScalarType.Int32,
        ScalarType.Int64,
        ScalarType.Float16,
        ScalarType.Float32,
        ScalarType.Float64,
        ScalarType.Bool,
        ScalarType.BFloat16,
    ];

    private readonly FileBytes file;
    private readonly Dictionary<string, TensorEntry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> starts = new(StringComparer.Ordinal);

    private TorchSharpFile(FileBytes file)
    {
        this.file = file;
    }

    /// <inheritdoc/>
    public string Format => "TorchSharp";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries => entries;

    /// <inheritdoc/>
    public IReadOnlyList<string> Ignored => [];

    /// <summary>True if the file begins as such a file does: a count, and a first tensor with a printable name, a type and lengths.</summary>
    /// <remarks>The format has no mark of its own, so this is asked last.</remarks>
    internal static bool Is(FileBytes file)
    {
        var at = 0L;
        return Number(file, ref at) is > 0 and <= MaxTensors && Header(file, ref at) is not null;
    }

    /// <summary>Reads the names and places of all tensors.</summary>
    /// <param name="file">Owned by the result.</param>
    /// <exception cref="TResNetException">It is truncated or corrupt.</exception>
    internal static TorchSharpFile Open(FileBytes file)
    {
        var result = new TorchSharpFile(file);
        var at = 0L;
        for (var left = Number(file, ref at); left > 0; left--)
        {
            if (Header(file, ref at) is not var (name, entry) || entry.Bytes > file.Length - at)
            {
                throw file.Broken($"it ends or is damaged within its tensor {result.entries.Count + 1}");
            }

            if (!result.entries.TryAdd(name, entry))
            {
                throw file.Broken($"it holds {FileText.Quote(name)} twice");
            }

            result.starts.Add(name, at);
            at += entry.Bytes;
        }

        return at == file.Length ? result : throw file.Broken($"{file.Length - at} bytes follow its last tensor");
    }

    /// <summary>Writes tensors, as <c>module.load()</c> of TorchSharp reads them.</summary>
    internal static void Write(Stream output, IReadOnlyList<TensorSource> tensors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Put(buffer, tensors.Count);
        foreach (var tensor in tensors)
        {
            var name = Encoding.UTF8.GetBytes(tensor.Name);
            Put(buffer, name.Length);
            buffer.Write(name);
            Put(buffer, (long)tensor.Entry.Type);
            Put(buffer, tensor.Entry.Shape.Length);
            Array.ForEach(tensor.Entry.Shape, length => Put(buffer, length));
            output.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
            TensorStreaming.Write(output, tensor);
        }

        output.Write(buffer.WrittenSpan);
    }

    /// <inheritdoc/>
    public void Read(string name, long start, Span<byte> destination) => file.Read(starts[name] + start, destination);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>A tensor's name, type and lengths; null where they are none.</summary>
    private static (string Name, TensorEntry Entry)? Header(FileBytes file, ref long at)
    {
        if (Number(file, ref at) is not (> 0 and <= MaxNameBytes and var length) || length > file.Length - at)
        {
            return null;
        }

        var bytes = new byte[length];
        file.Read(at, bytes);
        at += length;
        var name = Encoding.UTF8.GetString(bytes);
        var type = (ScalarType)Number(file, ref at);
        if (
            name.Any(c => char.IsControl(c) || c == '\ufffd')
            || !Types.Contains(type)
            || Number(file, ref at) is not (>= 0 and <= MaxRank and var rank)
        )
        {
            return null;
        }

        var shape = new long[rank];
        for (var i = 0; i < rank; i++)
        {
            shape[i] = Number(file, ref at);
        }

        var entry = new TensorEntry(type, shape);
        return entry.IsSensible ? (name, entry) : null;
    }

    /// <summary>An unsigned LEB128 number; -1 where the file ends or it has no end.</summary>
    private static long Number(FileBytes file, ref long at)
    {
        const int bits = 7;
        const int more = 0x80;
        Span<byte> next = stackalloc byte[1];
        var value = 0L;
        for (var shift = 0; shift < 63 && at < file.Length; shift += bits)
        {
            file.Read(at++, next);
            value |= (long)(next[0] & ~more) << shift;
            if ((next[0] & more) == 0)
            {
                return value;
            }
        }

        return -1;
    }

    private static void Put(ArrayBufferWriter<byte> buffer, long value)
    {
        const int bits = 7;
        const int more = 0x80;
        for (; value >= more; value >>= bits)
        {
            buffer.Write([(byte)((value & (more - 1)) | more)]);
        }

        buffer.Write([(byte)value]);
    }
}
