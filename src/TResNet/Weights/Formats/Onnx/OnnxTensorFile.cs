// ONNX as a file of weights: https://github.com/onnx/onnx/blob/main/docs/IR.md and ExternalData.md.
using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using TResNet.Files;
using static TorchSharp.torch;
using DataType = TResNet.Weights.Formats.Onnx.TensorProto.Types.DataType;

namespace TResNet.Weights.Formats.Onnx;

/// <summary>The weights of an ONNX model, within it or beside it, and its graph.</summary>
/// <remarks>Unlike the other formats it is read whole when it is opened, as protocol buffers are; they end at 2 GB.</remarks>
internal sealed class OnnxTensorFile : ITensorFile
{
    private const byte VersionField = 0x08;
    private const int Looked = 64;

    /// <summary>Begins the names of what is no weight of a network, in files of this library.</summary>
    internal const string OwnConstant = "constant_";

    /// <summary>The most numbers of what may be no weights: scales of an input and the like.</summary>
    internal const long MostOfNoWeights = 16;

    private static readonly Dictionary<DataType, ScalarType> Types = new()
    {
        [DataType.Float] = ScalarType.Float32,
        [DataType.Float16] = ScalarType.Float16,
        [DataType.Bfloat16] = ScalarType.BFloat16,
        [DataType.Double] = ScalarType.Float64,
    };

    private readonly string path;
    private readonly Dictionary<string, TensorProto> tensors;
    private readonly Dictionary<string, FileBytes> beside = [];

    private OnnxTensorFile(string path, GraphProto graph, IEnumerable<StringStringEntryProto> words)
    {
        (this.path, Graph) = (path, graph);
        tensors = [];
        foreach (var tensor in graph.Initializer.Concat(graph.Node.Select(Constant).OfType<TensorProto>()))
        {
            if (!tensors.TryAdd(tensor.Name, tensor))
            {
                throw Broken($"it has two tensors {FileText.Quote(tensor.Name)}");
            }
        }

        All = tensors
            .Where(each => Types.ContainsKey((DataType)each.Value.DataType))
            .ToDictionary(each => each.Key, each => EntryOf(each.Value), StringComparer.Ordinal);

        // Parameters have the names of modules, with a point between; what an exporter made up has none.
        var named = All.Where(each => each.Key.Contains('.')).ToDictionary(StringComparer.Ordinal);
        Entries = named.Count > 0 ? named : All;
        HasNames = !All.Any(each =>
            each.Value.Count > MostOfNoWeights
            && !named.ContainsKey(each.Key)
            && !each.Key.StartsWith(OwnConstant, StringComparison.Ordinal)
        );
        Metadata = words.DistinctBy(word => word.Key).ToDictionary(word => word.Key, word => word.Value);
    }

    /// <summary>The operators.</summary>
    internal GraphProto Graph { get; }

    /// <summary>Whether all weights have names of parameters, and not those that an exporter counted.</summary>
    internal bool HasNames { get; }

    /// <summary>All tensors of numbers, those that an exporter made up too.</summary>
    internal IReadOnlyDictionary<string, TensorEntry> All { get; }

