using TorchSharp;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using static TorchSharp.torch;

namespace TResNet.Tests.Data.Loading;

public sealed class ImageDatasetTests
{
    private static readonly ImageDataset Clothes = FashionMnist.Load(FashionMnistSplit.Validation);
    private static readonly IdxSource Source = (IdxSource)FashionMnist.LoadSource(FashionMnistSplit.Validation);

    [Fact]
    public void A_batch_is_float_images_from_0_to_1_and_int64_labels()
    {
        using var scope = NewDisposeScope();

        var (images, labels) = Clothes.GetBatch([3, 1, 4]);

        Assert.Equal([3, 1, 28, 28], images.shape);
        Assert.Equal((ScalarType.Float32, ScalarType.Int64), (images.dtype, labels.dtype));
        Assert.Equal((0f, 1f), (images.min().item<float>(), images.max().item<float>()));
        var expected = new[] { 3, 1, 4 }.Select(i => (long)Source.LabelsOf(i)[0]);
        Assert.Equal(expected, labels.data<long>().ToArray());
    }

    [Fact]
    public void A_pixel_is_its_byte_over_255()
    {
        using var scope = NewDisposeScope();
        var bytes = Source.Pixels(7).ToArray();

        var image = Clothes.GetBatch([7]).Images.data<float>().ToArray();

        Assert.Equal(bytes.Select(value => value / 255f), image);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2000)]
    public void An_index_beyond_the_data_is_refused(int index) =>
        Assert.Contains(
            "Fashion-MNIST 10k (held out) has 2000 images",
            Assert.Throws<ArgumentOutOfRangeException>(() => Clothes.GetBatch([index])).Message
        );

    [Fact]
    public void A_slightly_larger_input_gets_a_black_border_and_its_channels_repeated()
    {
        using var scope = NewDisposeScope();
        var fitted = Clothes.FitTo(channels: 3, height: 32, width: 32);

        var (images, labels) = fitted.GetBatch([0, 1]);
        var (original, same) = Clothes.GetBatch([0, 1]);

        Assert.Equal(
            (3, 32, 32, 2000, Clothes.Name),
            (fitted.Channels, fitted.Height, fitted.Width, fitted.Count, fitted.Name)
        );
        Assert.Equal([2, 3, 32, 32], images.shape);
        for (var channel = 0; channel < 3; channel++)
        {
            var inside = images.narrow(1, channel, 1).narrow(2, 2, 28).narrow(3, 2, 28);
            Assert.Equal(original.data<float>().ToArray(), inside.contiguous().data<float>().ToArray());
        }

        Assert.Equal(3 * original.sum().item<float>(), images.sum().item<float>(), 0.1f);
        Assert.Equal(same.data<long>().ToArray(), labels.data<long>().ToArray());
    }

    [Fact]
    public void A_much_larger_input_is_resized()
    {
        using var scope = NewDisposeScope();

        var images = Clothes.FitTo(channels: 1, height: 56, width: 56).GetBatch([0]).Images;

        Assert.Equal([1, 1, 56, 56], images.shape);
        // Bilinear interpolation keeps the mean brightness.
        Assert.Equal(Clothes.GetBatch([0]).Images.mean().item<float>(), images.mean().item<float>(), 0.01f);
    }

    [Fact]
    public void Colours_become_grey_by_their_mean()
    {
        using var scope = NewDisposeScope();

        var grey = Clothes.FitTo(3, 28, 28).FitTo(1, 28, 28).GetBatch([5]).Images;

        var difference = (grey - Clothes.GetBatch([5]).Images).abs().max().item<float>();
        Assert.InRange(difference, 0, 1e-6f);
    }

    [Fact]
    public void What_fits_already_is_not_wrapped() => Assert.Same(Clothes, Clothes.FitTo(1, 28, 28));

    [Fact]
    public void Channels_that_cannot_be_made_give_one_sentence() =>
        Assert.Equal(
            "Fashion-MNIST 10k (held out) has 3 channels, from which 4 cannot be made; create the network with inChans: 3.",
            Assert.Throws<TResNetException>(() => Clothes.FitTo(3, 28, 28).FitTo(4, 28, 28)).Message
        );

    [Fact]
    public void Sides_below_one_pixel_give_one_sentence() =>
        Assert.Equal(
            "An image of 0 x 28 pixels has no area; choose sides of at least 1 pixel.",
            Assert.Throws<TResNetException>(() => Clothes.FitTo(1, 0, 28)).Message
        );
}
