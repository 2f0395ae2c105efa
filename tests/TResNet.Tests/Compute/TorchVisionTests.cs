using TorchSharp;
using TResNet.Data;
using TResNet.Graphs;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Training;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Compute;

/// <summary>What somebody made with TorchSharp and TorchVision alone.</summary>
public sealed class TorchVisionTests
{
    [Fact]
    public void A_network_of_TorchVision_is_trained_measured_and_optimised_as_it_is()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = torchvision.models.resnet18(num_classes: 10);
        var train = FashionMnist.Load(FashionMnistSplit.Train).First(16).FitTo(channels: 3, height: 32, width: 32);
        var validation = FashionMnist
            .Load(FashionMnistSplit.Validation)
            .First(8)
            .FitTo(channels: 3, height: 32, width: 32);

        var run = new Trainer(network, train, validation, new TrainingOptions { Epochs = 1, BatchSize = 8 }).Fit();

        Assert.Equal(2, run.Steps.Count);
        Assert.All(run.Steps, step => Assert.True(double.IsFinite(step.Loss)));

        var options = new ThroughputOptions { BatchSize = 2, Rounds = 2 };
        Assert.InRange(ThroughputProfiler.Measure(network, [3, 32, 32], options).Median, 0.1, 1e6);
        Assert.Equal(11_181_642, Summarizer.Summarize(network, 3, 32, 32).Parameters);

        network.eval();
        using var _ = no_grad();
        var images = randn(2, 3, 32, 32);
        using var fast = network.Optimize(images);
        var expected = network.call(images);
        Assert.True(fast.call(images).allclose(expected, 1e-4, 1e-4 * expected.abs().max().item<float>()));
    }

    [Fact]
    public void Tensors_and_optimisers_of_TorchSharp_mix_with_networks_of_ours()
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create("tresnet_nano", 10);
        var optimizer = optim.AdamW(network.parameters(), 1e-3);
        var (images, labels) = (rand(4, 3, 32, 32), arange(4, dtype: ScalarType.Int64));
        var losses = new List<float>();
        for (var i = 0; i < 5; i++)
        {
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(network.call(images), labels);
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<float>());
        }

        Assert.True(losses[^1] < losses[0]);
    }
}
