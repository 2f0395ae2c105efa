using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.DotNet.Interactive.Formatting;
using Tests;
using TResNet.Charts;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Tests.Formatting;
using TResNet.Interactive.Train;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>The card that a training shows while it runs.</summary>
public sealed partial class LiveTrainingTests
{
    private readonly RecordingNotebook notebook = new();
    private readonly Clock clock = new();

    public LiveTrainingTests() => Formatters.Register();

    [Fact]
    public void One_card_is_replaced_at_most_twice_a_second()
    {
        var live = Live(epochs: 1);

        for (var step = 1; step <= 1000; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            live.Report(At(step, 1000, epochs: 1));
        }

        Assert.InRange(Assert.Single(notebook.Displays).Updates, 18, 21);
    }

    [Fact]
    public void Axes_stay_where_they_are_while_the_curves_grow()
    {
        Assert.Single(Frames(step => 2.3 * Math.Exp(-step / 200.0), validation: epoch => 2.0 / epoch).Distinct());
    }

    [Fact]
    public void Axes_of_a_loss_that_rises_grow_in_few_steps_and_never_shrink()
    {
        var frames = Frames(step => step < 200 ? 2 + step / 20.0 : 1, validation: epoch => 3);

        var ceilings = frames.Select(frame => frame.Loss).ToArray();
        Assert.Equal(ceilings.Order(), ceilings);
        Assert.InRange(ceilings.Distinct().Count(), 2, 8);
        Assert.Single(frames.Select(frame => frame.Others).Distinct());
    }

    [Fact]
    public void What_is_drawn_of_a_long_run_stays_where_it_is_and_is_bounded()
    {
        var live = Live(epochs: 20);
        var (half, sizes) = (Array.Empty<double>(), new List<int>());
        for (var step = 1; step <= 100_000; step++)
        {
            live.Report(At(step, 100_000, epochs: 20, loss: 2 + Math.Sin(step * 1.7)));
            if (step % 5000 == 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                live.Report(Closing(step, 100_000, epochs: 20));
                sizes.Add(Card().ToHtml().Length);
                half = step == 50_000 ? [.. Smoothed()] : half;
            }
        }

        Assert.InRange(sizes.Max(), 1, 64_000);
        Assert.InRange(half.Length, 100, TrainingCurve.MostWhileRunning);
        // The last of them was still open.
        Assert.Equal(half[..^1], Smoothed().Take(half.Length - 1));
    }

    [Fact]
    public void A_running_card_is_as_it_was_looked_at()
    {
        var live = Live(epochs: 4);
        for (var step = 1; step <= 50; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            live.Report(At(step, 80, epochs: 4, loss: 0.6 + 1.7 * Math.Exp(-step / 15.0)) with { DataWait = 0.34 });
            if (step % 20 == 0)
            {
                live.Report(Closing(step, 80, epochs: 4));
            }
        }

        Snapshot.Match(Card().ToDisplayString("text/plain"));
        var html = Sheet().Replace(Card().ToDisplayString("text/html"), "").Split("<script data-draws")[0];
        Snapshot.Match(Pictures.Inlined(html).Replace("><", ">\n<"), "html");
    }

    [Fact]
    public void The_line_says_where_the_run_stands_in_a_hundred_letters()
    {
        var live = Live(epochs: 4);
        live.Report(At(1, 80, epochs: 4));
        clock.Advance(TimeSpan.FromSeconds(1));
        live.Report(Closing(20, 80, epochs: 4));
        var milestone = Card().Line!;
        clock.Advance(TimeSpan.FromSeconds(1));
        var far = At(375_290, 375_300, epochs: 300, loss: 1.234) with
        {
            ImagesPerSecond = 12_345,
            Remaining = TimeSpan.FromHours(100.25),
        };
        live.Report(far with { DataWait = 0.05 });
        var fed = Card().Line!;
        clock.Advance(TimeSpan.FromSeconds(1));
        live.Report(far with { DataWait = 0.34 });
        var starved = Card().Line!;

        Assert.True(milestone.IsMilestone);
        Assert.False(fed.IsMilestone);
        Snapshot.Match(
            string.Join('\n', milestone, fed, starved, starved.Within(80), starved.Within(61), starved.Within(40))
        );
        Assert.All([milestone, fed, starved], line => Assert.InRange(line.Text.Length, 60, 100));
    }

    [Fact]
    public void Where_training_waits_for_images_the_card_says_what_helps()
    {
        var live = Live(epochs: 1);
        live.Report(At(1, 80, epochs: 1) with { DataWait = 0.09 });
        var fed = Card();
        clock.Advance(TimeSpan.FromSeconds(1));
        live.Report(At(2, 80, epochs: 1) with { DataWait = 0.5 });

        Assert.Empty(fed.Parts);
        Assert.Contains("9%", fed.Numbers.Select(number => number.Text));
        Assert.StartsWith("Training waits for images 50% of its time:", Assert.IsType<string>(Card().Parts[^1]));
        Assert.True(Card().Numbers.Single(number => number.Name == "data wait").IsAlarming);
    }

    [Fact]
    public void An_evaluation_is_said_to_begin()
    {
        var live = Live(epochs: 4);
        live.Report(At(19, 80, epochs: 4));
        Assert.Equal(RunState.Running, Card().State);
        clock.Advance(TimeSpan.FromMilliseconds(100));

        live.Report(At(20, 80, epochs: 4));

        Assert.Equal(RunState.Evaluating, Card().State);
    }

