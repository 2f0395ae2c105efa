using System.Globalization;
using Microsoft.DotNet.Interactive.Formatting;
using Tests;
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Compute;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using TResNet.Training.Runs;
using static TResNet.Interactive.Tests.Formatting.Samples;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>A training and its evaluation, as they are shown.</summary>
public sealed class RunViewTests
{
    public RunViewTests() => Formatters.Register();

    [Fact]
    public void A_run_is_shown_as_a_chart_and_a_table_of_epochs()
    {
        Snapshot.Match(Run.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.Training(Run).ToSvg(), "svg", "chart");
    }

    [Fact]
    public void A_run_without_an_epoch_is_shown_too()
    {
        var run = Run with { Epochs = [], Steps = [.. Run.Steps.Take(3)], Interrupted = true };

        Assert.Contains("Interrupted after 3 steps", run.ToDisplayString("text/html"));
        Assert.DoesNotContain("NaN", run.ToDisplayString("text/html"));
    }

    [Fact]
    public void A_loss_without_measure_has_an_exponent_wherever_it_stands()
    {
        var run = Run with
        {
            Epochs = [.. Run.Epochs.Select(epoch => epoch with { TrainLoss = 1.234e21, ValidationLoss = 5.67e8 })],
            Steps = [.. Run.Steps.Select(step => step with { Loss = step.Loss * 1e21 })],
        };

        var (text, html) = (run.ToDisplayString("text/plain"), run.ToDisplayString("text/html"));

        Assert.Contains("1.23e+21", text);
        Assert.Contains("5.67e+8", text);
        Assert.Contains("1.23e+21", html);
        // Twenty digits in a row are nobody's to read: not in tables, nor at axes.
        Assert.DoesNotMatch(@"\d{16}", text);
        Assert.DoesNotMatch(@">[^<]*\d{16}[^<]*<", Plots.Training(run).ToSvg());
    }

    [Fact]
    public void A_cell_that_ends_with_a_run_shows_the_finished_card()
    {
        var html = Run.ToDisplayString("text/html");

        Assert.Contains("<div class=\"tresnet-card\">", html);
        Assert.Contains("tresnet-finished\">finished</span>", html);
        Assert.Contains("<dt>best top-1</dt><dd>86.2%</dd>", html);
        Assert.Contains(Figure.PlotlyMimeType, html);
        Assert.Contains("\"displayModeBar\":false", html);
        Assert.Contains("<tr class=\"tresnet-emphasis\"><td class=\"tresnet-number\" align=\"right\">3</td>", html);
    }

    [Fact]
    public void Epochs_are_a_table_also_without_their_run()
    {
        var one = Run.Best.ToDisplayString("text/plain");
        var all = Run.Epochs.ToDisplayString("text/plain");

        Assert.Equal(
            """
            epoch  training loss  validation loss  top-1  images/s  data wait  time
            ─────  ─────────────  ───────────────  ─────  ────────  ─────────  ────
                3          0.880            0.430  86.2%       826          –  0:11
            """,
            one
        );
        Assert.Equal(5, all.Split('\n').Length);
        Assert.EndsWith("0:11  best", all);
    }

    [Fact]
    public void A_single_loss_that_is_far_off_is_cut_where_its_panel_ends()
    {
        var run = Run with { Steps = [.. Run.Steps.Select(s => s.Step == 200 ? s with { Loss = 9 } : s)] };
        var figure = Plots.Loss(run);

        Assert.Equal(2.5, figure.Layout.YAxis!.Range![1]);
        Assert.Contains(9.0, figure.Data[0].Y!.Numbers!);
        Assert.DoesNotContain("overflow=\"visible\"", figure.ToSvg());
    }

    [Fact]
    public void The_card_of_an_interrupted_run_says_what_to_do_next()
    {
        var folder = Directory.CreateTempSubdirectory("tresnet").FullName;
        var run = Run with { Interrupted = true, Epochs = [.. Run.Epochs.Take(1)], StepsPerEpoch = 125 };

        var lost = run.ToDisplayString("text/plain");
        var kept = (run with { Folder = RunFolder.New(folder) }).ToDisplayString("text/plain");

        Directory.Delete(folder);
        Assert.Contains("tresnet-interrupted\">interrupted</span>", run.ToDisplayString("text/html"));
        Assert.EndsWith("Nothing is kept on the disk; a run with --run FOLDER can go on with --resume.", lost);
        Assert.EndsWith($"Kept in {folder}: go on with --run {folder} --resume.", kept);
    }

