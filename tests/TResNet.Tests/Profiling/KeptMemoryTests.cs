using TorchSharp;
using TResNet.Profiling;
using static TorchSharp.torch;

namespace TResNet.Tests.Profiling;

public sealed class KeptMemoryTests
{
    [Fact]
    public void What_a_layer_keeps_is_counted_in_bytes_and_grows_with_the_batch()
    {
        using var layer = nn.Sequential(nn.BatchNorm2d(64), nn.Identity());
        var two = Profiler.KeptForBackward(layer, [64, 128, 128], batchSize: 2);
        var four = Profiler.KeptForBackward(layer, [64, 128, 128], batchSize: 4);

        const long Map = 64 * 128 * 128 * 4;
        const long Rest = Map / 8; // what the rest of the process takes and frees meanwhile
        // One map: the result, which lives while it is counted. What batch normalisation keeps are the images, which were there before.
        Assert.InRange(two, 2 * Map - Rest, 2 * Map + Rest);
        Assert.InRange(four, 4 * Map - Rest, 4 * Map + Rest);
    }

    [Fact]
    public void The_network_is_as_it_was()
    {
        using var network = Models.Create("tresnet_nano", 10);
        network.eval();
        using var mean = network.get_buffer("body.conv1.bn.running_mean")!.clone();

        Profiler.KeptForBackward(network, [3, 32, 32], batchSize: 2);

        Assert.False(network.training);
        Assert.True(mean.Equals(network.get_buffer("body.conv1.bn.running_mean")!));
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Theory]
    [InlineData(1, "The batch size is 1, but it has to be from 2")]
    [InlineData(0, "The batch size is 0")]
    public void A_batch_that_cannot_be_trained_with_is_refused(int batch, string says)
    {
        using var network = Models.Create("tresnet_nano", 10);

        var refused = Assert.Throws<TResNetException>(() =>
            Profiler.KeptForBackward(network, [3, 32, 32], batchSize: batch)
        );

        Assert.StartsWith(says, refused.Message);
    }
}
