// The split rule of datasets/fashion-mnist/README.md; a class of few images gives its last one.

namespace TResNet.Data.Sources;

/// <summary>
/// A fixed, stratified split: within each class, in file order, every fifth image is held out; of two to four images the last one, of a single one
/// none.
/// </summary>
internal static class HoldOut
{
    private const int Every = 5;

    /// <summary>The indices of one part, ascending.</summary>
    /// <param name="labels">The label of each image in file order.</param>
    /// <param name="validation">Whether to return the validation part or the rest.</param>
    public static int[] Select(IEnumerable<int> labels, bool validation)
    {
        int[] all = [.. labels];
        var counts = all.CountBy(label => label).ToDictionary();
        var seen = new Dictionary<int, int>();
        return
        [
            .. all.Select(
                    (label, index) =>
                        (Index: index, Count: counts[label], Seen: seen[label] = seen.GetValueOrDefault(label) + 1)
                )
                .Where(image => IsValidation(image.Seen, image.Count) == validation)
                .Select(image => image.Index),
        ];
    }

    private static bool IsValidation(int place, int count) =>
        count >= Every ? place % Every == 0 : count > 1 && place == count;
}
