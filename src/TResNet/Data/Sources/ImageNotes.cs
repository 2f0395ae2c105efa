// What is not wrong with an image and yet worth a word, said once for all images it holds for.

namespace TResNet.Data.Sources;

/// <summary>What is to be said of the images of a source, each counted once however often it was read. Safe from several threads.</summary>
internal sealed class ImageNotes
{
    private readonly SortedDictionary<string, SortedDictionary<int, string>> images = new(StringComparer.Ordinal);

    /// <summary>A sentence for each note, in ordinal order; none where there is nothing to say.</summary>
    public IReadOnlyList<string> Describe()
    {
        lock (images)
        {
            return [.. images.Select(pair => Sentence(pair.Key, pair.Value))];
        }
    }

    /// <summary>Notes something of an image.</summary>
    /// <param name="index">Its place in the source.</param>
    /// <param name="note">The end of a sentence that begins with "is".</param>
    /// <param name="name">What messages call it.</param>
    internal void Add(int index, string note, string name)
    {
        lock (this.images)
        {
            if (!this.images.TryGetValue(note, out var images))
            {
                this.images.Add(note, images = []);
            }

            images.TryAdd(index, name);
        }
    }

    private static string Sentence(string note, SortedDictionary<int, string> images)
    {
        var first = images.First().Value;
        return images.Count == 1
            ? $"{first} is {note}."
            : $"{images.Count:N0} images, such as {first}, are each {note}.";
    }
}
