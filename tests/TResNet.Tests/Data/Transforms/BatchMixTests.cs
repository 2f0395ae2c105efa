using System.Text.Json;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Tests.Data.Transforms;

/// <summary>Mixing pair by pair and image by image, with rectangles of given sides, until an epoch, and before erasing.</summary>
public sealed class BatchMixTests
{
    private const int Count = 8;
    private const int Side = 10;

    [Theory]
    [InlineData(MixupMode.Batch, 1)]
    [InlineData(MixupMode.Pair, 4)]
    [InlineData(MixupMode.Elem, 8)]
    public void Shares_are_drawn_once_for_what_the_mode_names(MixupMode mode, int different)
    {
        var (images, labels) = Batch();
        new BatchMix(mixup: 1, cutmix: 0, mode: mode).Apply(
            images,
            labels,
            (Count, 1, Side, Side),
            SplitMix64.For(3, 1, 5)
        );

        var own = Enumerable.Range(0, Count).Select(i => labels[i * Count + i]).ToArray();
        Assert.Equal(different, own.Distinct().Count());
        for (var i = 0; i < Count; i++)
        {
            var partner = Count - 1 - i;
            Assert.Equal(1 - own[i], labels[i * Count + partner], 1e-6);
            Assert.All(Image(images, i), value => Assert.Equal(i * own[i] + partner * (1 - own[i]), value, 1e-5));
        }
    }

    [Theory]
    [InlineData(MixupMode.Pair)]
    [InlineData(MixupMode.Elem)]
    public void Rectangles_count_their_area_exactly(MixupMode mode)
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var (images, labels) = Batch();
            new BatchMix(mixup: 0, cutmix: 1, mode: mode).Apply(
                images,
                labels,
                (Count, 1, Side, Side),
                SplitMix64.For(seed, 1, 5)
            );
            for (var i = 0; i < Count; i++)
            {
                Assert.Equal(Image(images, i).Count(value => value == i) / 100.0, labels[i * Count + i], 1e-6);
                Assert.All(Image(images, i), value => Assert.True(value == i || value == Count - 1 - i));
            }
        }
    }

    [Fact]
    public void Rectangles_have_the_sides_that_were_asked_for()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var (images, labels) = Batch();
            new BatchMix(mixup: 0, cutmix: 0.2, minMax: (0.3, 0.6)).Apply(
                images,
                labels,
                (Count, 1, Side, Side),
                SplitMix64.For(seed, 1, 5)
            );
            var cut = Enumerable.Range(0, 100).Where(at => images[at] != 0).ToArray();
            var height = cut.Select(at => at / Side).Distinct().Count();
            var width = cut.Select(at => at % Side).Distinct().Count();

            Assert.InRange(height, 3, 5);
            Assert.InRange(width, 3, 5);
            Assert.Equal(height * width, cut.Length);
            Assert.Equal(1 - cut.Length / 100.0, labels[0], 1e-6);
        }
    }

    [Fact]
    public void A_share_of_the_images_is_left_alone_and_a_share_cut()
    {
        var (mixed, cut, all) = (0, 0, 0);
        for (var seed = 0; seed < 400; seed++)
        {
            var (images, labels) = Batch();
            new BatchMix(1, 1, probability: 0.5, switchProbability: 0.25, mode: MixupMode.Elem).Apply(
                images,
                labels,
                (Count, 1, Side, Side),
                SplitMix64.For(seed, 1, 5)
            );
            for (var i = 0; i < Count; i++)
            {
                var values = Image(images, i).Distinct().ToArray();
                all++;
                mixed += values is [var only] && only != i ? 1 : 0;
                cut += values.Length == 2 ? 1 : 0;
            }
        }

        Assert.Equal(0.375, mixed / (double)all, 0.03);
        Assert.InRange(cut / (double)all, 0.09, 0.135);
    }

    [Fact]
    public void Images_are_erased_after_they_are_mixed()
    {
        using var scope = NewDisposeScope();
        var source = FashionMnist.LoadSource(FashionMnistSplit.Train);
        var changes = new Augmentations
        {
            Mixup = 1,
            RandomErasing = 1,
            ErasingFill = ErasingFill.Constant,
        };
        var data = new TransformedDataset(source, 28, changes, Normalize.Of([0.5, 0.5, 0.5], [0.51, 0.52, 0.53]));

        var images = data.GetTrainingBatch([.. Enumerable.Range(0, 32)], epoch: 1).Images;

        // A rectangle is at least a fiftieth of the image; of one that was erased before, its partner shines through.
        var zeros = images.eq(0).sum([1, 2, 3]).data<long>().ToArray();
        Assert.All(zeros, count => Assert.InRange(count, 3 * 12, 3 * 28 * 28 / 2));
    }

    [Fact]
    public void Mixing_ends_with_its_last_epoch()
    {
        using var scope = NewDisposeScope();
        var source = FashionMnist.LoadSource(FashionMnistSplit.Train);
        var data = new TransformedDataset(
            source,
            28,
            new Augmentations { Mixup = 1, MixupOffEpoch = 2 },
            Normalize.ZeroToOne
        );

        float[] Largest(int epoch) =>
            data.GetTrainingBatch([0, 1, 2, 3], epoch).Labels.max(dim: 1).values.data<float>().ToArray();

        Assert.Contains(Largest(2), share => share < 1);
        Assert.All(Largest(3), share => Assert.Equal(1, share));
    }

    [Fact]
    public void What_cannot_be_mixed_gives_one_sentence()
    {
        Assert.Equal(
            "Cutmix is to exchange from 0.8 to 0.2 of a side, but the first has to be the smaller; turn them round.",
            Refused(new Augmentations { CutmixMinMax = (0.8, 0.2) })
        );
        Assert.StartsWith("The probability of mixing is 2,", Refused(new Augmentations { Mixup = 1, MixupProb = 2 }));
        Assert.StartsWith("The last epoch that mixes is -1,", Refused(new Augmentations { MixupOffEpoch = -1 }));
        Assert.StartsWith("probability is 2,", Refused(new Augmentations { VFlip = 2 }));
        Assert.StartsWith("The most ratio is 0.5,", Refused(new Augmentations { Ratio = (1, 0.5) }));

        static string Refused(Augmentations changes) =>
            Assert.Throws<TResNetException>(() => changes.Validate()).Message;
    }

    [Fact]
    public void States_keep_all_of_it()
    {
        var changes = new Augmentations
        {
            CutmixMinMax = (0.2, 0.8),
            MixupMode = MixupMode.Elem,
            Ratio = (0.9, 1.1),
            TrainInterpolation = Interpolation.Bicubic,
            VFlip = 0.5,
            MixupOffEpoch = 3,
        };
        Assert.Equal(changes, JsonSerializer.Deserialize<Augmentations>(JsonSerializer.Serialize(changes)));
    }

    private static (float[] Images, float[] Labels) Batch()
    {
        var labels = new float[Count * Count];
        for (var i = 0; i < Count; i++)
        {
            labels[i * Count + i] = 1;
        }

        return ([.. Enumerable.Range(0, Count).SelectMany(i => Enumerable.Repeat((float)i, Side * Side))], labels);
    }

    private static float[] Image(float[] images, int at) => images[(at * Side * Side)..((at + 1) * Side * Side)];
}
