using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>How a source reads its images.</summary>
public sealed record SourceOptions
{
    /// <summary>The options that hold where none are given.</summary>
    public static SourceOptions Default { get; } = new();

    /// <summary>True to stop at the first image that cannot be read; false, the default, to skip it and name it in <see cref="ImageSource.Skipped"/>.</summary>
    public bool Strict { get; init; }

    /// <summary>The largest image that is read.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;
}
