using TResNet.Compute;
using TResNet.Weights.Formats;
using static TorchSharp.torch;

namespace TResNet.Weights.ByGraph;

/// <summary>Tensors that were found in a file by its graph, under the network's names.</summary>
/// <param name="values">The tensors, which it frees.</param>
/// <param name="kept">What the file has not, since evaluation does not compute with it, and the network keeps.</param>
/// <param name="metadata">What else the file says.</param>
internal sealed class MatchedFile(
    IReadOnlyDictionary<string, Tensor> values,
    IReadOnlyDictionary<string, TensorEntry> kept,
    IReadOnlyDictionary<string, string> metadata
) : ITensorFile
{
    /// <inheritdoc/>
    public string Format => "ONNX, by its graph";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; } =
        values
            .Select(each => KeyValuePair.Create(each.Key, new TensorEntry(each.Value.dtype, each.Value.shape)))
            .Concat(kept)
            .ToDictionary();

    /// <inheritdoc/>
    public IReadOnlyList<string> Ignored => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>In what its graph is another than the network's, as a part of a sentence; null where it is the same.</summary>
    public string? Caution { get; init; }

    /// <summary>Whether the network keeps its own.</summary>
    public bool IsKept(string name) => kept.ContainsKey(name);

    /// <inheritdoc/>
    public void Read(string name, long start, Span<byte> destination) =>
        TensorMemory.Bytes(values[name]).Slice((int)start, destination.Length).CopyTo(destination);

    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var value in values.Values)
        {
            value.Dispose();
        }
    }
}
