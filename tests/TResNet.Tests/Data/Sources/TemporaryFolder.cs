using TResNet.Data.Sources;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Sources;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sources").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Copies one of our images to each of these places.</summary>
    public TemporaryFolder Images(params string[] names)
    {
        foreach (var name in names)
        {
            Write(name, ImageFixture.Bytes(name.EndsWith(".png") ? "rgb.png" : "color_420.jpg"));
        }

        return this;
    }

    public string Write(string name, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], content);
        return this[name];
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    /// <summary>Where each image of a source lies and what it shows: <c>train/tulip/1.jpg: tulip</c>.</summary>
    public string[] Listed(ImageSource source) =>
        [
            .. Enumerable
                .Range(0, source.Count)
                .Select(i =>
                    $"{System.IO.Path.GetRelativePath(Path, source.Open(i).Name)}: {string.Join(' ', source.LabelsOf(i).ToArray().Select(label => source.Classes[label]))}"
                ),
        ];
}
