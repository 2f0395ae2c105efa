using TResNet.Layers;
using TResNet.Profiling;
using TResNet.Profiling.Options;
using TResNet.Tests.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

/// <summary>What users call; the classes behind it have tests of their own.</summary>
public sealed class ProfilerTests
{
    private static readonly long[] Image = [1, 28, 28];

    private static readonly ThroughputOptions Short = new()
    {
        BatchSize = 2,
        Rounds = 2,
        WarmUp = 0,
        RoundTime = TimeSpan.Zero,
    };

    [Fact]
    public void A_network_is_timed_at_one_batch_size_and_at_several()
    {
        using var net = SmallNets.Create();

        var one = Profiler.Throughput(net, Image, Short);
        var several = Profiler.ThroughputCurve(net, Image, [4, 1], Short);

        Assert.Equal((2, 2), (one.BatchSize, one.Rounds.Count));
        Assert.Equal([1, 4], several.Results.Select(result => result.BatchSize));
        Assert.Null(several.Ended);
    }

    [Fact]
    public void Its_layers_are_counted_and_timed_under_the_roof_of_the_machine()
    {
        using var net = SmallNets.Create();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var summary = Profiler.Summary(net, Image);
            var layers = Profiler.Layers(net, Image, Short);
            var trace = Path.Combine(folder.FullName, "trace.json");
            layers.SaveTrace(trace);

            Assert.Equal(net.parameters().Sum(parameter => parameter.numel()), summary.Parameters);
            Assert.Equal(2 * summary.MultiplyAdds, layers.Layers.Sum(layer => layer.MultiplyAdds));
            Assert.Equal(Profiler.Ceiling(), layers.Roof);
            Assert.True(layers.Roof is { Gigaflops: > 0, GigabytesPerSecond: > 0 });
            Assert.Contains("traceEvents", File.ReadAllText(trace));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_largest_batch_is_looked_for_up_to_what_is_asked_for()
    {
        using var net = SmallNets.Create();

        var found = Profiler.LargestBatch(net, Image, most: 5);

        Assert.Equal((5, true), (found.BatchSize, found.ReachedMost));
    }

    [Fact]
    public void An_ablation_ends_with_the_network_itself()
    {
        var network = Models.TResNetNano() with { NormAct = NormAct.InPlaceAbn(Activation.LeakyReLU(0.01)) };

        var result = Profiler.Ablation(network, Short, inputSize: 32);

        Assert.Equal(network.Info.Name, result.Network);
        Assert.Equal(network, result.Rows[^1].Architecture);
        Assert.All(result.Rows, row => Assert.Equal(2, row.Training!.BatchSize));
        Assert.Null(result.Rows[0].LargestBatch);
    }

    [Fact]
    public void What_is_out_of_range_is_refused_in_one_sentence()
    {
        using var net = SmallNets.Create();

        var batch = Assert.Throws<TResNetException>(() => Profiler.LargestBatch(net, Image, most: 1));
        var limit = Assert.Throws<TResNetException>(() => Profiler.LargestBatch(net, Image, memoryLimit: 0));
        var plain = Assert.Throws<TResNetException>(() => Profiler.Ablation(Models.ResNet50()));

        Assert.Contains("is 1, but it has to be from 2 to 65,536", batch.Message);
        Assert.Contains("is 0 bytes", limit.Message);
        Assert.Contains("resnet50 has none of TResNet's refinements", plain.Message);
    }
}
