namespace TResNet.Evaluation;

/// <summary>What a network said of each image, class by class, beside what is right.</summary>
internal sealed class ImageProbabilities
{
    private readonly IReadOnlyList<float> values;
    private readonly IReadOnlyList<bool> truth;
    private readonly IReadOnlyList<bool>? known;
    private readonly int classes;

    /// <param name="indices">The images' indices in their data set.</param>
    /// <param name="values">The probabilities, [images, classes].</param>
    /// <param name="truth">Which classes each image has, [images, classes].</param>
    /// <param name="known">Of which of them that is known, [images, classes]; null for all.</param>
    internal ImageProbabilities(
        IReadOnlyList<int> indices,
        IReadOnlyList<float> values,
        IReadOnlyList<bool> truth,
        IReadOnlyList<bool>? known = null
    )
    {
        (Indices, this.values, this.truth, this.known) = (indices, values, truth, known);
        classes = indices.Count == 0 ? 0 : values.Count / indices.Count;
    }

    /// <summary>The images' indices in their data set, in its order.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <summary>The probability that an image has a class, 0 to 1.</summary>
    /// <param name="image">A place in <see cref="Indices"/>.</param>
    /// <param name="label">The class.</param>
    public double Of(int image, int label) => values[image * classes + label];

    /// <summary>Whether an image has a class.</summary>
    /// <param name="image">A place in <see cref="Indices"/>.</param>
    /// <param name="label">The class.</param>
    public bool Has(int image, int label) => truth[image * classes + label];

    /// <summary>Whether it is known if an image has a class.</summary>
    /// <param name="image">A place in <see cref="Indices"/>.</param>
    /// <param name="label">The class.</param>
    public bool Knows(int image, int label) => known is null || known[image * classes + label];

    /// <summary>How many pairs of an image and a class are not known.</summary>
    internal int Unknown => known?.Count(each => !each) ?? 0;

    /// <summary>The images of which it is known if they have a class, as places in <see cref="Indices"/>.</summary>
    internal int[] KnownOf(int label) => [.. Enumerable.Range(0, Indices.Count).Where(image => Knows(image, label))];

    /// <summary>The average precision of a class, over images of which it is known.</summary>
    internal ClassPrecision PrecisionOf(string name, int label)
    {
        var places = Array.ConvertAll(KnownOf(label), image => image * classes + label);
        return ClassPrecision.Of(
            name,
            Array.ConvertAll(places, place => values[place]),
            Array.ConvertAll(places, place => truth[place])
        );
    }

    /// <summary>How many images have each class, are given it, and both.</summary>
    /// <param name="names">The classes.</param>
    /// <param name="threshold">The probability above which an image is given a class.</param>
    /// <param name="most">How many classes an image is given at most, the likeliest; null for no limit.</param>
    internal IReadOnlyList<ClassCounts> Count(IReadOnlyList<string> names, double threshold, int? most) =>
        Count(names, _ => threshold, most);

    /// <summary>The same with a threshold of its own for each class.</summary>
    internal IReadOnlyList<ClassCounts> Count(IReadOnlyList<string> names, Func<int, double> threshold, int? most)
    {
        var (support, predicted, right) = (new int[classes], new int[classes], new int[classes]);
        for (var image = 0; image < Indices.Count; image++)
        {
            var row = image;
            var given = Enumerable.Range(0, classes).Where(label => Of(row, label) > threshold(label));
            var taken = most is { } limit ? given.OrderByDescending(label => Of(row, label)).Take(limit) : given;
            foreach (var label in taken.Where(label => Knows(row, label)))
            {
                predicted[label]++;
                right[label] += Has(image, label) ? 1 : 0;
            }

            for (var label = 0; label < classes; label++)
            {
                support[label] += Has(image, label) ? 1 : 0;
            }
        }

        return
        [
            .. names.Select(
                (name, label) =>
                    classes == 0
                        ? new ClassCounts(name, 0, 0, 0)
                        : new ClassCounts(name, support[label], predicted[label], right[label])
            ),
        ];
    }
}
