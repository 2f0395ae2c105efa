namespace TResNet.Layers;

/// <summary>
/// Until it is disposed, this thread makes convolutions of zeros: drawing weights takes most of the time of making a network, and those that are loaded next,
/// or never looked at, need none. Named after PyTorch's <c>torch.nn.utils.skip_init</c>.
/// </summary>
internal sealed class SkipInit : IDisposable
{
    [ThreadStatic]
    private static int depth;

    /// <summary>Begins it.</summary>
    public SkipInit() => depth++;

    /// <summary>Whether one has begun on this thread.</summary>
    public static bool IsOn => depth > 0;

    /// <inheritdoc/>
    public void Dispose() => depth--;
}
