using TResNet.Building;
using TResNet.Data.Loading;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>What an answer costs that tells no image from another, in the units of each loss.</summary>
public sealed class UninformedLossTests
{
    [Fact]
    public void Of_one_label_it_is_what_naming_all_classes_alike_costs()
    {
        var data = new Labelled(4, several: false);
        var options = new TrainingOptions();

        Assert.Equal(Math.Log(4), UninformedLoss.Of(options, data, null)!.Value, 1e-5);
        Assert.Equal(
            Math.Log(2),
            UninformedLoss
                .Of(options with { Loss = LossKind.BinaryCrossEntropy, LabelSmoothing = 0 }, data, null)!
                .Value,
            1e-5
        );
        // (1 - p)^0 log p of the right class alone.
        Assert.Equal(
            Math.Log(4),
            UninformedLoss.Of(options with { Loss = LossKind.Asymmetric, LabelSmoothing = 0 }, data, null)!.Value,
            1e-5
        );
        // The weights of a batch divide it; smoothing gives some of a target to a class that weighs more.
        var weighed = options with
        {
            ClassWeights = [1, 1, 1, 5],
            LabelSmoothing = 0.1,
        };
        Assert.Equal(Math.Log(4), UninformedLoss.Of(weighed, data, null)!.Value, 1e-5);
    }

    [Fact]
    public void Of_several_labels_it_is_the_sum_or_the_mean_of_each()
    {
        var data = new Labelled(4, several: true);
        var asymmetric = new TrainingOptions { Loss = LossKind.Asymmetric };

        // Each image has one of four, so each is there in a quarter of the images: what is there costs -log p, what is not (p - 0.05)^4 of -log(1.05 - p).
        double Cost(double p) => -Math.Log(p) + 3 * Math.Pow(p - 0.05, 4) * -Math.Log(1.05 - p);
        Assert.Equal(Math.Max(Cost(0.5), Cost(0.25)), UninformedLoss.Of(asymmetric, data, null)!.Value, 1e-4);
        Assert.Equal(
            Math.Log(2),
            UninformedLoss.Of(new() { Loss = LossKind.BinaryCrossEntropy, LabelSmoothing = 0 }, data, null)!.Value,
            1e-5
        );
    }

    [Fact]
    public void A_teacher_adds_how_far_it_is_from_naming_all_alike()
    {
        manual_seed(1);
        using var network = Models.Create("tresnet_nano", numClasses: 4, inChans: 1);
        using var student = Models.Create("tresnet_nano", numClasses: 4, inChans: 1);
        var data = new Labelled(4, several: false);
        var options = new TrainingOptions
        {
            TaskLossWeight = 0.5,
            DistillLossWeight = 2,
            KdTemperature = 1,
        };
        using var teacher = Teacher.Of(network, student, data, options)!;
        using var scope = NewDisposeScope();
        var shares = teacher.Logits(data.GetBatch([0]).Images).softmax(1);
        var entropy = -(shares * shares.log()).sum().item<float>();

        // All images are alike here.
        Assert.Equal(
            0.5 * Math.Log(4) + 2 * (Math.Log(4) - entropy),
            UninformedLoss.Of(options, data, teacher)!.Value,
            1e-4
        );
    }

    [Theory]
    [InlineData(LossKind.CrossEntropy)]
    [InlineData(LossKind.BinaryCrossEntropy)]
    [InlineData(LossKind.Asymmetric)]
    public void A_run_notes_it(LossKind loss)
    {
        manual_seed(1);
        using var network = Models.Create("tresnet_nano", numClasses: 4, inChans: 1);
        var data = new Labelled(4, several: false);
        var options = new TrainingOptions
        {
            Loss = loss,
            Epochs = 1,
            BatchSize = 8,
        };
        var folder = Directory.CreateTempSubdirectory("run");
        try
        {
            var path = Path.Combine(folder.FullName, "r");
            var run = new Trainer(network, data, data, options, RunFolder.New(path)).Fit();

            Assert.Equal(UninformedLoss.Of(options, data, null), run.UninformedLoss);
            Assert.Equal(run.UninformedLoss, RunFolder.Resume(path).Describe().UninformedLoss);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Images that are all alike, each with one label, all labels alike often.</summary>
    private sealed class Labelled(int classes, bool several) : ImageDataset
    {
        private readonly int[] labels = [.. Enumerable.Range(0, 8 * classes).Select(i => i % classes)];

        public override string Name => "labelled";

        public override int Count => labels.Length;

        public override IReadOnlyList<string> Classes { get; } = [.. Enumerable.Range(0, classes).Select(i => $"{i}")];

        public override int Channels => 1;

        public override int Height => 32;

        public override int Width => 32;

        public override bool IsMultiLabel => several;

        public override ReadOnlySpan<int> LabelsOf(int index) => labels.AsSpan(index, 1);

        public override bool Read(int index, int? epoch, Span<float> values)
        {
            values.Fill(0.5f);
            return true;
        }
    }
}
