// Average precision: sum over thresholds of (R_n - R_(n-1)) P_n, the area under the precision-recall curve without interpolation, as scikit-learn's
// average_precision_score has it. Scores that are equal share a threshold.
namespace TResNet.Evaluation;

/// <summary>How well a network finds the images of a class among all, where an image may have several.</summary>
/// <param name="Class">The class.</param>
/// <param name="Images">How many images have it.</param>
/// <param name="AveragePrecision">The area under its precision-recall curve, 0 to 1; NaN where no image has the class.</param>
public sealed record ClassPrecision(string Class, int Images, double AveragePrecision)
{
    /// <summary>Measures a class.</summary>
    /// <param name="name">The class.</param>
    /// <param name="scores">The network's score for each image; the higher the surer.</param>
    /// <param name="right">Whether each image has the class.</param>
    internal static ClassPrecision Of(string name, ReadOnlySpan<float> scores, ReadOnlySpan<bool> right)
    {
        var keys = scores.ToArray();
        var values = right.ToArray();
        Array.Sort(keys, values);
        var images = values.Count(value => value);
        var (area, found, foundBefore) = (0.0, 0, 0);
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            found += values[i] ? 1 : 0;
            if (i == 0 || keys[i - 1] != keys[i])
            {
                area += (found - foundBefore) * (found / (double)(keys.Length - i));
                foundBefore = found;
            }
        }

        return new ClassPrecision(name, images, images == 0 ? double.NaN : area / images);
    }
}
