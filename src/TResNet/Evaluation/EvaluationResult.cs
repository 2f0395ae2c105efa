// How well a network does on images it has not seen, and where it goes wrong.

namespace TResNet.Evaluation;

/// <summary>A network's answer for one image.</summary>
/// <param name="Index">The image's index in its data set.</param>
/// <param name="Label">The right class; where an image has several, the one that the network thinks likeliest.</param>
/// <param name="Predicted">The class that the network thinks most likely.</param>
/// <param name="Confidence">The probability the network gives to <paramref name="Predicted"/>, 0 to 1.</param>
/// <param name="Rank">The place of the right class among all by likelihood; 1 for a right answer.</param>
public sealed record Prediction(int Index, int Label, int Predicted, double Confidence, int Rank)
{
    /// <summary>Whether the answer is right.</summary>
    public bool Correct => Label == Predicted;
}

/// <summary>A network's answers for a whole data set.</summary>
public sealed record EvaluationResult
{
    /// <summary>The name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>The names of the classes.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>
    /// The mean cross-entropy over all images, without label smoothing; where an image may have several classes the mean binary cross-entropy
    /// over images and classes, of those that are known.
    /// </summary>
    public required double Loss { get; init; }

    /// <summary>The answer for each image that has a class, in the order of the data set.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>Images that could be read, those without any class among them.</summary>
    public int Images { get; init; }

    /// <summary>Whether an image may have several classes, or none.</summary>
    public bool MultiLabel { get; init; }

    /// <summary>What the network said of each class of each image: where an image may have several, and where it was asked for; null otherwise.</summary>
    internal ImageProbabilities? Probabilities { get; init; }

    /// <summary>Pairs of an image and a class of which nobody knows whether they belong together: loss and metrics leave them out.</summary>
    internal int UnknownLabels => Probabilities?.Unknown ?? 0;

    /// <summary>The probability above which an image is given each class, where they were tuned; null for the usual one for all.</summary>
    internal IReadOnlyList<double>? Thresholds { get; init; }

    /// <summary>The report at <see cref="Thresholds"/>.</summary>
    internal ClassificationReport TunedReport() =>
        new(Probabilities!.Count(Classes, label => Thresholds![label], most: null), MultiLabel);

    /// <summary>How well each class is found among all images; null where no <see cref="Probabilities"/> were kept.</summary>
    public IReadOnlyList<ClassPrecision>? AveragePrecisions { get; init; }

    /// <summary>The share of images classified rightly, 0 to 1; where an image has several classes, any of them is right.</summary>
    public double Top1 => TopK(1);

    /// <summary>The share of images whose right class is among the five likeliest, 0 to 1.</summary>
    public double Top5 => TopK(5);

    /// <summary>
    /// The mean of the classes' average precisions (mAP), 0 to 1; classes without images are left out. Null where no <see cref="Probabilities"/>
    /// were kept, NaN where no image has any class.
    /// </summary>
    public double? MeanAveragePrecision =>
        AveragePrecisions
            ?.Where(each => each.Images > 0)
            .Select(each => each.AveragePrecision)
            .DefaultIfEmpty(double.NaN)
            .Average();

    /// <summary>The share of images whose right class is among the likeliest, 0 to 1.</summary>
    /// <param name="k">Among how many; at least 1.</param>
    public double TopK(int k) => Predictions.Count(prediction => prediction.Rank <= k) / (double)Predictions.Count;

    /// <summary>
    /// The expected calibration error, 0 to 1: how far the network's confidence is from how often it is right (arXiv 1706.04599, 15 bins). Null where
    /// an image may have several classes.
    /// </summary>
    public double? CalibrationError => MultiLabel ? null : Evaluation.CalibrationError.Of(Predictions);

    /// <summary>Precision, recall and F1, class by class and together.</summary>
    /// <param name="threshold">Where an image may have several classes, the probability above which it is given one.</param>
    /// <param name="most">Where an image may have several classes, how many it is given at most, the likeliest; null for no limit.</param>
    public ClassificationReport Report(double threshold = Predictor.DefaultThreshold, int? most = null)
    {
        if (MultiLabel)
        {
            return new ClassificationReport(Probabilities?.Count(Classes, threshold, most) ?? [], MultiLabel);
        }

        var matrix = ConfusionMatrix();
        int[] all = [.. Enumerable.Range(0, Classes.Count)];
        return new ClassificationReport(
            [
                .. all.Select(label => new ClassCounts(
                    Classes[label],
                    all.Sum(other => matrix[label, other]),
                    all.Sum(other => matrix[other, label]),
                    matrix[label, label]
                )),
            ],
            MultiLabel
        );
    }

    /// <summary>The share of each class's images classified rightly, 0 to 1; NaN for a class without images.</summary>
    public IReadOnlyList<double> ClassAccuracies()
    {
        var (right, all) = (new int[Classes.Count], new int[Classes.Count]);
        foreach (var prediction in Predictions)
        {
            all[prediction.Label]++;
            right[prediction.Label] += prediction.Correct ? 1 : 0;
        }

        return [.. right.Zip(all, (rightly, images) => (double)rightly / images)];
    }

    /// <summary>How many images of each class (first index) were taken for each class (second index).</summary>
    public int[,] ConfusionMatrix()
    {
        var matrix = new int[Classes.Count, Classes.Count];
        foreach (var prediction in Predictions)
        {
            matrix[prediction.Label, prediction.Predicted]++;
        }

        return matrix;
    }

    /// <summary>The wrong answers that the network was surest of, surest first.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<Prediction> MostConfidentErrors(int count) =>
        [
            .. Predictions
                .Where(prediction => !prediction.Correct)
                .OrderByDescending(prediction => prediction.Confidence)
                .ThenBy(prediction => prediction.Index)
                .Take(count),
        ];
}
