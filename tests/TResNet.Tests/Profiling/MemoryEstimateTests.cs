using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

public sealed class MemoryEstimateTests
{
    private const long Gibibyte = 1L << 30;
    private static readonly long[] Image = [3, 224, 224];

    [Fact]
    public void A_batch_that_needs_more_than_is_free_is_refused_with_what_to_do()
    {
        using var net = Models.Create("resnet18");

        var refusal = Assert.Throws<TResNetException>(() =>
            MemoryEstimate.Require(net, Image, new ThroughputOptions { BatchSize = 60_000 }, free: 16 * Gibibyte)
        );

        // 60,000 images of 602,112 bytes, and as many maps of 64 x 112 x 112.
        Assert.Equal(
            "There is not enough memory for a batch of 60,000 images of 224x224 pixels: a pass would take at least 213.09 GiB, and 16.00 GiB are free; "
                + "choose a smaller batch or smaller images.",
            refusal.Message
        );
        Assert.True(OutOfMemory.Is(refusal));
    }

    [Fact]
    public void An_evaluation_is_refused_before_its_first_image()
    {
        using var net = Models.Create("tresnet_nano");

        var refusal = Assert.Throws<TResNetException>(() =>
            new EvaluationPass(net, [3, 40_000, 40_000], ComputeType.Float32, 9, 250, optimize: false, default)
        );

        Assert.StartsWith("There is not enough memory for a batch of 9 images of 40000x40000 pixels", refusal.Message);
    }

    [Theory]
    [InlineData(50_000, 1, "50,000 images of 224x224 pixels: a training step")]
    [InlineData(8, 60_000, "60,000 images of 224x224 pixels: a pass")]
    public void A_training_is_refused_before_its_first_step(int batch, int evaluated, string said)
    {
        using var net = Models.Create("resnet18");
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = batch,
            EvaluationBatchSize = evaluated,
        };

        var refusal = Assert.Throws<TResNetException>(() =>
            new Trainer(net, new Unread(60_000), new Unread(60_000), options).Fit()
        );

        Assert.StartsWith($"There is not enough memory for a batch of {said} would take at least", refusal.Message);
    }

    [Fact]
    public void Frozen_layers_may_keep_nothing()
    {
        using var net = Models.Create("resnet18");
        var options = new ThroughputOptions { BatchSize = 1000, Mode = ThroughputMode.Training };
        var whole = MemoryEstimate.LeastOf(net, Image, options);
        net.parameters().First().requires_grad = false;

        Assert.True(MemoryEstimate.LeastOf(net, Image, options) < whole / 2);
    }

    [Theory]
    [InlineData(256, ThroughputMode.Inference)]
    [InlineData(128, ThroughputMode.Training)]
    public void What_fits_is_not_refused(int batch, ThroughputMode mode)
    {
        using var net = Models.Create("resnet18");

        MemoryEstimate.Require(net, Image, new ThroughputOptions { BatchSize = batch, Mode = mode }, 8 * Gibibyte);
    }

    [Fact]
    public void Training_keeps_all_maps_and_bfloat16_takes_half_for_each()
    {
        using var net = Models.Create("resnet18");
        var inference = new ThroughputOptions { BatchSize = 1000 };
        const double images = 1000.0 * 4 * 3 * 224 * 224;

        Assert.Equal(images + 1000.0 * 4 * 64 * 112 * 112, MemoryEstimate.LeastOf(net, Image, inference)!.Value, 1.0);
        Assert.Equal(
            images + 1000.0 * 4 * 2_483_712,
            MemoryEstimate.LeastOf(net, Image, inference with { Mode = ThroughputMode.Training })!.Value,
            images * 0.05
        );
        Assert.Equal(
            images + 1000.0 * 2 * 64 * 112 * 112,
            MemoryEstimate.LeastOf(net, Image, inference with { ComputeType = ComputeType.BFloat16 })!.Value,
            1.0
        );
        Assert.Null(MemoryEstimate.LeastOf(net, Image, inference with { BatchSize = 8 }));
    }

    [Fact]
    public void A_sweep_ends_at_a_batch_without_room_before_it_tries_smaller_ones()
    {
        using var net = Models.Create("tresnet_nano");
        var looks = 0;

        var sweep = ThroughputSweep.Measure(
            net,
            [3, 32, 32],
            [60_000],
            new ThroughputOptions(),
            memoryLimit: 600L << 20,
            new Training.Observer<SweepProgress>(_ => looks++)
        );

        Assert.Equal((0, 0), (sweep.Results.Count, looks));
        Assert.Matches(@"^a batch of 60000 would take at least [\d.]+ GiB, and 600\.0 MiB are there$", sweep.Ended);
    }

    /// <summary>So many images that nobody asks for.</summary>
    private sealed class Unread(int count) : ImageDataset
    {
        public override string Name => "unread";

        public override int Count => count;

        public override IReadOnlyList<string> Classes { get; } = [.. Enumerable.Range(0, 1000).Select(i => $"{i}")];

        public override int Channels => 3;

        public override int Height => 224;

        public override int Width => 224;

        public override ReadOnlySpan<int> LabelsOf(int index) =>
            throw new InvalidOperationException("A label was read.");

        public override bool Read(int index, int? epoch, Span<float> values) =>
            throw new InvalidOperationException("An image was read.");
    }
}
