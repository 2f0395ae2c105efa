using TResNet.Data.Sources;

namespace TResNet.Interactive.Data;

/// <summary>What is known of images before anything is computed: how many, of what, and how large.</summary>
/// <param name="Name">What the images to train on are called.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Train">Images to train on.</param>
/// <param name="Validation">Images that are held out.</param>
/// <param name="Smallest">The class with the fewest images to train on, and how many.</param>
/// <param name="Largest">The class with the most, and how many.</param>
/// <param name="Sizes">Width and height in pixels of the images that were looked at, from the smallest to the largest area.</param>
/// <param name="IsMultiLabel">Whether an image may have several of the classes.</param>
/// <param name="IsGrey">Whether all images are known to be grey.</param>
internal sealed record DataSummary(
    string Name,
    int Classes,
    int Train,
    int Validation,
    (string Class, int Images) Smallest,
    (string Class, int Images) Largest,
    IReadOnlyList<(int Width, int Height)> Sizes,
    bool IsMultiLabel,
    bool IsGrey
)
{
    private const int MostLookedAt = 100;

    /// <summary>The shorter side of the image in the middle; null where none could be read.</summary>
    public int? ShorterSide => Sizes.Count == 0 ? null : Sizes.Select(Shorter).Order().ElementAt(Sizes.Count / 2);

    /// <summary>Looks at the headers of some images, spread over all of them.</summary>
    public static DataSummary Of(ImageSource train, ImageSource validation)
    {
        var counts = new int[train.Classes.Count];
        for (var i = 0; i < train.Count; i++)
        {
            foreach (var label in train.LabelsOf(i))
            {
                counts[label]++;
            }
        }

        var ranked = counts.Select((count, k) => (train.Classes[k], count)).OrderBy(each => each.count).ToArray();
        return new DataSummary(
            train.Name,
            train.Classes.Count,
            train.Count,
            validation.Count,
            ranked[0],
            ranked[^1],
            SizesOf(train),
            train.IsMultiLabel,
            train.IsGrey
        );
    }

    /// <summary>How many there are, in a sentence.</summary>
    public string Counts()
    {
        var all = FormattableString.Invariant(
            $"{Classes:N0} {(Classes == 1 ? "class" : "classes")}, {Train:N0} {(Train == 1 ? "image" : "images")} to train on, {Validation:N0} held out"
        );
        return Smallest.Images == Largest.Images
            ? FormattableString.Invariant(
                $"{all}; {(IsMultiLabel ? "each class is in" : "each class has")} {Smallest.Images:N0}."
            )
            : FormattableString.Invariant(
                $"{all}; the smallest class, {Smallest.Class}, has {Smallest.Images:N0}, the largest, {Largest.Class}, {Largest.Images:N0}."
            );
    }

    /// <summary>How large they are, in a sentence; null where none could be read.</summary>
    /// <param name="side">The side that the network takes.</param>
    public string? SizeText(int side)
    {
        if (Sizes.Count == 0)
        {
            return null;
        }

        var (first, last) = (Sizes[0], Sizes[^1]);
        var seen = $"the network sees {side} x {side}";
        return first == last
            ? $"They are of {first.Width} x {first.Height} pixels; {seen}."
            : $"They are of {first.Width} x {first.Height} to {last.Width} x {last.Height} pixels, half of them with a shorter side of {ShorterSide} or more; {seen}.";
    }

    private static (int Width, int Height)[] SizesOf(ImageSource source)
    {
        if (source.Size is { } known)
        {
            return [known];
        }

        var count = Math.Min(MostLookedAt, source.Count);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => SizeOf(source, (int)((long)i * source.Count / count)))
                .OfType<(int Width, int Height)>()
                .OrderBy(size => (long)size.Width * size.Height)
                .ThenBy(size => size.Width),
        ];
    }

    // One that cannot be read is named where it is to be used.
    private static (int Width, int Height)? SizeOf(ImageSource source, int index)
    {
        try
        {
            var image = source.Open(index);
            return (image.Width, image.Height);
        }
        catch (TResNetException)
        {
            return null;
        }
    }

    private static int Shorter((int Width, int Height) size) => Math.Min(size.Width, size.Height);
}
