using System.IO.Compression;
using System.Text;
using TResNet.Weights;

namespace TResNet.Tests.Weights;

/// <summary>Files that hold no weights say what they are.</summary>
public sealed class NoWeightsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("none").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(
        "w.safetensors",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n",
        "is a Git LFS pointer"
    )]
    [InlineData("w.pth", "\r\n <!DOCTYPE html><html><body>Not found</body></html>", "is a web page")]
    [InlineData("w.pth", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "is XML")]
    [InlineData("w.safetensors", "{\"error\": \"not found\"}", "is JSON")]
    [InlineData(
        "w.index.json",
        "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\"}}",
        "is the index of a checkpoint in several files"
    )]
    [InlineData("w.pth", "", "is empty (0 bytes), or a pipe or a device")]
    [InlineData("w.pth", "\u0089HDF\r\n\u001a\n", "is HDF5, as Keras writes it")]
    [InlineData("w.npy", "\u0093NUMPY\u0001", "is a NumPy array")]
    [InlineData("w.pth.gz", "\u001f\u008b\b", "is compressed with gzip")]
    [InlineData("w.onnx", "\b\u0008\u0012\u0007pytorch", "is an ONNX model")]
    [InlineData("w.bin", "\b\u0008\u0012\u0007pytorch", "is an ONNX model")]
    [InlineData("saved_model.pb", "\b\u0001\u0012", "is a TensorFlow model")]
    [InlineData("w.pkl", "\u0080\u0004}q\u0000.", "is a pickle that torch.save did not write")]
    [InlineData("w.pth", "%PDF-1.7", "is a PDF document")]
    public void By_its_first_bytes(string name, string content, string what) =>
        Refused(name, Encoding.Latin1.GetBytes(content), what);

    [Theory]
    [InlineData("arr_0.npy", "is a NumPy archive (.npz)")]
    [InlineData("model.weights.h5", "is a Keras model")]
    [InlineData("m/constants.pkl", "is TorchScript")]
    [InlineData("sub/best.pth", "is a zip file around 'sub/best.pth': unpack it")]
    [InlineData("readme.txt", "is a zip file with no data.pkl")]
    public void By_what_its_archive_holds(string entry, string what)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var content = zip.CreateEntry(entry).Open();
            content.Write(new byte[1000]);
        }

        Refused("w.pth", stream.ToArray(), what);
    }

    [Fact]
    public void TorchScript_with_its_compressed_code_is_called_that()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("net/data.pkl", CompressionLevel.NoCompression).Open().Dispose();
            using var code = zip.CreateEntry("net/code/__torch__.py").Open();
            code.Write(new byte[1000]);
        }

        Refused("w.pt", stream.ToArray(), "is TorchScript, a whole program for torch.jit.load");
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_called_that()
    {
        var error = Assert.Throws<TResNetException>(() => CheckpointFile.Open(folder).Dispose());
        Assert.Contains(
            $"{folder} is a folder: give the file of weights in it",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private void Refused(string name, byte[] bytes, string what)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<TResNetException>(() => CheckpointFile.Open(path).Dispose());
        Assert.StartsWith($"{path} {what}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }
}
