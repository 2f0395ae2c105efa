using Google.Protobuf;
using TResNet.Files;
using TResNet.Weights.Formats.Onnx;

namespace TResNet.Onnx;

/// <summary>The file itself, with the weights within or, where they are more than a file holds, in another beside it.</summary>
internal static class ModelFile
{
    // What is smaller stays: a runtime looks at shapes and axes before it reads the data.
    private const int SmallestOutside = 1024;

    // As ONNX's own library aligns them, so that they can be mapped.
    private const int Alignment = 4096;

    /// <summary>Writes a file.</summary>
    /// <param name="model">What it says; its weights are taken out of it where they go beside it.</param>
    /// <param name="path">Where.</param>
    /// <param name="mostInside">The most bytes of weights within.</param>
    /// <returns>The bytes in all, and the file of weights, if there is one.</returns>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static (long Bytes, string? DataPath) Write(ModelProto model, string path, long mostInside)
    {
        if (model.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length) <= mostInside)
        {
            AtomicFile.Write(path, model.WriteTo);
            return (new FileInfo(path).Length, null);
        }

        var data = path + ".data";
        var outside = model.Graph.Initializer.Where(tensor => tensor.RawData.Length >= SmallestOutside).ToArray();
        AtomicFile.Write(
            data,
            stream =>
            {
                foreach (var tensor in outside)
                {
                    var offset = (stream.Position + Alignment - 1) / Alignment * Alignment;
                    stream.SetLength(offset);
                    stream.Position = offset;
                    tensor.RawData.WriteTo(stream);
                    Refer(tensor, Path.GetFileName(data), offset);
                }
            }
        );
        AtomicFile.Write(path, model.WriteTo);
        return (new FileInfo(path).Length + new FileInfo(data).Length, data);
    }

    private static void Refer(TensorProto tensor, string file, long offset)
    {
        tensor.ExternalData.Add(
            new[] { ("location", file), ("offset", $"{offset}"), ("length", $"{tensor.RawData.Length}") }.Select(
                word => new StringStringEntryProto { Key = word.Item1, Value = word.Item2 }
            )
        );
        tensor.ClearRawData();
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
    }
}
