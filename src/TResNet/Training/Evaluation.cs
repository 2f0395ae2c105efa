// How well a network does on images it has not seen, and where it goes wrong.

namespace TResNet.Training;

/// <summary>A network's answer for one image.</summary>
/// <param name="Index">The image's index in its data set.</param>
/// <param name="Label">The right class.</param>
/// <param name="Predicted">The class that the network thinks most likely.</param>
/// <param name="Confidence">The probability the network gives to <paramref name="Predicted"/>, 0 to 1.</param>
public sealed record Prediction(int Index, int Label, int Predicted, double Confidence)
{
    /// <summary>Whether the answer is right.</summary>
    public bool Correct => Label == Predicted;
}

/// <summary>A network's answers for a whole data set.</summary>
public sealed record Evaluation
{
    /// <summary>The name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>The names of the classes.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The mean cross-entropy over all images, without label smoothing.</summary>
    public required double Loss { get; init; }

    /// <summary>The answer for each image, in the order of the data set.</summary>
    public required IReadOnlyList<Prediction> Predictions { get; init; }

    /// <summary>The share of images classified rightly, 0 to 1.</summary>
    public double Top1 => Predictions.Count(prediction => prediction.Correct) / (double)Predictions.Count;

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
