namespace TResNet.Profiling.Throughput;

/// <summary>Something whose batches are timed.</summary>
internal interface ITimed
{
    /// <summary>Images in a batch.</summary>
    int BatchSize { get; }

    /// <summary>Makes it ready to run, until the result is disposed: what it has in common with the others that are timed in turns is its own meanwhile.</summary>
    IDisposable Enter();

    /// <summary>Runs batches, and comes back when the device has done them.</summary>
    /// <param name="batches">How many.</param>
    /// <param name="cancel">Honoured between two.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    void Run(int batches, CancellationToken cancel);
}
