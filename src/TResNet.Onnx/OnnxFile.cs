using System.Globalization;
using TResNet.Compute;

namespace TResNet.Onnx;

/// <summary>A file that <see cref="OnnxExport.ToOnnx"/> wrote.</summary>
public sealed record OnnxFile
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The file of weights beside it; null where they are within.</summary>
    public string? DataPath { get; init; }

    /// <summary>Of both together.</summary>
    public required long Bytes { get; init; }

    /// <summary>The version of ONNX's operators.</summary>
    public required int Opset { get; init; }

    /// <summary>The type of the weights.</summary>
    public required ComputeType Precision { get; init; }

    /// <summary>How it was quantised, in one sentence; null where it was not.</summary>
    public string? Quantization { get; init; }

    /// <summary>How often each operator is there, the most frequent first.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Operators { get; init; }

    /// <summary>The input, as in <c>images [batch, 3, 224, 224]</c>.</summary>
    public required string Input { get; init; }

    /// <summary>The outputs, as in <c>logits [batch, 1000]</c>.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>What the images are: colours, range, mean and deviation.</summary>
    public required string Images { get; init; }

    /// <summary>The smallest image where any size goes, and what its sides are multiples of; null where the size is fixed.</summary>
    public string? Sizes { get; init; }

    /// <summary>What differs from the network and by how much; null where nothing does.</summary>
    public string? Inexact { get; init; }

    /// <summary>One line to show.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Path}: {Bytes / 1e6:0.0} MB, opset {Opset}, {Operators.Sum(each => each.Value)} operators, {Input} to {string.Join(", ", Outputs)}"
        );
}
