// The split rule of datasets/fashion-mnist/README.md.

namespace TResNet.Data;

/// <summary>A fixed, stratified split: within each class, in file order, every fifth image is held out.</summary>
internal static class HoldOut
{
    private const int Every = 5;

    /// <summary>The indices of one part, ascending.</summary>
    /// <param name="labels">The label of each image in file order.</param>
    /// <param name="heldOut">Whether to return the held-out part or the rest.</param>
    public static int[] Select(ReadOnlySpan<byte> labels, bool heldOut)
    {
        var seen = new int[byte.MaxValue + 1];
        var chosen = new List<int>(labels.Length);
        for (var i = 0; i < labels.Length; i++)
        {
            if (++seen[labels[i]] % Every == 0 == heldOut)
            {
                chosen.Add(i);
            }
        }

        return [.. chosen];
    }
}
