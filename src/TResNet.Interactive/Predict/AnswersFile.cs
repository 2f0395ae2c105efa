using TResNet.Evaluation;
using TResNet.Interactive.Validate;

namespace TResNet.Interactive.Predict;

/// <summary>What a network said of each image, for other programs: CSV, JSON, or JSON Lines, by the ending of the name.</summary>
internal static class AnswersFile
{
    private const string Between = ";";

    /// <summary>Writes the file.</summary>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public static void Write(string path, Predictions seen)
    {
        if (ReportFile.IsJsonLines(path))
        {
            ReportFile.WriteJsonLines(path, seen.Images.Select(image => Row(image, seen)));
        }
        else if (ReportFile.IsJson(path))
        {
            ReportFile.WriteJson(path, seen.Images.Select(image => Row(image, seen)));
        }
        else
        {
            ReportFile.WriteCsv(path, Rows(seen));
        }
    }

    private static Dictionary<string, object> Row(ImagePrediction image, Predictions seen)
    {
        var row = new Dictionary<string, object> { ["path"] = image.Name };
        if (image.Labels is { } labels)
        {
            row["labels"] = labels.Select(label => label.Class);
            row["threshold"] = (object?)seen.Threshold ?? seen.Thresholds!;
        }
        else
        {
            (row["class"], row["probability"]) = (image.Top[0].Class, image.Top[0].Probability);
        }

        row["top"] = image.Top.Select(each => new Dictionary<string, object>
        {
            ["class"] = each.Class,
            ["probability"] = each.Probability,
        });
        return row;
    }

    private static IEnumerable<IEnumerable<object?>> Rows(Predictions seen)
    {
        var most = seen.Images.Select(image => image.Top.Count).DefaultIfEmpty(0).Max();
        var isSeveral = seen.Threshold is not null || seen.Thresholds is not null;
        yield return
        [
            "path",
            .. isSeveral ? ["labels"] : (string[])[],
            .. Enumerable
                .Range(1, most)
                .SelectMany(rank =>
                    rank == 1 ? (string[])["class", "probability"] : [$"class_{rank}", $"probability_{rank}"]
                ),
        ];
        foreach (var image in seen.Images)
        {
            yield return
            [
                image.Name,
                .. isSeveral ? [string.Join(Between, image.Labels!.Select(label => label.Class))] : (object?[])[],
                .. image.Top.SelectMany(each => (object?[])[each.Class, each.Probability]),
                .. Enumerable.Repeat((object?)null, 2 * (most - image.Top.Count)),
            ];
        }
    }
}
