namespace TResNet.Compute;

/// <summary>Passes reports on at once, on the thread that makes them, where <see cref="Progress{T}"/> would post them.</summary>
internal sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
