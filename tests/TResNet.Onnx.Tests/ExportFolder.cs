using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Onnx.Tests;

/// <summary>A folder for files that tests write, and how they are compared with the networks that they are of.</summary>
public abstract class ExportFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("onnx").FullName;

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>A file for any images gives what the network gives, for two numbers of images and two sizes.</summary>
    private protected void SameInOnnxRuntime(
        nn.Module network,
        string what,
        OnnxOptions? options = null,
        double relative = 1e-4,
        int side = 64,
        int channels = 3
    )
    {
        options ??= new OnnxOptions();
        var path = PathOf("network.onnx");
        network.ToOnnx(path, options with { Height = OnnxOptions.Dynamic, Width = OnnxOptions.Dynamic });
        using var session = new OnnxSession(path);
        foreach (var (images, height, width) in new[] { (1, side, side), (3, side, side + 32) })
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var x = rand([images, channels, height, width], generator: new Generator((ulong)images));
            Tensor[] expected = network is nn.Module<Tensor, Tensor[]> many
                ? many.call(x)
                : [((nn.Module<Tensor, Tensor>)network).call(x)];
            AllNear(expected, session.Run(x), relative, $"{what} of {images} x {height} x {width}");
        }
    }
}