    /// <inheritdoc/>
    public string Format => "ONNX";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Ignored => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether a file looks like one: by its ending, or by its first bytes.</summary>
    internal static bool Is(FileBytes file)
    {
        Span<byte> first = stackalloc byte[(int)Math.Min(file.Length, Looked)];
        file.Read(0, first);
        return first.Length > 0
            && (
                Path.GetExtension(file.Path).Equals(".onnx", StringComparison.OrdinalIgnoreCase)
                || (first[0] == VersionField && (first.IndexOf("pytorch"u8) > 0 || first.IndexOf("TResNet"u8) > 0))
            );
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="TResNetException">It is damaged, has no weights, or is larger than the format allows.</exception>
    internal static OnnxTensorFile Open(FileBytes file)
    {
        if (file.Length > int.MaxValue)
        {
            throw file.Broken($"it has {file.Length} bytes, and an ONNX model has at most {int.MaxValue}");
        }

        try
        {
            using var stream = File.OpenRead(file.Path);
            var model = ModelProto.Parser.ParseFrom(stream);
            file.Dispose();
            var result = new OnnxTensorFile(file.Path, model.Graph ?? new GraphProto(), model.MetadataProps);
            return result.Entries.Count > 0
                ? result
                : throw new TResNetException(
                    $"{file.Path} is an ONNX model without weights of floating point: take the model that it was made of, or its checkpoint."
                );
        }
        catch (InvalidProtocolBufferException)
        {
            throw file.Broken("it ends in the middle of an ONNX model, or is none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TResNetException($"{file.Path} could not be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <inheritdoc/>
    public void Read(string name, long start, Span<byte> destination)
    {
        var tensor = tensors[name];
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            var (file, offset) = Beside(tensor);
            file.Read(offset + start, destination);
            return;
        }

        Bytes(tensor).Slice((int)start, destination.Length).CopyTo(destination);
    }

    /// <summary>The file with all tensors, those that an exporter made up too.</summary>
    internal ITensorFile Whole => new WholeFile(this);

    /// <summary>A tensor of a few numbers; null where it is none, or has more of them than what is no weight.</summary>
    internal double[]? Numbers(string name)
    {
        if (!All.TryGetValue(name, out var entry) || entry.Count > MostOfNoWeights)
        {
            return null;
        }

        using var values = empty(entry.Shape, ScalarType.Float64);
        TensorStreaming.CopyInto(Whole, name, values);
        return values.data<double>().ToArray();
    }

    /// <summary>Closes what lies beside the model.</summary>
    public void Dispose()
    {
        foreach (var file in beside.Values)
        {
            file.Dispose();
        }
    }

    // A node that is a tensor.
    private static TensorProto? Constant(NodeProto node)
    {
        if (
            node is not { OpType: "Constant", Output: [var name] }
            || node.Attribute.FirstOrDefault()?.T is not { } tensor
        )
        {
            return null;
        }

        var named = tensor.Clone();
        named.Name = name;
        return named;
    }

    private TensorEntry EntryOf(TensorProto tensor)
    {
        var entry = new TensorEntry(Types[(DataType)tensor.DataType], [.. tensor.Dims]);
        if (!entry.IsSensible)
        {
            throw Broken($"{FileText.Quote(tensor.Name)} has the shape [{string.Join(", ", tensor.Dims)}]");
        }

        var isBeside = tensor.DataLocation == TensorProto.Types.DataLocation.External;
        var length = isBeside ? LengthBeside(tensor, entry.Bytes) : Bytes(tensor).Length;
        return length == entry.Bytes
            ? entry
            : throw Broken(
                $"{FileText.Quote(tensor.Name)} has {length} bytes where [{string.Join(", ", tensor.Dims)}] takes {entry.Bytes}"
            );
    }

    private static ReadOnlySpan<byte> Bytes(TensorProto tensor) =>
        tensor.HasRawData ? tensor.RawData.Span
        : tensor.FloatData.Count > 0 ? MemoryMarshal.AsBytes<float>(tensor.FloatData.ToArray())
        : tensor.DoubleData.Count > 0 ? MemoryMarshal.AsBytes<double>(tensor.DoubleData.ToArray())
        : MemoryMarshal.AsBytes<ushort>(tensor.Int32Data.Select(half => (ushort)half).ToArray());

    private long LengthBeside(TensorProto tensor, long expected)
    {
        var (file, offset) = Beside(tensor);
        return Math.Min(Number(tensor, "length") ?? expected, file.Length - offset);
    }

    private (FileBytes File, long Offset) Beside(TensorProto tensor)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var location = tensor.ExternalData.FirstOrDefault(word => word.Key == "location")?.Value ?? "";
        var full = Path.GetFullPath(Path.Combine(folder, location));
        if (location.Length == 0 || !full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Broken($"its weights lie in {FileText.Quote(location)}, which is not beside it");
        }

        if (!beside.TryGetValue(full, out var file))
        {
            if (!File.Exists(full))
            {
                throw new TResNetException(
                    $"{path} has its weights in {FileText.Quote(location)} beside it, which is not there: copy that file too."
                );
            }

            beside[full] = file = FileBytes.Open(full);
        }

        return (file, Number(tensor, "offset") ?? 0);
    }

    private long? Number(TensorProto tensor, string key) =>
        tensor.ExternalData.FirstOrDefault(word => word.Key == key)?.Value is not { } word ? null
        : long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Broken($"{FileText.Quote(tensor.Name)} has the {key} {FileText.Quote(word)}");

    private TResNetException Broken(string reason) =>
        new($"{path} is truncated or corrupt: {reason}. Copy or save it again.");

    private sealed class WholeFile(OnnxTensorFile file) : ITensorFile
    {
        public string Format => file.Format;

        public IReadOnlyDictionary<string, TensorEntry> Entries => file.All;

        public IReadOnlyList<string> Ignored => [];

        public void Read(string name, long start, Span<byte> destination) => file.Read(name, start, destination);

        public void Dispose() { }
    }
}
