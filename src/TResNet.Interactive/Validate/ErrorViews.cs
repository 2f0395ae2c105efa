using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using static TorchSharp.torch;

namespace TResNet.Interactive.Validate;

/// <summary>The wrong answers that a network was surest of, as pictures: labels that are wrong, and what it does not see.</summary>
internal static class ErrorViews
{
    private const int Most = 12;

    /// <summary>The pictures; null where every answer is right, or images may have several labels.</summary>
    /// <param name="evaluation">What was answered.</param>
    /// <param name="pictures">The same images from 0 to 1, as they were looked at.</param>
    public static View? Of(EvaluationResult evaluation, ImageDataset pictures)
    {
        if (evaluation.MultiLabel || evaluation.MostConfidentErrors(Most) is not { Count: > 0 } errors)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var (images, labels) = pictures.GetBatch([.. errors.Select(error => error.Index)]);
        labels.Dispose();
        return new View
        {
            Title = "Surest of what is wrong",
            Parts =
            [
                // An image that can be read no more has no picture.
                images.shape[0] == errors.Count
                    ? new ImageGrid(images, [.. errors.Select(Caption)])
                    : string.Join("\n", errors.Select(Caption)),
            ],
        };

        string Caption(Prediction error) =>
            $"{evaluation.Classes[error.Predicted]}, {DisplayText.Percent(error.Confidence)}; it is {evaluation.Classes[error.Label]}\n{Path.GetFileName(pictures.NameOf(error.Index))}";
    }
}
