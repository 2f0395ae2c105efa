using TResNet.Building;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Predict;

/// <summary>Predictions as a table.</summary>
internal static class PredictionViews
{
    private const string NoLabel = "no label";

    public static View Of(Network network, Predictions seen)
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

        return new View { Title = $"What {network.Info.Name} sees", Parts = parts };
    }

    /// <summary>Files by name; where they lie in several folders, by their paths from the folder that has them all.</summary>
    /// <param name="files">Their paths.</param>
    internal static IReadOnlyList<string> Names(IReadOnlyList<string> files)
    {
        string[] folders = [.. files.Select(file => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/").Distinct()];
        if (folders.Length == 1)
        {
            return [.. files.Select(file => Path.GetFileName(file))];
        }

        var common = folders[0];
        while (
            !folders.All(folder =>
                folder == common || folder.StartsWith(common.TrimEnd('/') + "/", StringComparison.Ordinal)
            )
        )
        {
            common = Path.GetDirectoryName(common) ?? "/";
        }

        return [.. files.Select(file => Path.GetRelativePath(common, Path.GetFullPath(file)))];
    }

    /// <summary>What stands below the picture of an image: its class, or those that pass the threshold.</summary>
    public static string Caption(ImagePrediction image) =>
        image.Labels is null ? $"{image.Top[0].Class}, {DisplayText.Percent(image.Top[0].Probability)}"
        : image.Labels.Count == 0 ? NoLabel
        : string.Join(", ", image.Labels.Select(label => label.Class));

    private static Table OneClass(Predictions seen) =>
        new()
        {
            Columns = [new("image"), new("class"), new("probability", true), new("or else")],
            Rows =
            [
                .. Named(seen)
                    .Select(each =>
                        (Cell[])
                            [
                                each.Name,
                                each.Image.Top[0].Class,
                                DisplayText.Percent(each.Image.Top[0].Probability),
                                List(each.Image.Top.Skip(1)),
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
                .. Named(seen)
                    .Select(each =>
                        (Cell[])
                            [
                                each.Name,
                                each.Image.Labels is { Count: > 0 } labels ? List(labels) : NoLabel,
                                List(each.Image.Top.Except(each.Image.Labels ?? [])),
                            ]
                    ),
            ],
            Note =
                "Each label has a probability of its own; they need not sum to 100 %. "
                + (
                    seen.Thresholds is null
                        ? "--threshold says which an image has."
                        : $"The thresholds are the run's own, tuned with --tune-threshold ({RunThresholds.FileName}); --threshold takes one for all."
                ),
            Sortable = seen.Images.Count > 1,
        };

    private static IEnumerable<(ImagePrediction Image, string Name)> Named(Predictions seen) =>
        seen.Images.Zip(Names([.. seen.Images.Select(image => image.File)]));

    private static string List(IEnumerable<(string Class, double Probability)> classes) =>
        string.Join(", ", classes.Select(each => $"{each.Class} {DisplayText.Percent(each.Probability)}"));
}
