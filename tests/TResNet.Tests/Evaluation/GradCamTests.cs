using TResNet.Building;
using TResNet.Evaluation;
using static TorchSharp.torch;

namespace TResNet.Tests.Evaluation;

/// <summary>Where a network sees a class, beside the same computed by hand.</summary>
public sealed class GradCamTests
{
    [Fact]
    public void The_map_is_that_of_the_equations_for_an_average_and_a_linear_layer()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = Models.Create("tresnet_nano", numClasses: 4);
        var images = rand(2, 3, 64, 64);
        int[] classes = [1, 3];
        var weight = network.parameters().Last(p => p.dim() == 2);
        using (no_grad())
        {
            weight.copy_(rand(weight.shape) - 0.3f);
        }

        var maps = Predictor.GradCam(network, images, classes);

        network.eval();
        var features = network.forward_features(images).detach();
        var (channels, height, width) = ((int)features.shape[1], (int)features.shape[2], (int)features.shape[3]);
        var values = features.contiguous().data<float>().ToArray();
        var weights = weight.contiguous().data<float>().ToArray();
        Assert.Equal([4, channels], weight.shape);
        for (var image = 0; image < 2; image++)
        {
            var coarse = new double[height, width];
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var sum = 0.0;
                    for (var k = 0; k < channels; k++)
                    {
                        // The gradient of an average of height x width positions and a linear layer is the same everywhere.
                        sum +=
                            weights[classes[image] * channels + k]
                            / (double)(height * width)
                            * values[((image * channels + k) * height + y) * width + x];
                    }

                    coarse[y, x] = Math.Max(0, sum);
                }
            }

            var fine = Enlarged(coarse, 64);
            var highest = fine.Cast<double>().Max();
            Assert.True(highest > 0);
            var map = maps[image].contiguous().data<float>().ToArray();
            for (var p = 0; p < 64 * 64; p++)
            {
                Assert.Equal(fine[p / 64, p % 64] / highest, map[p], 1e-4);
            }
        }
    }

    [Fact]
    public void What_speaks_against_a_class_everywhere_leaves_an_empty_map()
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create("tresnet_nano", numClasses: 2);
        using (no_grad())
        {
            network.parameters().Last(p => p.dim() == 2).fill_(-1);
        }

        Assert.Equal(0, Predictor.GradCam(network, rand(1, 3, 32, 32)).abs().max().item<float>());
    }

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("resnet18")]
    [InlineData("mobilenetv2_100")]
    [InlineData("efficientnet_b0")]
    [InlineData("regnety_002")]
    [InlineData("tresnet_nano+multi-label=true")]
    [InlineData("tresnet_nano+pool=max")]
    public void Every_network_has_maps_and_is_left_as_it_was(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create(name, numClasses: 3);
        network.train();
        var before = network.state_dict().Values.Select(value => value.to(ScalarType.Float64).sum().item<double>());
        double[] sums = [.. before];
        using var off = no_grad();

        var maps = Predictor.GradCam(network, rand(2, 3, 64, 64));

        Assert.Equal([2, 64, 64], maps.shape);
        Assert.True(isfinite(maps).all().item<bool>());
        Assert.True(maps.min().item<float>() >= 0 && maps.max().item<float>() <= 1);
        Assert.True(network.training);
        Assert.All(network.parameters(), p => Assert.True(p.grad is null));
        Assert.Equal(sums, before);
    }

    [Fact]
    public void Classes_are_those_of_the_network_and_one_for_each_image()
    {
        using var network = Models.Create("tresnet_nano", numClasses: 3);
        using var images = rand(2, 3, 32, 32);

        Assert.Contains(
            "There is no class 3: tresnet_nano has 3, from 0 to 2.",
            Assert.Throws<TResNetException>(() => Predictor.GradCam(network, images, [0, 3])).Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "There are 1 classes for 2 images",
            Assert.Throws<TResNetException>(() => Predictor.GradCam(network, images, [0])).Message,
            StringComparison.Ordinal
        );
        network.reset_classifier(0);
        Assert.StartsWith(
            "tresnet_nano has no classifier",
            Assert.Throws<TResNetException>(() => Predictor.GradCam(network, images)).Message,
            StringComparison.Ordinal
        );
    }

    // Bilinear, with pixels as areas: corners are not aligned.
    private static double[,] Enlarged(double[,] map, int side)
    {
        var (height, width) = (map.GetLength(0), map.GetLength(1));
        var fine = new double[side, side];
        for (var y = 0; y < side; y++)
        {
            var (y0, y1, v) = Between(y, height, side);
            for (var x = 0; x < side; x++)
            {
                var (x0, x1, u) = Between(x, width, side);
                fine[y, x] =
                    (1 - v) * ((1 - u) * map[y0, x0] + u * map[y0, x1]) + v * ((1 - u) * map[y1, x0] + u * map[y1, x1]);
            }
        }

        return fine;
    }

    private static (int Low, int High, double Share) Between(int place, int length, int side)
    {
        var at = Math.Max(0, (place + 0.5) * length / side - 0.5);
        var low = (int)at;
        return (low, Math.Min(low + 1, length - 1), at - low);
    }
}
