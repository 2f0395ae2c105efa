// The safetensors format: 8 bytes of header length, a JSON header, the tensors' bytes. https://github.com/huggingface/safetensors#format
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using TResNet.Files;
using static TorchSharp.torch;

namespace TResNet.Weights.Formats;

/// <summary>A safetensors file, opened for reading: the header is checked against the file's size before anything is allocated.</summary>
internal sealed class SafetensorsFile : ITensorFile
{
    private const long MaxHeader = 100_000_000;
    private const int LengthBytes = 8;
    private const int NamedAtMost = 8;
    private const string MetadataName = "__metadata__";
    private const string FormatName = "format";

    private readonly FileBytes file;
    private readonly IReadOnlyDictionary<string, long> starts;

    private SafetensorsFile(
        FileBytes file,
        IReadOnlyDictionary<string, TensorEntry> entries,
        IReadOnlyDictionary<string, long> starts,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        this.file = file;
        this.starts = starts;
        Entries = entries;
        Metadata = metadata;
    }

    /// <inheritdoc/>
    public string Format => "safetensors";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Ignored => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Checks the header.</summary>
    /// <param name="file">Owned by the result.</param>
    /// <exception cref="TResNetException">It is truncated, or no safetensors file.</exception>
    internal static SafetensorsFile Open(FileBytes file)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        var room = file.Length - LengthBytes;
        if (room < 0)
        {
            throw file.Broken($"it has {file.Length} bytes, fewer than any checkpoint takes");
        }

        file.Read(0, length);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(length);
        if (headerLength > (ulong)Math.Min(room, MaxHeader))
        {
            throw new TResNetException(
                file.Path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
                    ? file.Broken($"its header claims {headerLength} bytes of a file of {file.Length}").Message
                    : $"{file.Path} is no checkpoint: it begins neither as safetensors, nor as a file of PyTorch or TorchSharp does."
            );
        }

        var header = new byte[headerLength];
        file.Read(LengthBytes, header);
        return Parse(file, header, room - (long)headerLength);
    }

    /// <inheritdoc/>
    public void Read(string name, long start, Span<byte> destination) => file.Read(starts[name] + start, destination);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>Writes tensors, with the names in the order given.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="metadata">What else to say of them; null for nothing.</param>
    internal static void Write(
        Stream output,
        IReadOnlyList<TensorSource> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            json.WriteString(FormatName, "pt");
            foreach (
                var (name, value) in (metadata ?? new Dictionary<string, string>()).Where(m => m.Key != FormatName)
            )
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, entry, _) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", NameOf(entry.Type));
                json.WriteStartArray("shape");
                foreach (var length in entry.Shape)
                {
                    json.WriteNumberValue(length);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += entry.Bytes);
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
        foreach (var tensor in tensors)
        {
            TensorStreaming.Write(output, tensor);
        }
    }

    private static SafetensorsFile Parse(FileBytes file, byte[] header, long room)
    {
        var entries = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        var starts = new Dictionary<string, long>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(header);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataName)
                {
                    foreach (var word in Words(property.Value).Where(word => word.Name != FormatName))
                    {
                        metadata[word.Name] = word.Value.GetString() ?? "";
                    }
                }
                else
                {
                    var (entry, start) = ParseEntry(file, property, room);
                    entries.Add(property.Name, entry);
                    starts.Add(property.Name, LengthBytes + header.Length + start);
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
                $"{file.Path} is no safetensors file: its header is not valid. Save it again from where it came.",
                e
            );
        }

        return new SafetensorsFile(file, entries, starts, metadata);
    }

    // Other programs put there what the format does not allow; the tensors are none the worse for it.
    private static IEnumerable<JsonProperty> Words(JsonElement metadata) =>
        metadata.ValueKind == JsonValueKind.Object
            ? metadata.EnumerateObject().Where(word => word.Value.ValueKind == JsonValueKind.String)
            : [];

    private static (TensorEntry Entry, long Start) ParseEntry(FileBytes file, JsonProperty property, long room)
    {
        var type = TypeOf(file, property.Value.GetProperty("dtype").GetString() ?? "");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(e => e.GetInt64())];
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0] || offsets[1] > room)
        {
            throw file.Broken($"{FileText.Quote(property.Name)} lies outside the file");
        }

        var entry = new TensorEntry(type, shape);
        return entry.IsSensible && entry.Bytes == offsets[1] - offsets[0]
            ? (entry, offsets[0])
            : throw file.Broken(
                $"{FileText.Quote(property.Name)} has the shape [{string.Join(", ", shape.Take(NamedAtMost))}] and {offsets[1] - offsets[0]} bytes, which do not fit"
            );
    }

    private static ScalarType TypeOf(FileBytes file, string name) =>
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
            _ => throw file.Broken($"{FileText.Quote(name)} is no element type that a network here has"),
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
}
