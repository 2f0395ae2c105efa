namespace TResNet.Compute;

/// <summary>
/// Gives what waits for the next tensor back to the system once no tensors have come or gone for five seconds: between two trainings it still waits, and
/// a notebook that is only read does not hold what its last cell took.
/// </summary>
/// <param name="clock">What tells the time.</param>
/// <param name="release">Gives it back.</param>
internal sealed class WaitingMemory(TimeProvider clock, Action release)
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private long? lastUse;

    /// <summary>Somebody has looked.</summary>
    /// <param name="isBusy">Whether tensors have come or gone since the look before.</param>
    public void Looked(bool isBusy)
    {
        if (isBusy)
        {
            lastUse = clock.GetTimestamp();
        }
        else if (lastUse is { } since && clock.GetElapsedTime(since) >= Idle)
        {
            release();
            lastUse = null;
        }
    }
}
