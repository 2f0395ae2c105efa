// The columns of timm's validate.py --results-file, shares in percent with four digits; then what it has not.

using TResNet.Building;
using TResNet.Data.Transforms;
using TResNet.Evaluation;

namespace TResNet.Interactive.Validate;

/// <summary>An evaluation in one row.</summary>
/// <param name="Network">The network.</param>
/// <param name="Images">How images were prepared.</param>
internal sealed record ResultsFile(Network Network, DataConfig Images)
{
    /// <summary>Writes the file.</summary>
    /// <exception cref="TResNetException">The disk refuses.</exception>
    public void Write(string path, EvaluationResult evaluation)
    {
        (string Name, object? Value)[] columns = [.. Columns(evaluation)];
        if (ReportFile.IsJson(path))
        {
            ReportFile.WriteJson(path, columns.ToDictionary(column => column.Name, column => column.Value));
        }
        else
        {
            ReportFile.WriteCsv(path, [columns.Select(column => (object?)column.Name), columns.Select(c => c.Value)]);
        }
    }

    private IEnumerable<(string Name, object? Value)> Columns(EvaluationResult evaluation)
    {
        yield return ("model", Network.Info.Name);
        foreach (var column in evaluation.MultiLabel ? OfLabels(evaluation) : OfClasses(evaluation))
        {
            yield return column;
        }

        yield return ("param_count", Math.Round(Network.parameters().Sum(parameter => parameter.numel()) / 1e6, 2));
        yield return ("img_size", Images.InputSize);
        yield return ("crop_pct", Images.CropPct);
        yield return ("interpolation", Images.Interpolation.ToString().ToLowerInvariant());
        yield return ("images", evaluation.Images);
        yield return ("loss", Number(evaluation.Loss));
    }

    private static IEnumerable<(string Name, object? Value)> OfClasses(EvaluationResult evaluation)
    {
        var report = evaluation.Report();
        foreach (var (name, share) in new[] { ("top1", evaluation.Top1), ("top5", evaluation.Top5) })
        {
            var interval = WilsonInterval.Of(share, evaluation.Predictions.Count);
            yield return (name, Percent(share));
            yield return ($"{name}_err", Percent(1 - share));
            yield return ($"{name}_low", Percent(interval.Low));
            yield return ($"{name}_high", Percent(interval.High));
        }

        foreach (
            var (name, mean) in new[]
            {
                ("macro", report.Macro),
                ("micro", report.Micro),
                ("weighted", report.Weighted),
            }
        )
        {
            yield return ($"{name}_precision", Percent(mean.Precision));
            yield return ($"{name}_recall", Percent(mean.Recall));
            yield return ($"{name}_f1_score", Percent(mean.F1));
        }

        yield return ("balanced_accuracy", Percent(report.BalancedAccuracy));
        yield return ("ece", Percent(evaluation.CalibrationError));
    }

    private static IEnumerable<(string Name, object? Value)> OfLabels(EvaluationResult evaluation)
    {
        yield return ("mAP", Percent(evaluation.MeanAveragePrecision));
        foreach (var (suffix, most) in new[] { ("", (int?)null), ("_top3", EvaluationViews.Likeliest) })
        {
            var report = evaluation.Report(most: most);
            var (each, all) = (report.PerClass, report.Micro);
            yield return ($"CP{suffix}", Percent(each.Precision));
            yield return ($"CR{suffix}", Percent(each.Recall));
            yield return ($"CF1{suffix}", Percent(each.F1));
            yield return ($"OP{suffix}", Percent(all.Precision));
            yield return ($"OR{suffix}", Percent(all.Recall));
            yield return ($"OF1{suffix}", Percent(all.F1));
        }

        yield return ("macro_f1_score", Percent(evaluation.Report().Macro.F1));
    }

    private static double? Percent(double? share) => share is { } value ? Number(Math.Round(100 * value, 4)) : null;

    private static double? Number(double value) => double.IsFinite(value) ? value : null;
}
