using TResNet.Files;
using TResNet.Weights.Formats;
using TResNet.Weights.Formats.Onnx;
using TResNet.Weights.Formats.PyTorch;

namespace TResNet.Weights;

/// <summary>The formats: found out from a file's first bytes when reading, from its name's ending when writing.</summary>
internal static class CheckpointFile
{
    /// <summary>Opens a file of any format.</summary>
    /// <exception cref="TResNetException">It is missing, broken, or of none of the formats.</exception>
    internal static ITensorFile Open(string path)
    {
        var file = FileBytes.Open(path);
        try
        {
            Span<byte> first = stackalloc byte[(int)Math.Min(file.Length, LegacyContainer.Magic.Length)];
            file.Read(0, first);
            if (first.StartsWith(ZipContainer.Magic))
            {
                return ZipContainer.Open(file);
            }

            if (first.SequenceEqual(LegacyContainer.Magic))
            {
                return LegacyContainer.Open(file);
            }

            if (FileSignature.Of(file) is { } kind)
            {
                throw new TResNetException($"{path} {kind}.");
            }

            return OnnxTensorFile.Is(file) ? OnnxTensorFile.Open(file)
                : TorchSharpFile.Is(file) ? TorchSharpFile.Open(file)
                : SafetensorsFile.Open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What writes a file of this name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">What else to say of the tensors, where the format has a place for it; null for nothing.</param>
    /// <exception cref="TResNetException">The name's ending is that of no format.</exception>
    internal static Action<Stream, IReadOnlyList<TensorSource>> WriterFor(
        string path,
        IReadOnlyDictionary<string, string>? metadata = null
    ) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".safetensors" => (output, tensors) => SafetensorsFile.Write(output, tensors, metadata),
            ".pth" or ".pt" => (output, tensors) => StateDictWriter.Write(output, tensors, metadata),
            ".dat" => TorchSharpFile.Write,
            var ending => throw new TResNetException(
                $"{path} ends in {(ending.Length == 0 ? "no format's name" : $"'{ending}'")}: end it in .safetensors, in .pth or .pt for PyTorch, or in .dat for TorchSharp."
            ),
        };
}
