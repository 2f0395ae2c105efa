using TorchSharp;
using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Tests.Data.Sources;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Data.Loading;

public sealed class TransformedDatasetTests
{
    private static readonly int[] All = [0, 1, 2, 3, 4, 5, 6, 7];

    private static TemporaryFolder Folder() =>
        new TemporaryFolder().Images([
            .. Enumerable.Range(0, 8).Select(i => $"train/{(i < 5 ? "rose" : "tulip")}/{i}.jpg"),
            "val/rose/1.jpg",
        ]);

    private static TransformedDataset Random(ImageSource source, long seed = 1) =>
        new(
            source,
            8,
            new Compose(new RandomResizedCrop(8), new RandomFlip(isVertical: false)),
            normalize: Normalize.ImageNet,
            seed: seed
        );

    [Fact]
    public void Evaluation_sees_the_middle_as_ToTensor_and_Normalize_give_it()
    {
        using var folder = Folder();
        using var scope = NewDisposeScope();
        var (source, _) = ImageFolder.Load(folder.Path);

        var (images, labels) = Random(source).GetBatch([0, 6]);

        Assert.Equal([2, 3, 8, 8], images.shape);
        Assert.Equal([0, 1], labels.data<long>().ToArray());
        var pixels = new EvaluationCrop(8).Apply(source.Open(0), 0, 0, 0);
        var bytes = tensor(pixels.Pixels, [8, 8, 3]).permute(2, 0, 1).to(ScalarType.Float32).div(255f);
        var expected =
            (bytes - tensor((float[])[0.485f, 0.456f, 0.406f], [3, 1, 1]))
            / tensor((float[])[0.229f, 0.224f, 0.225f], [3, 1, 1]);
        Assert.True(expected.Equals(images[0]));
    }

    [Fact]
    public void Files_and_pixels_of_one_image_lie_where_those_of_another_did()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        var noise = new RgbImage(300, 200, new byte[300 * 200 * 3]);
        var bytes = long.MaxValue;
        for (var i = 0; i < 8; i++)
        {
            new Random(i).NextBytes(noise.Pixels);
            var file = JpegEncoder.Encode(noise, 95);
            bytes = Math.Min(bytes, file.Length);
            folder.Write($"{(i < 4 ? "noise" : "more")}/{i}.jpg", file);
        }

        var (source, _) = ImageFolder.Load(folder.Path, validation: folder.Path);
        var data = Random(source);
        var first = data.GetTrainingBatch(All, 1).Images;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var second = data.GetTrainingBatch(All, 1).Images;

