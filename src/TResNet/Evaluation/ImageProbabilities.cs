namespace TResNet.Evaluation;

/// <summary>What a network said of each image, class by class, beside what is right.</summary>
internal sealed class ImageProbabilities
{
    private readonly IReadOnlyList<float> values;
    private readonly IReadOnlyList<bool> truth;
    private readonly int classes;

    /// <param name="indices">The images' indices in their data set.</param>
    /// <param name="values">The probabilities, [images, classes].</param>
    /// <param name="truth">Which classes each image has, [images, classes].</param>
    internal ImageProbabilities(IReadOnlyList<int> indices, IReadOnlyList<float> values, IReadOnlyList<bool> truth)
    {
        (Indices, this.values, this.truth) = (indices, values, truth);
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

    /// <summary>The average precision of a class.</summary>
    internal ClassPrecision PrecisionOf(string name, int label)
    {
        int[] places = [.. Enumerable.Range(0, Indices.Count).Select(image => image * classes + label)];
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
    internal IReadOnlyList<ClassCounts> Count(IReadOnlyList<string> names, double threshold, int? most)
    {
        var (support, predicted, right) = (new int[classes], new int[classes], new int[classes]);
        for (var image = 0; image < Indices.Count; image++)
        {
            var row = image;
            var given = Enumerable.Range(0, classes).Where(label => Of(row, label) > threshold);
            var taken = most is { } limit ? given.OrderByDescending(label => Of(row, label)).Take(limit) : given;
            foreach (var label in taken)
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
