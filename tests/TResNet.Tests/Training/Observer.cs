namespace TResNet.Tests.Training;

/// <summary>Hears every report at once, on the thread that reports; <see cref="Progress{T}"/> would post it somewhere else.</summary>
internal sealed class Observer<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