        // Eight files take less than one has.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bytes);
        Assert.True(first.Equals(second));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 7)]
    [InlineData(16, 16)]
    [InlineData(33, 3)]
    public void Every_pixel_of_every_size_is_scaled_as_PyTorch_does(int width, int height)
    {
        using var scope = NewDisposeScope();
        var bytes = Enumerable.Range(0, width * height * 3).Select(i => (byte)(i * 37)).ToArray();
        foreach (var scale in (Normalize[])[Normalize.ZeroToOne, Normalize.MinusOneToOne])
        {
            var planes = new float[bytes.Length];
            new ToTensor(scale).Write(new RgbImage(width, height, bytes), planes);

            var share = tensor(bytes, [height, width, 3]).permute(2, 0, 1).to(ScalarType.Float32).div(255f);
            var expected = (share - (float)scale.Mean[0]) / (float)scale.Std[0];
            Assert.Equal(expected.contiguous().data<float>().ToArray(), planes);
        }
    }

    [Fact]
    public void Training_depends_on_seed_epoch_and_image_alone()
    {
        using var folder = Folder();
        var (source, _) = ImageFolder.Load(folder.Path);
        var data = Random(source);

        Assert.Equal(Training(data, [3, 1], 2), Training(data, [1, 3], 2).Chunk(3 * 64).Reverse().SelectMany(i => i));
        Assert.Equal(Training(data, [3], 2), Training(Random(source), [3], 2));
        Assert.NotEqual(Training(data, [3], 2), Training(data, [3], 1));
        Assert.NotEqual(Training(data, [3], 2), Training(data, [2], 2));
        Assert.NotEqual(Training(data, [3], 2), Training(Random(source, seed: 2), [3], 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_loader_gives_the_same_images(int workers)
    {
        using var folder = Folder();
        var (source, _) = ImageFolder.Load(folder.Path);
        var data = Random(source);
        var before = LiveTensors.Settled();
        using (var loader = new DataLoader(data, [.. All.Chunk(2), .. All.Chunk(2)], epoch: 2, workers))
        {
            var loaded = loader.SelectMany(batch => batch.Images.data<float>().ToArray()).ToArray();

            Assert.Equal([.. Training(data, All, 2), .. Training(data, All, 2)], loaded);
        }

        LiveTensors.AssertNoneBeyond(before);
    }

    [Fact]
    public void Damaged_images_are_left_out_and_named()
    {
        using var folder = Folder();
        folder.Write("train/rose/1.jpg", "no image");
        folder.Write("train/tulip/7.jpg", []);
        var (source, _) = ImageFolder.Load(folder.Path);
        var data = new TransformedDataset(source, 8);

        using var batch = Batch(data, All);

        Assert.Equal([0, 2, 3, 4, 5, 6], batch.Indices);
        Assert.Equal([6, 3, 8, 8], batch.Images.shape);
        Assert.Equal([0, 0, 0, 0, 1, 1], batch.Labels.data<long>().ToArray());
        using var whole = Batch(data, [0, 6]);
        Assert.True(batch.Images[0].Equals(whole.Images[0]));
        Assert.True(batch.Images[5].Equals(whole.Images[1]));
        Assert.Equal([1, 7], data.Skipped.ToList().Select(image => image.Index));
        Assert.Equal([1, 7], data.FitTo(1, 8, 8).Skipped!.ToList().Select(image => image.Index));
    }

    [Fact]
    public void A_batch_of_damaged_images_has_no_rows()
    {
        using var folder = Folder();
        folder.Write("train/rose/1.jpg", "no image");
        var (source, _) = ImageFolder.Load(folder.Path);

        using var batch = Batch(new TransformedDataset(source, 8).FitTo(3, 10, 10), [1], epoch: 1);

        Assert.Equal([0, 3, 10, 10], batch.Images.shape);
        Assert.Equal([0], batch.Labels.shape);
    }

    [Fact]
    public void Evaluation_counts_the_images_that_can_be_read()
    {
        using var folder = Folder();
        folder.Write("train/rose/1.jpg", "no image");
        folder.Write("train/tulip/7.jpg", []);
        var (source, _) = ImageFolder.Load(folder.Path);
        using var model = Models.Create("tresnet_nano", numClasses: 2);

        var evaluation = Evaluator.Evaluate(model, new TransformedDataset(source, 32), batchSize: 1);

        Assert.Equal([0, 2, 3, 4, 5, 6], evaluation.Predictions.Select(prediction => prediction.Index));
        Assert.Equal([0, 0, 0, 0, 1, 1], evaluation.Predictions.Select(prediction => prediction.Label));
    }

    [Fact]
    public void A_strict_source_stops_at_a_damaged_image()
    {
        using var folder = Folder();
        folder.Write("train/rose/1.jpg", "no image");
        var (source, _) = ImageFolder.Load(folder.Path, options: new SourceOptions { Strict = true });

        var error = Assert.Throws<TResNetException>(() => new TransformedDataset(source, 8).GetBatch(All));

        Assert.Contains("1.jpg is no image but text that starts with \"no image\"", error.Message);
    }

    [Fact]
    public void Several_labels_are_shares()
    {
        using var folder = new TemporaryFolder().Images("1.jpg", "2.jpg", "3.png");
        var csv = folder.Write("train.csv", "1.jpg,cat;sofa\n2.jpg,dog\n3.png,\n");
        var (source, _) = CsvLabels.Load(csv, csv);
        var data = new TransformedDataset(source, 8);

        var (_, labels) = data.GetBatch([0, 1, 2]);

        Assert.True(data.IsMultiLabel);
        Assert.Equal(["cat", "dog", "sofa"], data.Classes);
        Assert.Equal([3, 3], labels.shape);
        Assert.Equal([1, 0, 1, 0, 1, 0, 0, 0, 0], labels.data<float>().ToArray());
    }

    [Fact]
    public void Transforms_that_make_another_size_give_one_sentence()
    {
        using var folder = Folder();
        var (source, _) = ImageFolder.Load(folder.Path);

        var error = Assert.Throws<TResNetException>(() =>
            new TransformedDataset(source, 8, new RandomResizedCrop(9)).GetTrainingBatch([0], 1)
        );

        Assert.EndsWith(
            "made an image of 9 x 9 pixels, but 8 x 8 were announced; end them with a crop of that size.",
            error.Message
        );
    }

    [Fact]
    public void Each_network_says_how_its_input_is_normalised()
    {
        Assert.Equal([0, 0, 0], Models.List("tresnet_m").Single().Normalize.Mean);
        Assert.Equal([1, 1, 1], Models.List("tresnet_m").Single().Normalize.Std);
        Assert.Equal([0.485, 0.456, 0.406], Models.List("resnet50").Single().Normalize.Mean);
        Assert.Equal([0.5, 0.5, 0.5], Models.List("resnetv2_50").Single().Normalize.Std);
        Assert.Equal([0.5, 0.5, 0.5], Models.List("efficientnet_b1").Single().Normalize.Mean);
        Assert.Equal([0.229, 0.224, 0.225], Models.List("efficientnet_b0").Single().Normalize.Std);
    }

    [Fact]
    public void Mixed_images_have_shares_for_labels_and_evaluation_is_left_alone()
    {
        using var folder = Folder();
        var (source, _) = ImageFolder.Load(folder.Path);
        var plain = new TransformedDataset(source, 8, normalize: Normalize.ZeroToOne);
        var changes = new Augmentations
        {
            Mixup = 1,
            Cutmix = 1,
            RandomErasing = 0.5,
            AutoAugment = "original",
            Cutout = 0.3,
        };
        var data = new TransformedDataset(source, 8, changes, Normalize.ZeroToOne, seed: 3);

        using var scope = NewDisposeScope();
        var (images, labels) = data.GetTrainingBatch(All, epoch: 1);

        Assert.Equal([8, 2], labels.shape);
        Assert.All(labels.data<float>().ToArray().Chunk(2), shares => Assert.Equal(1, shares.Sum(), 1e-6));
        Assert.True(data.GetBatch(All).Images.Equals(plain.GetBatch(All).Images));
        Assert.Equal(ScalarType.Int64, data.GetBatch(All).Labels.dtype);
        using var loader = new DataLoader(data, [All, All], epoch: 1, numWorkers: 3);
        Assert.All(loader, batch => Assert.True(batch.Images.Equals(images) && batch.Labels.Equals(labels)));
    }

    private static ImageBatch Batch(ImageDataset data, int[] indices, int? epoch = null)
    {
        using var pending = new PendingBatch(data, indices, epoch);
        return pending.Make();
    }

    private static float[] Training(ImageDataset data, int[] indices, int epoch)
    {
        using var scope = NewDisposeScope();
        return data.GetTrainingBatch(indices, epoch).Images.contiguous().data<float>().ToArray();
    }
}
