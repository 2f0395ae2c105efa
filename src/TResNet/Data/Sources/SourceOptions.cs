using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>The order in which classes are numbered, where no file says it.</summary>
internal enum ClassOrder
{
    /// <summary>By the characters of their names, as torchvision has it: <c>10</c> before <c>9</c>.</summary>
    Name,

    /// <summary>Numbers in names by their value, as timm has it: <c>9</c> before <c>10</c>.</summary>
    Natural,
}

/// <summary>How a source reads its images.</summary>
public sealed record SourceOptions
{
    /// <summary>The options that hold where none are given.</summary>
    public static SourceOptions Default { get; } = new();

    /// <summary>True to stop at the first image that cannot be read; false, the default, to skip it and name it in <see cref="ImageSource.Skipped"/>.</summary>
    public bool Strict { get; init; }

    /// <summary>The largest image that is read.</summary>
    internal ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>The order of the classes of folders and lists.</summary>
    internal ClassOrder ClassOrder { get; init; }

    /// <summary>
    /// A file that names the classes of folders and lists in their order: a text with one on each line, or JSON; null for those that are found, in the
    /// order of their names.
    /// </summary>
    public string? ClassMap { get; init; }
}
