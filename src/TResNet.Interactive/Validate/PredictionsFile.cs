using TResNet.Data.Loading;
using TResNet.Evaluation;

namespace TResNet.Interactive.Validate;

/// <summary>What a network said of each image: its path, what is right, and the probability of each class.</summary>
internal static class PredictionsFile
{
    private const string Between = ";";

    // As lists of images have it before a label that nobody knows.
    private const string Unsure = "?";

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="evaluation">An evaluation that kept its probabilities.</param>
    /// <param name="data">The images.</param>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void Write(string path, EvaluationResult evaluation, ImageDataset data)
    {
        var kept =
            evaluation.Probabilities ?? throw new InvalidOperationException("The evaluation kept no probabilities.");
        var classes = evaluation.Classes;
        var images = Enumerable
            .Range(0, kept.Indices.Count)
            .Select(image =>
                (
                    Path: data.NameOf(kept.Indices[image]),
                    Truth: classes
                        .Index()
                        .Where(each => kept.Has(image, each.Index) || !kept.Knows(image, each.Index))
                        .Select(each => kept.Knows(image, each.Index) ? each.Item : Unsure + each.Item)
                        .ToArray(),
                    Probabilities: classes.Select((_, label) => kept.Of(image, label)).ToArray()
                )
            );
        if (ReportFile.IsJson(path))
        {
            ReportFile.WriteJson(
                path,
                images.Select(image => new Dictionary<string, object>
                {
                    ["path"] = image.Path,
                    ["truth"] = image.Truth,
                    ["probabilities"] = classes
                        .Zip(image.Probabilities)
                        .DistinctBy(each => each.First)
                        .ToDictionary(each => each.First, each => each.Second),
                })
            );
        }
        else
        {
            ReportFile.WriteCsv(
                path,
                images
                    .Select(image =>
                        (IEnumerable<object?>)
                            [image.Path, string.Join(Between, image.Truth), .. image.Probabilities.Cast<object?>()]
                    )
                    .Prepend(["path", "truth", .. classes])
            );
        }
    }
}
