namespace TResNet.Compute.Distributed;

/// <summary>
/// A request to stop that all processes follow at the same place: a signal reaches them at different times, and one that stopped by itself would leave
/// the others waiting for it.
/// </summary>
internal sealed class AgreedStop : IDisposable
{
    private readonly ProcessGroup group;
    private readonly CancellationToken asked;
    private readonly CancellationTokenSource? agreed;

    /// <param name="group">The processes.</param>
    /// <param name="asked">What asks this one.</param>
    public AgreedStop(ProcessGroup group, CancellationToken asked)
    {
        (this.group, this.asked) = (group, asked);
        agreed = group.IsShared ? new CancellationTokenSource() : null;
    }

    /// <summary>Cancelled once all of them know; alone, as soon as it is asked.</summary>
    public CancellationToken Token => agreed?.Token ?? asked;

    /// <summary>What this process has to tell the others.</summary>
    public bool IsAsked => asked.IsCancellationRequested;

    /// <summary>Takes note of what the others have told.</summary>
    /// <param name="isAsked">Whether one of them was asked.</param>
    public void Follow(bool isAsked)
    {
        if (isAsked)
        {
            agreed?.Cancel();
        }
    }

    /// <summary>Tells the others and hears from them; all call it.</summary>
    /// <exception cref="OperationCanceledException">One of them is to stop.</exception>
    public void Agree()
    {
        if (group.IsShared)
        {
            Follow(group.Any(IsAsked));
        }

        Token.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose() => agreed?.Dispose();
}