    [Fact]
    public void A_training_that_fails_does_not_look_as_if_it_ran()
    {
        var live = Live(epochs: 1);

        live.Report(At(1, 80, epochs: 1));

        live.Fail();

        Assert.Equal(RunState.Failed, Card().State);
    }

    [Fact]
    public void A_run_that_goes_on_starts_with_what_it_had()
    {
        var before = new TrainingRun
        {
            Model = "tresnet_nano",
            TrainData = "images",
            ValidationData = "images",
            Options = new TrainingOptions { Epochs = 4 },
            Steps = [.. Enumerable.Range(1, 40).Select(step => new StepResult(step, (step + 19) / 20, 1.5, 0.03))],
            Epochs = [Epoch(1, 20), Epoch(2, 40)],
            Interrupted = true,
            Duration = TimeSpan.FromSeconds(30),
            ImagesPerSecond = 800,
        };
        var live = new LiveTraining(notebook, "tresnet_nano", "images", before.Options, clock, before);

        live.Report(At(41, 80, epochs: 4));

        Assert.Equal(41, Smoothed().Count());
        var table = Assert.Single(Card().Parts.OfType<Table>());
        Assert.Equal(["1", "2"], table.Rows.Select(row => row[0].Text));
        Assert.Equal(["0.0300", "0.0300"], table.Rows.Select(row => row[4].Text));
    }

    [Fact]
    public void Of_many_epochs_the_newest_and_the_best_are_listed()
    {
        var live = Live(epochs: 30);
        for (var epoch = 1; epoch <= 20; epoch++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            live.Report(At(epoch * 10, 300, epochs: 30));
            clock.Advance(TimeSpan.FromSeconds(1));
            live.Report(
                Closing(epoch * 10, 300, epochs: 30) with
                {
                    Completed = Epoch(epoch, epoch * 10) with { Top1 = epoch == 3 ? 0.9 : 0.5 },
                }
            );
        }

        var table = Assert.Single(Card().Parts.OfType<Table>());
        Assert.Equal(["3", "13", "14", "15", "16", "17", "18", "19", "20"], table.Rows.Select(row => row[0].Text));
        Assert.Equal(("best", 0), (table.Rows[0][^1].Text, table.Emphasis));
        Assert.Equal("The newest 8 of 20 epochs, and the best.", table.Note);
        Assert.Equal("90.0%", Card().Numbers[1].Text);
    }

    private LiveTraining Live(int epochs) =>
        new(notebook, "tresnet_nano", "images", new TrainingOptions { Epochs = epochs }, clock);

    private TrainingCard Card() => Assert.IsType<TrainingCard>(Assert.Single(notebook.Displays).Value);

    private IEnumerable<double> Smoothed() => Card().Curves!.Data[1].Y!.Numbers!;

    /// <summary>The ranges of the axes of each card that a run of 400 steps shows.</summary>
    private List<(double Loss, string Others)> Frames(Func<int, double> loss, Func<int, double> validation)
    {
        var (live, frames) = (Live(epochs: 4), new List<(double, string)>());
        for (var step = 1; step <= 400; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            live.Report(At(step, 400, epochs: 4, loss(step)));
            frames.Add(Ranges());
            if (step % 100 == 0)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                var closed = Epoch(step / 100, step) with { ValidationLoss = validation(step / 100) };
                live.Report(Closing(step, 400, epochs: 4) with { Completed = closed });
                frames.Add(Ranges());
            }
        }

        return frames;
    }

    private (double Loss, string Others) Ranges()
    {
        var layout = Card().Curves!.Layout;
        Axis[] others = [layout.XAxis!, layout.XAxis2!, layout.YAxis2!, layout.XAxis3!, layout.YAxis3!];
        var said = others.Select(axis => string.Join(',', axis.Range!) + string.Join(',', axis.Domain ?? []));
        Assert.Equal(0, layout.YAxis!.Range![0]);
        return (layout.YAxis!.Range![1], string.Join(';', [.. said, $"{layout.Height}", $"{layout.Margin}"]));
    }

    private static TrainingProgress At(int step, int steps, int epochs, double? loss = null) =>
        new()
        {
            Epoch = Math.Min(epochs, (step - 1) / (steps / epochs) + 1),
            Epochs = epochs,
            Step = step,
            Steps = steps,
            Loss = loss ?? 2.3 - step / 1000.0,
            SmoothedLoss = loss ?? 2.31 - step / 1000.0,
            LearningRate = 0.05,
            ImagesPerSecond = 812.4,
            Elapsed = TimeSpan.FromSeconds(21),
            Remaining = TimeSpan.FromSeconds(75),
            Memory = 734L << 20,
        };

    private static TrainingProgress Closing(int step, int steps, int epochs)
    {
        var at = At(step, steps, epochs);
        return at with { Completed = Epoch(at.Epoch, step) };
    }

    private static EpochResult Epoch(int epoch, int step) =>
        new(epoch, step, 1.4 / epoch, 0.8 / epoch, 1 - 0.255 / epoch, 812, TimeSpan.FromSeconds(21))
        {
            DataWait = 0.02,
        };

    [GeneratedRegex("<style>\\.tresnet.*?</style>", RegexOptions.Singleline)]
    private static partial Regex Sheet();

    private sealed class Clock : TimeProvider
    {
        private long now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan time) => now += time.Ticks;
    }
}
