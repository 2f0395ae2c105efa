using TorchSharp;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Sources;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Images that come several times in a row, each time changed anew.</summary>
public sealed class RepeatedAugmentationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Each_time_an_image_is_changed_anew_and_keeps_its_label(double erasing)
    {
        var data = Data(
            new Augmentations
            {
                AugRepeats = 3,
                RandomErasing = erasing,
                Mixup = erasing,
            }
        );
        using var loader = new DataLoader(
            data,
            new BatchSampler(data.Count, 6, seed: 1, repeats: 3).Epoch(1),
            epoch: 1,
            numWorkers: 2
        );
        foreach (var batch in loader)
        {
            Assert.All(batch.Indices.Chunk(3), times => Assert.Single(times.Distinct()));
            Assert.All(batch.Indices, index => Assert.InRange(index, 0, data.Count - 1));
            var pixels = Enumerable
                .Range(0, batch.Count)
                .Select(row => Convert.ToHexString(batch.Images[row].bytes.ToArray()))
                .ToArray();
            Assert.Equal(batch.Count, pixels.Distinct().Count());
            if (erasing == 0)
            {
                Assert.Equal(batch.Indices.Select(index => (long)data.LabelsOf(index)[0]), batch.Labels.data<long>());
            }
        }
    }

    [Fact]
    public void A_run_that_repeats_images_goes_on_to_the_same_bits()
    {
        var data = Data(new Augmentations { AugRepeats = 2 });
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 4,
            LearningRate = 0.01,
        };
        using var unbroken = Network();
        var whole = new Trainer(unbroken, data, data, options).Fit();
        using var stopped = Network();
        using var stop = new CancellationTokenSource();
        var path = folder["run"];
        _ = new Trainer(stopped, data, data, options, RunFolder.New(path)).Fit(
            new Observer<TrainingProgress>(report =>
            {
                if (report.Step == 4)
                {
                    stop.Cancel();
                }
            }),
            stop.Token
        );
        using var resumed = Network();
        var rest = new Trainer(resumed, data, data, options, RunFolder.Resume(path)).Fit();

        Assert.Equal(whole.Steps.Select(step => step.Loss), rest.Steps.Select(step => step.Loss));
        Assert.NotEqual(
            whole.Steps.Select(step => step.Loss),
            new Trainer(Network(), Data(new Augmentations()), data, options).Fit().Steps.Select(step => step.Loss)
        );
    }

    private static nn.Module<Tensor, Tensor> Network()
    {
        manual_seed(1);
        return nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("flat", nn.Flatten()), ("fc", nn.Linear(4 * 14 * 14, 2)));
    }

    private TransformedDataset Data(Augmentations changes)
    {
        folder.Images([
            .. Enumerable.Range(0, 12).Select(i => $"train/{(i < 5 ? "rose" : "tulip")}/{i}.jpg"),
            "val/rose/1.jpg",
        ]);
        var (train, _) = ImageSources.Load(folder.Path);
        return new TransformedDataset(train, 16, changes, Normalize.ZeroToOne, seed: 1);
    }
}
