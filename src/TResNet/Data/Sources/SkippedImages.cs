// What a run left out, so that nobody has to guess why an epoch is shorter than the folder.

namespace TResNet.Data.Sources;

/// <summary>The images of a source that could not be read, each counted once however often it was asked for. Safe from several threads.</summary>
public sealed class SkippedImages
{
    private readonly SortedDictionary<int, string> reasons = [];

    /// <summary>How many images could not be read.</summary>
    public int Count
    {
        get
        {
            lock (reasons)
            {
                return reasons.Count;
            }
        }
    }

    /// <summary>
    /// The images that could not be read so far, by their place in the source: a copy. Each has one sentence that names the file, what is wrong with it
    /// and what to do.
    /// </summary>
    public IReadOnlyList<(int Index, string Reason)> ToList()
    {
        lock (reasons)
        {
            return [.. reasons.Select(reason => (reason.Key, reason.Value))];
        }
    }

    /// <summary>How many were skipped, and why the first of them: a line for each.</summary>
    /// <param name="most">The most images to name; at least 0.</param>
    public string Describe(int most = 5)
    {
        var skipped = ToList();
        if (skipped.Count == 0)
        {
            return "No image was skipped.";
        }

        List<string> lines = [skipped.Count == 1 ? "1 image was skipped:" : $"{skipped.Count:N0} images were skipped:"];
        lines.AddRange(skipped.Take(most).Select(image => $"  {image.Reason}"));
        if (skipped.Count > most)
        {
            lines.Add($"  and {skipped.Count - most:N0} more");
        }

        return string.Join('\n', lines);
    }

    internal void Add(int index, string reason)
    {
        lock (reasons)
        {
            reasons.TryAdd(index, reason);
        }
    }
}
