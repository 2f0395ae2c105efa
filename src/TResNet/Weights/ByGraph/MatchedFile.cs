using TResNet.Compute;
using TResNet.Weights.Formats;
using static TorchSharp.torch;

namespace TResNet.Weights.ByGraph;

/// <summary>Tensors that were found in a file by its graph, under the network's names.</summary>
/// <param name="values">The tensors, which it frees.</param>
/// <param name="metadata">What else the file says.</param>
internal sealed class MatchedFile(
    IReadOnlyDictionary<string, Tensor> values,
    IReadOnlyDictionary<string, string> metadata
) : ITensorFile
{
    /// <inheritdoc/>
    public string Format => "ONNX, by the order of its layers";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; } =
        values.ToDictionary(each => each.Key, each => new TensorEntry(each.Value.dtype, each.Value.shape));

    /// <inheritdoc/>
    public IReadOnlyList<string> Ignored => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

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
