using TResNet.Building;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Predict;

/// <summary>Predictions as a table.</summary>
internal static class PredictionViews
{
    public static View Of(Network network, Predictions seen)
    {
        var several = network.Architecture.MultiLabel;
        var parts = new List<object>();
        if (seen.Images.Count > 0)
        {
            parts.Add(
                new Table
                {
                    Columns = [new("image"), new("class"), new("probability", true), new(several ? "then" : "or else")],
                    Rows = [.. seen.Images.Zip(Names([.. seen.Images.Select(image => image.File)]), Row)],
                    Sortable = seen.Images.Count > 1,
                }
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

    private static IReadOnlyList<Cell> Row(ImagePrediction image, string name) =>
        [
            name,
            image.Top[0].Class,
            DisplayText.Percent(image.Top[0].Probability),
            string.Join(", ", image.Top.Skip(1).Select(t => $"{t.Class} {DisplayText.Percent(t.Probability)}")),
        ];
}
