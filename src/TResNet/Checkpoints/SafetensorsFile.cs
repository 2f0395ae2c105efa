// The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes. https://github.com/huggingface/safetensors#format
using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Checkpoints;

/// <summary>A safetensors file, opened for reading: the header is checked against the file's size before anything is allocated.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const long MaxHeader = 100_000_000;
    private const int LengthBytes = 8;

    private readonly FileStream stream;
    private readonly string path;
    private readonly long dataStart;

    private SafetensorsFile(string path, FileStream stream, long dataStart, IReadOnlyDictionary<string, Entry> entries)
    {
        this.path = path;
        this.stream = stream;
        this.dataStart = dataStart;
        Entries = entries;
    }

    /// <summary>The tensors by name.</summary>
    internal IReadOnlyDictionary<string, Entry> Entries { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="TResNetException">It is missing, truncated, or no safetensors file.</exception>
    internal static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new TResNetException($"There is no checkpoint {path}: give the path of a .safetensors file.");
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            var room = stream.Length - LengthBytes;
            if (room < 0)
            {
                throw Broken(path, $"it has {stream.Length} bytes, fewer than the header's length takes");
            }

            stream.ReadExactly(length);
            var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(length);
            if (headerLength > (ulong)Math.Min(room, MaxHeader))
            {
                throw Broken(path, $"its header claims {headerLength} bytes of a file of {stream.Length}");
            }

            var header = new byte[headerLength];
            stream.ReadExactly(header);
            return new SafetensorsFile(
                path,
                stream,
                LengthBytes + (long)headerLength,
                Parse(path, header, room - (long)headerLength)
            );
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads one tensor.</summary>
    internal Tensor Read(string name)
    {
        var entry = Entries[name];
        var bytes = new byte[entry.End - entry.Start];
        stream.Position = dataStart + entry.Start;
        stream.ReadExactly(bytes);
        var result = empty(entry.Shape, entry.Type);
        result.bytes = bytes;
        return result;
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Writes tensors, with the names in the order given.</summary>
    internal static void Write(Stream output, IReadOnlyList<(string Name, Tensor Tensor)> tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                var size = tensor.numel() * tensor.ElementSize;
                json.WriteStartObject(name);
                json.WriteString("dtype", NameOf(tensor.dtype));
                json.WriteStartArray("shape");
                foreach (var length in tensor.shape)
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += size);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The data starts at a multiple of 8, padded with spaces as the format asks.
        while (buffer.Length % LengthBytes != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        Span<byte> length8 = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(length8, (ulong)buffer.Length);
        output.Write(length8);
        buffer.WriteTo(output);
        foreach (var (_, tensor) in tensors)
        {
            output.Write(tensor.bytes);
        }
    }

    private static Dictionary<string, Entry> Parse(string path, byte[] header, long room)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(header);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name != "__metadata__")
                {
                    entries.Add(property.Name, ParseEntry(path, property, room));
                }
            }
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or ArgumentException
            )
        {
            throw new TResNetException(
                $"{path} is no safetensors file: its header is not valid. Save it again from where it came.",
                e
            );
        }

        return entries;
    }

    private static Entry ParseEntry(string path, JsonProperty property, long room)
    {
        var type = TypeOf(path, property.Value.GetProperty("dtype").GetString() ?? "");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64())];
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > room)
        {
            throw Broken(path, $"'{property.Name}' lies outside the file");
        }

        UInt128 size = (UInt128)type.ElementSize();
        foreach (var length in shape)
        {
            size = length < 0 || size > (UInt128)room ? (UInt128)ulong.MaxValue : size * (UInt128)length;
        }

        return size == (UInt128)(offsets[1] - offsets[0])
            ? new Entry(type, shape, offsets[0], offsets[1])
            : throw Broken(
                path,
                $"'{property.Name}' has the shape [{string.Join(", ", shape)}] and {offsets[1] - offsets[0]} bytes, which do not fit"
            );
    }

    private static TResNetException Broken(string path, string reason) =>
        new($"{path} is truncated or corrupt: {reason}. Copy or save it again.");

    private static ScalarType TypeOf(string path, string name) =>
        name switch
        {
            "F64" => ScalarType.Float64,
            "F32" => ScalarType.Float32,
            "F16" => ScalarType.Float16,
            "BF16" => ScalarType.BFloat16,
            "I64" => ScalarType.Int64,
            "I32" => ScalarType.Int32,
            "I16" => ScalarType.Int16,
            "I8" => ScalarType.Int8,
            "U8" => ScalarType.Byte,
            "BOOL" => ScalarType.Bool,
            _ => throw Broken(path, $"'{name}' is no element type that a network here has"),
        };

    private static string NameOf(ScalarType type) =>
        type switch
        {
            ScalarType.Float64 => "F64",
            ScalarType.Float32 => "F32",
            ScalarType.Float16 => "F16",
            ScalarType.BFloat16 => "BF16",
            ScalarType.Int64 => "I64",
            ScalarType.Int32 => "I32",
            ScalarType.Int16 => "I16",
            ScalarType.Int8 => "I8",
            ScalarType.Byte => "U8",
            ScalarType.Bool => "BOOL",
            _ => throw new TResNetException($"A tensor of {type} cannot be saved as safetensors."),
        };

    /// <summary>One tensor of the file.</summary>
    /// <param name="Type">The element type.</param>
    /// <param name="Shape">The lengths.</param>
    /// <param name="Start">The first byte, from the end of the header.</param>
    /// <param name="End">The byte after the last.</param>
    internal sealed record Entry(ScalarType Type, long[] Shape, long Start, long End);
}
