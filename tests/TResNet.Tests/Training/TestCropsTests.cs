using TorchSharp;
using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Tests.Training;

public sealed class TestCropsTests
{
    [Fact]
    public void Probabilities_are_averaged_not_logits()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        Tensor[] logits = [randn(4, 6) * 20, randn(4, 6), full([4, 6], -120f)];

        var single = functional.softmax(TestCrops.Average(logits, isMultiLabel: false), 1);
        var several = TestCrops.Average(logits, isMultiLabel: true);

        Assert.True(single.allclose(stack(logits.Select(each => functional.softmax(each, 1))).mean([0]), 1e-4, 1e-6));
        Assert.True(several.sigmoid().allclose(stack(logits.Select(each => each.sigmoid())).mean([0]), 1e-4, 1e-6));
        Assert.True(TestCrops.Average([logits[2], logits[2]], isMultiLabel: true).allclose(logits[2], 1e-4, 1e-3));
    }

    [Theory]
    [InlineData(nameof(CropPlace.TopLeft), 0, 0)]
    [InlineData(nameof(CropPlace.TopRight), 8, 0)]
    [InlineData(nameof(CropPlace.BottomLeft), 0, 4)]
    [InlineData(nameof(CropPlace.BottomRight), 8, 4)]
    [InlineData(nameof(CropPlace.Center), 4, 2)]
    public void A_crop_is_a_part_of_the_resized_image(string place, int left, int top)
    {
        var random = new Random(4);
        var image = new RgbImage(48, 40, new byte[48 * 40 * 3]);
        random.NextBytes(image.Pixels);
        var whole = new Resize(20, Interpolation.Bicubic).Apply(image);

        var crop = new EvaluationCrop(16, 0.8, Interpolation.Bicubic, Enum.Parse<CropPlace>(place)).Apply(image);

        var expected = Enumerable
            .Range(0, 16)
            .SelectMany(y => whole.Pixels.AsSpan(((y + top) * 24 + left) * 3, 48).ToArray());
        Assert.Equal(expected, crop.Pixels);
    }

    [Theory]
    [InlineData("tresnet_m", 0.875, Interpolation.Bilinear)]
    [InlineData("resnet18", 0.95, Interpolation.Bicubic)]
    [InlineData("resnest50d", 0.875, Interpolation.Bilinear)]
    [InlineData("resnetv2_50", 0.95, Interpolation.Bicubic)]
    [InlineData("efficientnet_b7", 0.949, Interpolation.Bicubic)]
    [InlineData("resnet50d", 0.875, Interpolation.Bicubic)]
    public void A_network_says_how_it_was_measured(string name, double cropPct, Interpolation interpolation)
    {
        var info = Models.Describe(name).Info;
        Assert.Equal((cropPct, interpolation), (info.CropPct, info.Interpolation));
    }
}
