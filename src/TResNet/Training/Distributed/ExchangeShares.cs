namespace TResNet.Training.Distributed;

/// <summary>How the time of a training by several processes divides; what is left of 1 is computing, and waiting for images.</summary>
/// <param name="Processes">How many there are.</param>
/// <param name="Communication">The share that this process stands still for gradients on their way, once all have computed theirs.</param>
/// <param name="Waiting">The share that it waits for a slower process.</param>
internal sealed record ExchangeShares(int Processes, double Communication, double Waiting)
{
    /// <summary>The share that it computes.</summary>
    public double Computing => Math.Max(0, 1 - Communication - Waiting);
}
