using Notebook.Outputs;

namespace Notebook.Session;

/// <summary>What a part of a cell came to.</summary>
internal sealed record SegmentResult(bool HasValue, object? Result, ErrorOutput? Error, Exception? Exception)
{
    public static readonly SegmentResult None = new(false, null, null, null);

    public static SegmentResult Value(object? value) => new(true, value, null, null);

    public static SegmentResult Failed(ErrorOutput error) => new(false, null, error, null);

    public static SegmentResult Threw(Exception exception) => new(false, null, null, exception);
}
