namespace TResNet.Profiling.Throughput;

/// <summary>Passes reports on at once, on the thread that makes them, where <see cref="Progress{T}"/> would post them.</summary>
internal sealed class Relay<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
