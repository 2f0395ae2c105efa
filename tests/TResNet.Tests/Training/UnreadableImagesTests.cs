using TorchSharp;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Tests.Data.Sources;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Too few images, or none that can be read: one sentence before the first step.</summary>
public sealed class UnreadableImagesTests : IDisposable
{
    private static readonly TrainingOptions Quick = new() { Epochs = 1, BatchSize = 2 };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_of_classes_with_one_image_each_holds_out_none()
    {
        folder.Images("a/1.jpg", "b/1.jpg", "c/1.jpg");
        var (train, validation) = Load();
        using var net = Net(3);

        Assert.Matches(
            @"\(held out\) has no images; add some",
            Refused(() => new Trainer(net, train, validation, Quick).Fit())
        );
        Assert.Matches(@"\(held out\) has no images; add some", Refused(() => Evaluator.Evaluate(net, validation)));
    }

    [Fact]
    public void Not_one_readable_image_ends_a_run_before_it_begins()
    {
        folder.Images("val/a/1.jpg", "val/b/1.jpg");
        folder.Write("train/a/1.jpg", "Not found");
        folder.Write("train/a/2.jpg", "");
        folder.Write("train/b/1.jpg", "Not found");
        var (train, validation) = Load();
        using var net = Net(2);
        var before = net.Copy();

        var message = Refused(() => new Trainer(net, train, validation, Quick).Fit());

        Assert.Matches(
            @"^Not one of the 3 images of .+ \(train\) can be read; of the first: .+1\.jpg is no image but text that starts with ""Not found""; replace it or remove it\.$",
            message
        );
        Assert.Equal(before["fc.weight"], net.Copy()["fc.weight"]);
    }

    [Fact]
    public void An_evaluation_of_nothing_readable_gives_one_sentence()
    {
        folder.Images("train/a/1.jpg", "train/b/1.jpg");
        folder.Write("val/a/1.jpg", "");
        using var net = Net(2);

        Assert.StartsWith("Not one of the 1 images of ", Refused(() => Evaluator.Evaluate(net, Load().Validation)));
    }

    [Fact]
    public void A_batch_without_readable_images_changes_nothing_and_has_no_loss()
    {
        folder.Images([.. Enumerable.Range(0, 4).Select(i => $"train/a/{i}.jpg"), "train/b/0.jpg", "val/a/1.jpg"]);
        foreach (var i in Enumerable.Range(1, 3))
        {
            folder.Write($"train/b/{i}.jpg", "Not found");
        }

        var (train, validation) = Load();
        using var net = Net(2);

        // Eight images in batches of two, three of them damaged: with some seed a batch has none that can be read.
        var run = Enumerable
            .Range(0, 100)
            .Select(seed => new Trainer(net, train, validation, Quick with { Seed = seed }).Fit())
            .First(run => run.Steps.Any(step => double.IsNaN(step.Loss)));

        Assert.True(double.IsFinite(run.Epochs[0].TrainLoss));
        Assert.All(net.Copy().Values, values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Nothing_readable_makes_no_pack()
    {
        folder.Write("in/a/1.jpg", "Not found");
        folder.Write("in/b/1.jpg", "");
        var (train, validation) = ImageFolder.Load(folder["in"]);

        Assert.StartsWith(
            "Not one of the 2 images of in (train) can be read; of the first: ",
            Refused(() => PackedImages.Pack(train, validation, folder["in.pack"]))
        );
        Assert.False(File.Exists(folder["in.pack"]));
    }

    private (ImageDataset Train, ImageDataset Validation) Load()
    {
        var (train, validation) = ImageFolder.Load(folder.Path);
        return (Of(train), Of(validation));

        static ImageDataset Of(ImageSource source) =>
            new TransformedDataset(source, 28, evaluation: new EvaluationCrop(28, 1, Interpolation.Bilinear)).FitTo(
                1,
                28,
                28
            );
    }

    private static nn.Module<Tensor, Tensor> Net(int classes) => SmallNets.Create(classes: classes);

    private static string Refused(Action action) => Assert.Throws<TResNetException>(action).Message;
}
