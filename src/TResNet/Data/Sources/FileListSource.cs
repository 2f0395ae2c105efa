using System.Text;
using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>Image files, each with its labels.</summary>
internal sealed class FileListSource : ImageSource
{
    private readonly string folder;
    private readonly string[] files;
    private readonly int[][] labels;

    /// <param name="name">What the source is called.</param>
    /// <param name="folder">What the files are relative to.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="files">The files.</param>
    /// <param name="labels">The labels of each, ascending.</param>
    /// <param name="isMultiLabel">Whether there may be several labels, or none.</param>
    /// <param name="options">How to read.</param>
    public FileListSource(
        string name,
        string folder,
        IReadOnlyList<string> classes,
        string[] files,
        int[][] labels,
        bool isMultiLabel,
        SourceOptions? options
    )
        : base(options)
    {
        (Name, Classes, IsMultiLabel) = (name, classes, isMultiLabel);
        (this.folder, this.files, this.labels) = (folder, files, labels);
    }

    public override string Name { get; }

    public override int Count => files.Length;

    public override IReadOnlyList<string> Classes { get; }

    public override bool IsMultiLabel { get; }

    /// <summary>One label for each file; files of one class share an array, of which ImageNet would make a million.</summary>
    public static int[][] One(IEnumerable<int> labels)
    {
        var shared = new Dictionary<int, int[]>();
        return [.. labels.Select(label => shared.TryGetValue(label, out var one) ? one : shared[label] = [label])];
    }

    /// <summary>The labels of which nobody knows whether each has them, ascending; null where all are known.</summary>
    internal int[][]? Unknown { get; init; }

    public override ReadOnlySpan<int> LabelsOf(int index) => labels[InRange(index)];

    public override ReadOnlySpan<int> UnknownOf(int index) => Unknown is null ? [] : Unknown[InRange(index)];

    public override bool HasUnknown => Unknown is not null;

    internal override string NameOf(int index) => Path.Combine(folder, files[InRange(index)]);

    /// <summary>Of the path, the length and the time at which the file was last written.</summary>
    internal override ulong IdentityOf(int index)
    {
        var file = new FileInfo(Path.Combine(folder, files[InRange(index)]));
        var (length, time) = file.Exists ? (file.Length, file.LastWriteTimeUtc.Ticks) : (-1, 0);
        return PackFile.HashOf(Encoding.UTF8.GetBytes($"{file.FullName}\t{length}\t{time}"));
    }

    internal override SourceImage Open(int index, FileMemory? memory) =>
        SourceImage.Open(Path.Combine(folder, files[InRange(index)]), Options.Limits, memory);
}