    [Fact]
    public void A_long_run_is_shown_in_a_short_table_and_a_bounded_card()
    {
        var run = Run with
        {
            Options = new TrainingOptions { Epochs = 300 },
            StepsPerEpoch = 125,
            Steps =
            [
                .. Enumerable.Range(1, 37_500).Select(i => new StepResult(i, (i - 1) / 125 + 1, 1 + 1.0 / i, 0.1)),
            ],
            Epochs =
            [
                .. Enumerable
                    .Range(1, 300)
                    .Select(i => new EpochResult(
                        i,
                        i * 125,
                        1,
                        1,
                        i == 287 ? 0.9 : 0.8,
                        790,
                        TimeSpan.FromSeconds(11)
                    )),
            ],
        };

        var table = Assert.Single(TrainingViews.Of(run).Parts.OfType<Table>());

        Assert.Equal(["1", "20", "40"], table.Rows.Take(3).Select(row => row[0].Text));
        Assert.Equal("287", table.Rows[table.Emphasis!.Value][0].Text);
        Assert.StartsWith("Every 20th of 300 epochs, the best and the last; run.Epochs has all.", table.Note);
        Assert.InRange(run.ToDisplayString("text/html").Length, 1, 300_000);
    }

    [Theory]
    [InlineData("loss", "Loss")]
    [InlineData("top-1", "Top-1 on validation images")]
    [InlineData("learning rate", "Learning rate")]
    public void A_curve_of_a_run_can_stand_alone(string name, string title)
    {
        var figure = name switch
        {
            "loss" => Plots.Loss(Run),
            "top-1" => Plots.Accuracy(Run),
            _ => Plots.LearningRate(Run),
        };

        Assert.Equal(name == "loss" ? 3 : 1, figure.Data.Count);
        Assert.All(figure.Data, trace => Assert.Null(trace.XAxis));
        Assert.Null(figure.Layout.XAxis2);
        Assert.StartsWith(title, figure.Layout.Annotations![0].Text.Replace("<b>", ""), StringComparison.Ordinal);
        Assert.Equal(Run.Plot().Layout.Title!.Text, figure.Layout.Title!.Text);
        Assert.DoesNotContain("NaN", figure.ToSvg());
    }

    [Theory]
    [InlineData(7, "0:07")]
    [InlineData(3723, "1:02:03")]
    [InlineData(183_845, "51:04:05")]
    public void A_time_of_days_is_said_in_hours(int seconds, string said) =>
        Assert.Equal(said, DisplayText.Clock(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void An_evaluation_is_shown_with_its_confusions()
    {
        var evaluation = Samples.Evaluation;
        Snapshot.Match(evaluation.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.Confusion(evaluation).ToSvg(), "svg", "chart");
        Assert.DoesNotContain("<hat>", evaluation.ToDisplayString("text/html"));
    }

    [Fact]
    public void Top5_is_said_of_more_than_five_classes_and_mAP_where_an_image_may_have_several()
    {
        var evaluation = new EvaluationResult
        {
            Data = "pets",
            Classes = ["a", "b", "c", "d", "e", "f"],
            Loss = 0.5,
            Predictions = [new Prediction(0, 0, 0, 0.9, Rank: 1), new Prediction(1, 1, 0, 0.9, Rank: 6)],
        };
        var several = evaluation with
        {
            Images = 2,
            MultiLabel = true,
            AveragePrecisions =
            [
                new("a", 1, 0.5),
                new("b", 1, 1),
                .. "cdef".Select(c => new ClassPrecision($"{c}", 0, double.NaN)),
            ],
        };

        Assert.StartsWith(
            "pets · top-1 50.0%, top-5 50.0% of 2 images, loss 0.500\n",
            evaluation.ToDisplayString("text/plain")
        );
        var shown = several.ToDisplayString("text/plain");
        Assert.StartsWith("pets · mAP 75.0% over the 2 of 6 labels that occur in 2 images, loss 0.500\n", shown);
        Assert.Contains("\na           1              50.0%\n", shown);
        Assert.EndsWith("\nf           0                  –", shown);
    }
}
