using TResNet.Charts;
using TResNet.Evaluation;

namespace TResNet.Interactive.Validate;

/// <summary>Draws which classes are taken for which.</summary>
internal static class ConfusionChart
{
    /// <param name="evaluation">What was answered, image by image.</param>
    public static Figure Draw(EvaluationResult evaluation)
    {
        var matrix = evaluation.ConfusionMatrix();
        var n = evaluation.Classes.Count;
        string[] classes = [.. evaluation.Classes];
        int[] rows = [.. Enumerable.Range(0, n)];
        var highest = rows.Max(i => rows.Max(j => matrix[i, j]));
        return new Figure
        {
            Data =
            [
                new Heatmap
                {
                    Name = "images",
                    X = classes,
                    Y = classes,
                    Z = [.. rows.Select(i => rows.Select(j => (double)matrix[i, j]).ToArray())],
                    Text = [.. rows.Select(i => rows.Select(j => Cell(matrix[i, j], highest)).ToArray())],
                    TextTemplate = n <= 24 ? "%{text}" : null,
                    TextFont = new Font { Color = Palette.Text, Size = 12 },
                    XGap = 1,
                    YGap = 1,
                    HoverTemplate = "%{y} taken for %{x}: %{z}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline(
                    "What is taken for what",
                    $"{evaluation.Data} · rows: the true class, columns: what the network said"
                ),
                XAxis = Axis.OfNames() with { Constrain = "domain" },
                YAxis = Axis.OfNames(reversed: true) with { ScaleAnchor = "x", Constrain = "domain" },
                Width = Math.Clamp(200 + 46 * n, 600, 900),
                Height = Math.Clamp(124 + 40 * n, 360, 900),
                Margin = new Margin { T = 64 },
            },
        };
    }

    /// <summary>White on the cells that are strongly coloured; on the others a grey that is legible in light and dark pages.</summary>
    private static string Cell(int count, int highest) =>
        count == 0 ? ""
        : count > highest / 2 ? $"<span style=\"color:#fff\">{count}</span>"
        : $"{count}";
}
