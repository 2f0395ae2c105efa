using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Building;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Networks and images small enough to train in milliseconds.</summary>
internal static class SmallNets
{
    /// <summary>Three layers on 1 x 28 x 28 images.</summary>
    public static nn.Module<Tensor, Tensor> Create(long seed = 1, int classes = 10)
    {
        manual_seed(seed);
        return nn.Sequential(
            ("conv", nn.Conv2d(1, 8, 3, stride: 2, padding: 1)),
            ("norm", nn.BatchNorm2d(8)),
            ("act", nn.ReLU()),
            ("pool", nn.AdaptiveAvgPool2d(4)),
            ("flat", nn.Flatten()),
            ("fc", nn.Linear(128, classes))
        );
    }

    /// <summary>A listed network for ten classes, from weights of a seed.</summary>
    public static Network Create(string name, long seed = 1)
    {
        manual_seed(seed);
        return Models.Create(name, numClasses: 10);
    }

    /// <summary>The first images to train on and those of the images held out, as a network wants them.</summary>
    public static (ImageDataset Train, ImageDataset Validation) Clothes(Network model, int count, int held)
    {
        return (Of(FashionMnistSplit.Train, count), Of(FashionMnistSplit.Validation, held));

        ImageDataset Of(FashionMnistSplit split, int images) =>
            FashionMnist.Load(split).First(images).FitTo(model.InChans, 32, 32);
    }

    /// <summary>Makes the last weights so large that gradients overflow where the loss is scaled by 2^127.</summary>
    public static nn.Module<Tensor, Tensor> WithLargeGradients(this nn.Module<Tensor, Tensor> net)
    {
        using var _ = no_grad();
        net.get_parameter("fc.weight")!.mul_(300);
        return net;
    }

    /// <summary>The first images of a data set.</summary>
    public static ImageDataset First(this ImageDataset data, int count) => new Subset(data, count);

    /// <summary>The same labels with images that hold one value everywhere.</summary>
    public static ImageDataset Filled(this ImageDataset data, float value) => new Constant(data, value);

    /// <summary>A copy of every parameter and buffer.</summary>
    public static Dictionary<string, float[]> Copy(this nn.Module module) =>
        module.state_dict().ToDictionary(entry => entry.Key, entry => Copy(entry.Value));

    private static float[] Copy(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        // TorchSharp's own way goes from number to number, of which there are millions.
        return [.. MemoryMarshal.Cast<byte, float>(tensor.detach().to(ScalarType.Float32).cpu().contiguous().bytes)];
    }

    /// <summary>Asserts that two copies have the same bits; xUnit would take seconds for the millions of a network.</summary>
    public static void AssertSame(this Dictionary<string, float[]> expected, Dictionary<string, float[]> actual)
    {
        Assert.Equal(expected.Keys, actual.Keys);
        Assert.Empty(
            expected.Where(each => !each.Value.AsSpan().SequenceEqual(actual[each.Key])).Select(each => each.Key)
        );
    }

    /// <summary>How far each parameter and buffer has moved: the length of the difference.</summary>
    public static Dictionary<string, double> DistancesTo(
        this Dictionary<string, float[]> before,
        Dictionary<string, float[]> after
    ) => before.ToDictionary(each => each.Key, each => Distance(each.Value, after[each.Key]));

    private static double Distance(float[] a, float[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }

    private sealed class Constant(ImageDataset inner, float value) : Subset(inner, inner.Count)
    {
        public override bool Read(int index, int? epoch, Span<float> values)
        {
            values.Fill(value);
            return true;
        }
    }

    private class Subset(ImageDataset inner, int count) : ImageDataset
    {
        public override string Name => inner.Name;

        public override int Count => count;

        public override IReadOnlyList<string> Classes => inner.Classes;

        public override int Channels => inner.Channels;

        public override int Height => inner.Height;

        public override int Width => inner.Width;

        internal override Augmentations? Augmentations => inner.Augmentations;

        public override ReadOnlySpan<int> LabelsOf(int index) => inner.LabelsOf(index);

        public override bool Read(int index, int? epoch, Span<float> values) => inner.Read(index, epoch, values);
    }
}
