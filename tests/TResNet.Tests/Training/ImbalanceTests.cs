using TorchSharp;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Classes with few images: weights in the loss, and draws that make up for it.</summary>
public sealed class ImbalanceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("balance").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // What sklearn.utils.class_weight.compute_class_weight("balanced") gives for six, three and one.
    [Fact]
    public void Balanced_weights_are_scikit_learns() =>
        Assert.Equal(
            [10 / 18.0, 10 / 9.0, 10 / 3.0],
            new TrainingOptions().WithBalancedClassWeights(new Labels([6, 3, 1])).ClassWeights!
        );

    [Fact]
    public void Each_class_by_itself_is_weighed_by_its_odds() =>
        Assert.Equal(
            [4 / 6.0, 7 / 3.0, 9],
            new TrainingOptions { Loss = LossKind.BinaryCrossEntropy }
                .WithBalancedClassWeights(new Labels([6, 3, 1]))
                .ClassWeights!
        );

    [Theory]
    [InlineData(LossKind.CrossEntropy, new[] { 6, 0, 1 }, "Class 'c1' is in none of the 7 images of labels")]
    [InlineData(LossKind.BinaryCrossEntropy, new[] { 6 }, "Class 'c0' is in all of the 6 images of labels")]
    public void A_class_that_no_weight_balances_is_named(LossKind loss, int[] counts, string sentence) =>
        Assert.StartsWith(
            sentence,
            Assert
                .Throws<TResNetException>(() =>
                    new TrainingOptions { Loss = loss }.WithBalancedClassWeights(new Labels(counts))
                )
                .Message
        );

    // Cross entropy divides by the weights of the batch: -(2 log p0 + 0.5 log p1) / 2.5.
    [Fact]
    public void Cross_entropy_weighs_images()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1f, 0f, 0f, 2f }, [2, 2]);
        var (first, second) = (Math.Log(1 + Math.Exp(-1)), Math.Log(1 + Math.Exp(-2)));
        var options = new TrainingOptions { LabelSmoothing = 0, ClassWeights = [2, 0.5] };

        Assert.Equal(
            (2 * first + 0.5 * second) / 2.5,
            Losses.Of(logits, tensor(new long[] { 0, 1 }), options, false).item<float>(),
            1e-6
        );
    }

    // Binary cross entropy: the weight is of the class that is there; absent ones count once.
    [Fact]
    public void Binary_cross_entropy_weighs_labels_that_are_there()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1f, 3f }, [1, 2]);
        var options = new TrainingOptions
        {
            Loss = LossKind.BinaryCrossEntropy,
            LabelSmoothing = 0,
            ClassWeights = [5, 7],
        };

        Assert.Equal(
            (5 * Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(3))) / 2,
            Losses.Of(logits, tensor(new long[] { 0 }), options, false).item<float>(),
            1e-5
        );
    }

    [Fact]
    public void Draws_have_all_classes_alike_often_and_are_a_function_of_seed_and_epoch()
    {
        var data = new Labels([900, 90, 0, 10]);
        int[] Counts(long seed, int epoch) => ClassBalance.Counts(BalancedDraws.Of(data, seed, epoch));
        int[] Indices(long seed, int epoch)
        {
            var draws = BalancedDraws.Of(data, seed, epoch);
            return [.. Enumerable.Range(0, draws.Count).Select(i => int.Parse(draws.NameOf(i)))];
        }

        var counts = Counts(1, 1);
        Assert.Equal((1000, 0), (counts.Sum(), counts[2]));
        // A third each: a standard deviation of 15.
        Assert.All(new[] { counts[0], counts[1], counts[3] }, count => Assert.InRange(count, 333 - 75, 333 + 75));
        Assert.Equal(Indices(1, 1), Indices(1, 1));
        Assert.NotEqual(Indices(1, 1), Indices(1, 2));
        Assert.NotEqual(Indices(1, 1), Indices(2, 1));
        // With replacement: all ten of the rare class many times, and only some of the frequent one.
        var drawn = Indices(1, 1);
        Assert.True(drawn.Count(index => index >= 990) > 200);
        Assert.InRange(drawn.Where(index => index < 900).Distinct().Count(), 200, 300);
    }

    [Fact]
    public void An_image_that_is_drawn_again_is_changed_anew_and_labels_follow_their_images()
    {
        var data = new Labels([5, 1]);
        var draws = BalancedDraws.Of(data, seed: 3, epoch: 2);
        var seen = new HashSet<(int, float)>();
        for (var i = 0; i < draws.Count; i++)
        {
            var values = new float[2];
            Assert.True(draws.Read(i, 2, values));
            Assert.Equal(draws.LabelsOf(i)[0], data.LabelsOf((int)values[0])[0]);
            Assert.True(seen.Add(((int)values[0], values[1])), "the same image as of the same epoch twice");
        }

        Assert.True(seen.Select(each => each.Item1).Distinct().Count() < draws.Count);
    }

    [Fact]
    public void A_run_of_balanced_draws_and_weights_goes_on_with_the_same_bits()
    {
        var source = FashionMnist.LoadSource(FashionMnistSplit.Train);
        var train = new TransformedDataset(
            source,
            28,
            new Augmentations { Mixup = 0.2, RandomErasing = 0.3 },
            Normalize.ZeroToOne
        )
            .FitTo(1, 28, 28)
            .First(200);
        var validation = FashionMnist.Load(FashionMnistSplit.Validation).First(50);
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 20,
            LearningRate = 0.02,
            BalancedSampling = true,
            ClassWeights = [.. Enumerable.Range(1, 10).Select(i => i / 3.0)],
            FirstSize = 0.5,
        };
        var path = Path.Combine(folder, "r");
        using var unbroken = SmallNets.Create();
        var whole = new Trainer(unbroken, train, validation, options).Fit();
        using var stopped = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == 13)
            {
                stop.Cancel();
            }
        });
        new Trainer(stopped, train, validation, options, RunFolder.New(path)).Fit(observer, stop.Token);
        Assert.Equal(options, RunFolder.Resume(path).Describe().Options);

        using var resumed = SmallNets.Create(seed: 9);
        var rest = new Trainer(resumed, train, validation, options, RunFolder.Resume(path)).Fit();

        Assert.Equal(whole.Steps, rest.Steps);
        unbroken.Copy().AssertSame(resumed.Copy());
        Assert.Contains(
            "another ClassWeights",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(
                        resumed,
                        train,
                        validation,
                        options with
                        {
                            ClassWeights = null,
                        },
                        RunFolder.Resume(path)
                    ).Fit()
                )
                .Message
        );
    }

    [Fact]
    public void What_does_not_go_together_is_refused()
    {
        using var net = SmallNets.Create();
        var data = FashionMnist.Load(FashionMnistSplit.Validation).First(50);
        string Refused(TrainingOptions options, ImageDataset? images = null) =>
            Assert.Throws<TResNetException>(() => new Trainer(net, images ?? data, data, options).Fit()).Message;

        Assert.StartsWith("There are 3 class weights", Refused(new() { ClassWeights = [1, 2, 3] }));
        Assert.StartsWith("The weight of a class is 0", Refused(new() { ClassWeights = [0, 2, 3] }));
        Assert.StartsWith("The weight of a class is NaN", Refused(new() { ClassWeights = [1, double.NaN] }));
        Assert.Contains(
            "means nothing to the asymmetric loss",
            Refused(new() { ClassWeights = [1, 2, 3], Loss = LossKind.Asymmetric })
        );
        Assert.Contains(
            "means nothing to a loss with a weight for each class",
            Refused(
                new()
                {
                    ClassWeights = [1, 2, 3],
                    Loss = LossKind.BinaryCrossEntropy,
                    BcePosWeight = 2,
                }
            )
        );
    }

    [Theory]
    [InlineData("class,weight\ncat,2\ndog,0.5\n")]
    [InlineData("dog;0.5\ncat;2")]
    [InlineData("\"cat\",2\r\n dog , 0.5\r\n")]
    public void A_file_names_classes_and_weights(string text) =>
        Assert.Equal([2, 0.5], ClassWeightFile.Read(Write(text), ["cat", "dog"]));

    [Theory]
    [InlineData("cat,2\n", "has no weight for dog: give each class a line")]
    [InlineData("cat,2\ndog,1\ncow,1\n", "Line 3 of", "weighs 'cow', which is no class of the images: take cat, dog.")]
    [InlineData("cat,2\ndog,1\ncat,1\n", "weighs 'cat' again: leave one of the lines out.")]
    [InlineData("cat,2\ndog,-1\n", "weighs 'dog' with '-1', which is no number above 0")]
    [InlineData("cat,2\ndog,nan\n", "weighs 'dog' with 'nan', which is no number above 0")]
    [InlineData("cat,\ndog,1\n", "Line 1 of", "weighs 'cat' with '', which is no number above 0")]
    [InlineData("cat,2,3\ndog,1,2\n", "has 3 fields, and a class and its weight are two")]
    [InlineData("", "has no weight for cat, dog")]
    public void A_file_that_does_not_weigh_all_classes_is_refused(string text, params string[] parts)
    {
        var refusal = Assert.Throws<TResNetException>(() => ClassWeightFile.Read(Write(text), ["cat", "dog"])).Message;
        Assert.All(parts, part => Assert.Contains(part, refusal, StringComparison.Ordinal));
    }

    private string Write(string text)
    {
        var path = Path.Combine(folder, "weights.csv");
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>So many images of each class, whose values are their number and the epoch they are read as of.</summary>
    private sealed class Labels(int[] counts) : ImageDataset
    {
        private readonly int[] labels = [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];

        public override string Name => "labels";

        public override int Count => labels.Length;

        public override IReadOnlyList<string> Classes => [.. counts.Select((_, i) => $"c{i}")];

        public override int Channels => 1;

        public override int Height => 1;

        public override int Width => 2;

        public override ReadOnlySpan<int> LabelsOf(int index) => labels.AsSpan(index, 1);

        public override bool Read(int index, int? epoch, Span<float> values)
        {
            (values[0], values[1]) = (index, epoch ?? 0);
            return true;
        }
    }
}
