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
                    Rows = [.. seen.Images.Select(Row)],
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

    private static IReadOnlyList<Cell> Row(ImagePrediction image) =>
        [
            Path.GetFileName(image.File),
            image.Top[0].Class,
            Words.Percent(image.Top[0].Probability),
            string.Join(", ", image.Top.Skip(1).Select(t => $"{t.Class} {Words.Percent(t.Probability)}")),
        ];
}
