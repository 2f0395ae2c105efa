namespace TResNet.Compute;

/// <summary>
/// Whether so many more tensors live that somebody should look at the memory they hold: 16 more than ever since the start, then 32 more, then 64.
/// So what is kept, or comes and goes, is soon looked at no more often for it.
/// </summary>
internal sealed class TensorGrowth(long tensors)
{
    private const long Few = 16;

    private long most = tensors;
    private long more = Few;

    /// <summary>Whether a look is due for so many tensors.</summary>
    public bool IsDue(long tensors) => tensors > most + more;

    /// <summary>Somebody has looked, and what he saw was not too much.</summary>
    public void Looked(long tensors)
    {
        more = IsDue(tensors) ? 2 * more : more;
        most = Math.Max(most, tensors);
    }

    /// <summary>Counts from so many tensors on.</summary>
    public void Restart(long tensors) => (most, more) = (tensors, Few);
}
