namespace Notebook.Outputs;

/// <summary>How long something took.</summary>
internal static class Duration
{
    /// <summary>A duration as one says it: <c>3.2 ms</c>, <c>4.18 s</c>, <c>2 min 5 s</c>.</summary>
    public static string Format(TimeSpan time) =>
        time.TotalMilliseconds < 10 ? $"{time.TotalMilliseconds:0.0} ms"
        : time.TotalSeconds < 1 ? $"{time.TotalMilliseconds:0} ms"
        : time.TotalSeconds < 10 ? $"{time.TotalSeconds:0.0} s"
        : time.TotalMinutes < 1 ? $"{time.TotalSeconds:0} s"
        : $"{(int)time.TotalMinutes} min {time.Seconds} s";
}
