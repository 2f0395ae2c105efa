using TorchSharp;
using TResNet.Data;
using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

public sealed class TrainingSessionTests
{
    private readonly StoppedClock clock = new();
    private readonly List<TrainingProgress> reports = [];
    private readonly TrainingSession run;

    private static nn.Module<Tensor, Tensor> Net { get; } = nn.Linear(1, 1);

    public TrainingSessionTests()
    {
        var images = FashionMnist.Load(FashionMnistSplit.Validation);
        var options = new TrainingOptions { Epochs = 2, BatchSize = 100 };
        run = new TrainingSession(Net, images, images, options, stepsPerEpoch: 2, clock);
    }

    [Fact]
    public void Every_step_and_every_evaluation_is_reported()
    {
        Run(epochs: 2);

        Assert.Equal(
            [(1, 1), (1, 2), (1, 2), (2, 3), (2, 4), (2, 4)],
            reports.Select(report => (report.Epoch, report.Step))
        );
        Assert.Equal([null, null, 1, null, null, 2], reports.Select(report => report.Completed?.Epoch));
    }

    [Fact]
    public void Images_a_second_leave_evaluation_out()
    {
        Run(epochs: 2);

        // 100 images in 0.5 s; the second that each evaluation takes is not training.
        Assert.All(reports, report => Assert.Equal(200, report.ImagesPerSecond, 6));
        var run = this.run.Finish(interrupted: false);
        Assert.Equal(200, run.ImagesPerSecond, 6);
        Assert.Equal(200, run.Epochs[1].ImagesPerSecond, 6);
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)), (run.Epochs[1].Duration, run.Duration));
    }

    [Fact]
    public void The_time_left_counts_the_evaluations_to_come()
    {
        Run(epochs: 2);

        Assert.Equal([1.5, 1, 2, 1.5, 1, 0], reports.Select(report => Math.Round(report.Remaining.TotalSeconds, 6)));
    }

    [Fact]
    public void The_smoothed_loss_starts_at_the_first_loss_and_follows_slowly()
    {
        Run(epochs: 1);

        Assert.Equal((4, 4), (reports[0].Loss, Math.Round(reports[0].SmoothedLoss, 9)));
        // 0.95 * 0.05 * 4 + 0.05 * 2, over the weight 1 - 0.95^2 gathered so far.
        Assert.Equal(2.974358974, reports[1].SmoothedLoss, 9);
    }

    [Fact]
    public void An_epoch_remembers_which_part_of_its_time_was_spent_waiting_for_images()
    {
        run.BeginEpoch(1);
        clock.Now += TimeSpan.FromSeconds(0.5);
        run.EndStep(4, rate: 0.1, waited: TimeSpan.FromSeconds(0.1));
        reports.Add(run.Progress);
        clock.Now += TimeSpan.FromSeconds(0.5);
        run.EndStep(2, rate: 0.1, waited: TimeSpan.FromSeconds(0.3));
        reports.Add(run.Progress);
        clock.Now += TimeSpan.FromSeconds(9);
        run.EndEpoch(Half);
        reports.Add(run.Progress);

        Assert.Equal([0.2, 0.3, 0.3], reports.Select(report => Math.Round(report.DataWait, 9)));
        Assert.Equal(0.3, run.Finish(interrupted: true).Epochs[0].DataWait!.Value, 9);
    }

    [Fact]
    public void An_epoch_that_a_run_went_on_within_has_the_rate_of_the_steps_done_since()
    {
        var images = FashionMnist.Load(FashionMnistSplit.Validation);
        var before = new RunHistory([new StepResult(1, 1, 4, 0.1)], [], TimeSpan.FromSeconds(5), 5);
        var options = new TrainingOptions { Epochs = 2, BatchSize = 100 };
        var run = new TrainingSession(Net, images, images, options, stepsPerEpoch: 2, clock);
        run.GoOnFrom(before);

        run.BeginEpoch(1);
        clock.Now += TimeSpan.FromSeconds(0.5);
        run.EndStep(2, rate: 0.1);
        run.EndEpoch(Half);

        Assert.Equal(200, run.Finish(interrupted: true).Epochs[0].ImagesPerSecond, 6);
    }

    [Fact]
    public void Reports_say_how_much_memory_is_resident_where_the_system_tells()
    {
        Run(epochs: 1);

        Assert.All(reports, report => Assert.Equal(File.Exists("/proc/self/status"), report.Memory > 1 << 20));
    }

    [Fact]
    public void The_best_epoch_is_the_first_of_the_highest_accuracy()
    {
        Run(epochs: 2);
        var run = this.run.Finish(interrupted: false);

        Assert.Equal(1, run.Best!.Epoch);
        Assert.Equal(2, run.StepsPerEpoch);
        var better = run with { Epochs = [run.Epochs[0], run.Epochs[1] with { Top1 = 1.1, Score = 1.1 }] };
        Assert.Equal(2, better.Best!.Epoch);
    }

    [Fact]
    public void A_run_without_a_completed_epoch_has_no_accuracy()
    {
        var run = this.run.Finish(interrupted: true);

        Assert.Null(run.Top1);
        Assert.Null(run.Best);
        Assert.Null(run.BestCheckpoint);
        Assert.Null(run.LastCheckpoint);
        Assert.True(run.Interrupted);
        Assert.Equal(0, run.ImagesPerSecond);
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void A_loss_that_is_no_number_gives_one_sentence(double loss, string shown)
    {
        Assert.Equal(
            $"The loss became {shown} at step 1 of 4, where the learning rate was 0.0123; train again with a learning rate below 0.1.",
            NonFiniteNumbers.Refusal(loss, 0.012345, layer: null, 1, 4, 0.1).Message
        );
        Assert.Equal(
            $"The loss became {shown} at step 1 of 4, where the learning rate was 0.0123; layer1.0.conv2 is the first layer that gives no finite numbers; train again with a learning rate below 0.1.",
            NonFiniteNumbers.Refusal(loss, 0.012345, "layer1.0.conv2", 1, 4, 0.1).Message
        );
    }

    private static EvaluationResult Half { get; } =
        new()
        {
            Data = "d",
            Classes = ["c"],
            Loss = 1,
            Predictions = [new Prediction(0, 0, 0, 1, Rank: 1)],
        };

    private void Run(int epochs)
    {
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            run.BeginEpoch(epoch);
            foreach (var loss in new[] { 4.0, 2.0 })
            {
                clock.Now += TimeSpan.FromSeconds(0.5);
                run.EndStep(loss, rate: 0.1);
                reports.Add(run.Progress);
            }

            clock.Now += TimeSpan.FromSeconds(1);
            run.EndEpoch(Half);
            reports.Add(run.Progress);
        }
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
