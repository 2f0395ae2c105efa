using TResNet.Evaluation;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Predict;

/// <summary>Predictions as a table.</summary>
internal static class PredictionViews
{
    private const string NoLabel = "no label";

    public static View Of(Predictions seen)
    {
        var parts = new List<object>();
        if (seen.Images.Count > 0)
        {
            parts.Add(
                seen.Thresholds is not null ? SeveralLabels(seen, "labels above their thresholds")
                : seen.Threshold is { } threshold
                    ? SeveralLabels(seen, $"labels above {DisplayText.Percent(threshold)}")
                : OneClass(seen)
            );
        }

        parts.AddRange(seen.Notes);
        if (seen.Skipped.Count > 0)
        {
            parts.AddRange(seen.Skipped.Describe().Split('\n'));
        }

        return new View { Title = $"What {seen.Model} sees", Parts = parts };
    }

    private static Table OneClass(Predictions seen) =>
        new()
        {
            Columns = [new("image"), new("class"), new("probability", true), new("or else")],
            Rows =
            [
                .. seen.Images.Select(each =>
                    (Cell[])
                        [
                            Shown(each),
                            each.Top[0].Class,
                            DisplayText.Percent(each.Top[0].Probability),
                            List(each.Top.Skip(1)),
                        ]
                ),
            ],
            Sortable = seen.Images.Count > 1,
        };

    private static Table SeveralLabels(Predictions seen, string above) =>
        new()
        {
            Columns = [new("image"), new(above), new("labels below", Rank: 1)],
            Rows =
            [
                .. seen.Images.Select(each =>
                    (Cell[])
                        [
                            Shown(each),
                            each.Labels is { Count: > 0 } labels ? List(labels) : NoLabel,
                            List(each.Top.Except(each.Labels ?? [])),
                        ]
                ),
            ],
            Note =
                "Each label has a probability of its own; they need not sum to 100 %. "
                + (
                    seen.Thresholds is null
                        ? "--threshold says which an image has."
                        : "The thresholds are the weights' own, tuned with --tune-threshold; --threshold takes one for all."
                ),
            Sortable = seen.Images.Count > 1,
        };

    private static Cell Shown(ImagePrediction image) => new(image.Name) { Picture = image.Thumbnail };

    private static string List(IEnumerable<(string Class, double Probability)> classes) =>
        string.Join(", ", classes.Select(each => $"{each.Class} {DisplayText.Percent(each.Probability)}"));
}
