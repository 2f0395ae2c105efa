using Tests;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Formatting;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

public sealed class LiveTrainingTests
{
    [Fact]
    public void The_chart_is_redrawn_at_most_four_times_a_second()
    {
        var (notebook, clock) = (new RecordingNotebook(), new Clock());
        var live = new LiveTraining(notebook, "tresnet_nano", "images", new TrainingOptions { Epochs = 1 }, clock);

        for (var step = 1; step <= 1000; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            live.Report(At(step, 1000));
        }

        Assert.Equal(2, notebook.Displays.Count);
        Assert.All(notebook.Displays, shown => Assert.InRange(shown.Updates, 36, 40));
    }

    [Fact]
    public void Axes_stay_where_they_are_while_the_curves_grow()
    {
        var (notebook, clock) = (new RecordingNotebook(), new Clock());
        var live = new LiveTraining(notebook, "tresnet_nano", "images", new TrainingOptions { Epochs = 4 }, clock);
        var frames = new HashSet<string>();
        for (var step = 1; step <= 400; step++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            live.Report(At(step, 400));
            var figure = Assert.IsType<StaticFigure>(notebook.Displays[0].Value).Figure;
            frames.Add(
                string.Join(
                    ';',
                    new[]
                    {
                        figure.Layout.XAxis,
                        figure.Layout.YAxis,
                        figure.Layout.YAxis2!,
                        figure.Layout.YAxis3!,
                    }.Select(axis => string.Join(',', axis.Range!))
                )
            );
        }

        Assert.Single(frames);
    }

    [Fact]
    public void The_line_says_where_the_run_stands()
    {
        var (notebook, clock) = (new RecordingNotebook(), new Clock());
        var live = new LiveTraining(notebook, "tresnet_nano", "images", new TrainingOptions { Epochs = 2 }, clock);
        live.Report(At(1, 400));
        clock.Advance(TimeSpan.FromSeconds(1));
        live.Report(
            At(200, 400) with
            {
                Completed = new EpochResult(1, 200, 1.4, 0.8, 0.745, 812, TimeSpan.FromSeconds(21)),
            }
        );

        var line = Assert.IsType<ProgressLine>(notebook.Displays[1].Value);
        Assert.True(line.IsMilestone);
        Snapshot.Match(line.ToString());
    }

    private static TrainingProgress At(int step, int steps) =>
        new()
        {
            Epoch = 1,
            Epochs = 2,
            Step = step,
            Steps = steps,
            Loss = 2.3 - step / 1000.0,
            SmoothedLoss = 2.31 - step / 1000.0,
            LearningRate = 0.05,
            ImagesPerSecond = 812.4,
            Elapsed = TimeSpan.FromSeconds(21),
            Remaining = TimeSpan.FromSeconds(75),
        };

    private sealed class Clock : TimeProvider
    {
        private long now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => now;

        public void Advance(TimeSpan time) => now += time.Ticks;
    }
}
