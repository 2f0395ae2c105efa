using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>The images of one part of a pack.</summary>
internal sealed class PackedSource(
    string path,
    string name,
    PackIndex index,
    PackedImage[] images,
    SourceOptions? options
) : ImageSource(options)
{
    // One handle for all threads: reading at an offset moves nothing. It is closed when nobody has the source any more.
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(
        path,
        options: FileOptions.RandomAccess
    );

    public override string Name => name;

    public override int Count => images.Length;

    public override IReadOnlyList<string> Classes => index.Classes;

    public override bool IsMultiLabel => index.IsMultiLabel;

    public override ReadOnlySpan<int> LabelsOf(int at) => images[InRange(at)].Labels;

    public override ReadOnlySpan<int> UnknownOf(int at) => images[InRange(at)].Unknown;

    public override bool HasUnknown { get; } = images.Any(image => image.Unknown.Length > 0);

    internal override string NameOf(int at) => images[InRange(at)].Name;

    internal override SourceImage Open(int at, FileMemory? memory)
    {
        var image = images[InRange(at)];
        var bytes = memory?.Take(image.Length) ?? GC.AllocateUninitializedArray<byte>(image.Length);
        try
        {
            var filled = 0;
            for (int read; (read = RandomAccess.Read(file, bytes.Span[filled..], image.Offset + filled)) > 0; )
            {
                filled += read;
            }
        }
        catch (IOException unreadable)
        {
            throw new TResNetException(
                $"{image.Name} in {path} cannot be read ({unreadable.Message.TrimEnd('.')}); check the disk.",
                unreadable
            );
        }

        return PackFile.HashOf(bytes.Span) == image.Hash
            ? SourceImage.Parse(bytes, $"{image.Name} in {path}", Options.Limits)
            : throw new TResNetException(
                $"{image.Name} in {path} is not what was packed: the file has changed; pack or copy it again."
            );
    }
}
