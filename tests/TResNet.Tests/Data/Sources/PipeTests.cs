using System.Diagnostics;
using TResNet.Data.Images;
using TResNet.Data.Sources;
using TResNet.Evaluation;
using TResNet.Tests.Training;
using TResNet.Weights;

namespace TResNet.Tests.Data.Sources;

/// <summary>Pipes and devices, which would be waited for or never end, are refused where a file is named.</summary>
public sealed class PipeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipes-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, Action<string>> Readers =>
        new()
        {
            { "w.safetensors", path => Checkpoint.Load(SmallNets.Create(), path) },
            { "w.pth", path => Checkpoint.Load(SmallNets.Create(), path) },
            { "w.onnx", path => Checkpoint.Load(SmallNets.Create(), path) },
            { "images.csv", path => ImageSources.Load(path) },
            { "train.pack", path => ImageSources.Load(path) },
            { "a.jpg", path => SourceImage.Open(path) },
            { "real.json", path => RealLabels.Read(path, []) },
        };

    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_named_pipe_is_not_waited_for(string name, Action<string> read)
    {
        var path = Path.Combine(folder, name);
        using (var mkfifo = Process.Start("mkfifo", [path]))
        {
            await mkfifo.WaitForExitAsync();
        }

        // And behind a link.
        var link = Path.Combine(folder, "link" + Path.GetExtension(name));
        File.CreateSymbolicLink(link, path);
        foreach (var named in new[] { path, link })
        {
            var message = await Task.Run(() => Assert.Throws<TResNetException>(() => read(named)).Message)
                .WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Contains($"{named} ", message);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void A_device_is_not_read_for_ever()
    {
        var link = Path.Combine(folder, "zero.csv");
        File.CreateSymbolicLink(link, "/dev/zero");

        Assert.Contains(
            "zero.csv lists no images",
            Assert.Throws<TResNetException>(() => ImageSources.Load(link)).Message
        );
    }
}
