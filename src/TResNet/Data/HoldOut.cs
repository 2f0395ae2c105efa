// The split rule of datasets/fashion-mnist/README.md.

namespace TResNet.Data;

/// <summary>A fixed, stratified split: within each class, in file order, every fifth image is held out.</summary>
internal static class HoldOut
{
    private const int Every = 5;

    /// <summary>The indices of one part, ascending.</summary>
    /// <param name="labels">The label of each image in file order.</param>
    /// <param name="heldOut">Whether to return the held-out part or the rest.</param>
    public static int[] Select(IEnumerable<int> labels, bool heldOut)
    {
        var seen = new Dictionary<int, int>();
        return
        [
            .. labels
                .Select((label, index) => (Index: index, Seen: seen[label] = seen.GetValueOrDefault(label) + 1))
                .Where(image => image.Seen % Every == 0 == heldOut)
                .Select(image => image.Index),
        ];
    }
}
