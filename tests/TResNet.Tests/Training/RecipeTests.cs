using TorchSharp;
using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Named recipes: what their sources say, batches of another size, small images first.</summary>
public sealed class RecipeTests : IDisposable
{
    private static readonly ImageDataset Validation = FashionMnist.Load(FashionMnistSplit.Validation).First(100);
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("run").FullName, "r");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Fact]
    public void The_paper_s_recipe_is_what_section_3_says()
    {
        var (options, changes) = (Recipe.Named("tresnet").Options, Recipe.Named("tresnet").Augmentations);

        Assert.Equal(
            (300, OptimizerKind.SGD, SchedulerKind.OneCycle),
            (options.Epochs, options.Optimizer, options.Scheduler)
        );
        Assert.True(options.LabelSmoothing > 0 && options.WeightDecay > 0 && changes.Cutout > 0);
        Assert.Equal("original", changes.AutoAugment);
        Assert.Equal((0, 0, 0), (changes.Mixup, changes.Cutmix, changes.RandomErasing));
    }

    [Fact]
    public void The_recipe_timm_is_the_command_line_of_the_official_README()
    {
        var recipe = Recipe.Named("timm");

        Assert.Equal((8 * 190, 0.6, 300), (recipe.ImagesPerStep, recipe.Options.LearningRate, recipe.Options.Epochs));
        Assert.Equal((SchedulerKind.Cosine, 0.9998), (recipe.Options.Scheduler, recipe.Options.ModelEmaDecay));
        Assert.Equal(
            ("rand-m9-mstd0.5-inc1", 0.2, 0.4),
            (recipe.Augmentations.AutoAugment, recipe.Augmentations.Mixup, recipe.Augmentations.RandomErasing)
        );
    }

    // train.py of github.com/Alibaba-MIIL/ASL, and train_single_label.py with data_loader.py of github.com/Alibaba-MIIL/ImageNet21K.
    [Theory]
    [InlineData("asl", 1e-4, 128, 0.2, 25, true)]
    [InlineData("finetune", 3e-4, 64, 0.1, 20, false)]
    public void Recipes_from_weights_squash_cover_and_then_augment_as_their_sources(
        string name,
        double rate,
        int batch,
        double warmUp,
        double divisor,
        bool cycles
    )
    {
        var (options, changes) = (Recipe.Named(name).Options, Recipe.Named(name).Augmentations);

        Assert.Equal(
            (OptimizerKind.Adam, SchedulerKind.OneCycle, rate, batch, 1e-4),
            (options.Optimizer, options.Scheduler, options.LearningRate, options.BatchSize, options.WeightDecay)
        );
        Assert.Equal((warmUp, divisor, cycles), (options.WarmUp, options.DivFactor, options.CycleMomentum));
        Assert.Equal((CropMode.Squash, 1.0), (Recipe.Named(name).CropMode, Recipe.Named(name).CropPct!.Value));
        Assert.Equal((TrainCropMode.Squash, 0.0, 0.0), (changes.TrainCropMode, changes.HFlip, changes.RandomErasing));

        // The rectangle is covered first, so that the policy changes it too: its colour is seldom the drawn one.
        var image = new RgbImage(8, 8, new byte[8 * 8 * 3]);
        var covered = changes with { AutoAugment = "ta_wide" };
        var flat = Enumerable.Range(0, 200).Count(seed => Colours(covered, seed) > 2);
        Assert.InRange(flat, 1, 199);
        Assert.Equal(
            0,
            Enumerable
                .Range(0, 200)
                .Count(seed => Colours(covered with { CutoutFirst = false, AutoAugment = null }, seed) > 2)
        );

        int Colours(Augmentations one, int seed) =>
            one.OnImages(8, isPhotograph: true, Normalize.ZeroToOne, new EvaluationCrop(8))
                .Apply(image, seed)
                .Pixels.Chunk(3)
                .DistinctBy(Convert.ToHexString)
                .Count();
    }

    [Fact]
    public void The_recipe_for_several_labels_has_the_loss_and_the_average_of_its_source()
    {
        var asl = Recipe.Named("asl");

        Assert.Equal((LossKind.Asymmetric, 4.0, 0.0, 0.05), Loss(asl.Options));
        Assert.Equal((0.9997, false), (asl.Options.ModelEmaDecay, asl.Options.ModelEmaWarmup));
        Assert.Equal((448, 80, 0.0), (asl.InputSize, asl.Options.Epochs, asl.Options.LabelSmoothing));

        static (LossKind, double, double, double) Loss(TrainingOptions options) =>
            (options.Loss, options.AsymmetricNegative, options.AsymmetricPositive, options.AsymmetricMargin);
    }

    [Fact]
    public void Every_recipe_can_be_followed_and_says_where_it_is_from()
    {
        Assert.Equal(["tresnet", "timm", "fast", "finetune", "asl"], Recipe.All.Select(recipe => recipe.Name));
        Assert.All(
            Recipe.All,
            recipe =>
            {
                recipe.Options.Validate();
                recipe.Augmentations.Validate();
                Assert.Equal(recipe.Name, recipe.Options.Recipe);
                Assert.NotEmpty(recipe.Source);
                Assert.DoesNotContain(recipe.Source[^1], ".");
            }
        );
        Assert.Equal(
            "There is no recipe 'slow': take tresnet, timm, fast, finetune or asl.",
            Assert.Throws<TResNetException>(() => Recipe.Named("slow")).Message
        );
    }

    [Fact]
    public void The_learning_rate_follows_the_images_of_a_step()
    {
        var timm = Recipe.Named("timm").WithBatches(batchSize: 95);
        var adam = Recipe.Named("finetune").WithBatches(batchSize: 16);

        Assert.Equal((95, 8, 0.3), (timm.Options.BatchSize, timm.Options.GradAccumSteps, timm.Options.LearningRate));
        Assert.Equal(0.6, timm.WithBatches(gradAccumSteps: 16).Options.LearningRate, 1e-12);
        Assert.Equal(1.5e-4, adam.Options.LearningRate, 1e-12);
        Assert.Equal(Recipe.Named("fast"), Recipe.Named("fast").WithBatches());
    }

    [Theory]
    [InlineData(1, 224)]
    [InlineData(2, 128, 224)]
    [InlineData(4, 128, 160, 224, 224)]
    [InlineData(8, 128, 160, 160, 192, 192, 224, 224, 224)]
    public void Images_grow_to_their_full_size_in_steps_that_the_network_takes(int epochs, params int[] sides)
    {
        using var net = Models.Create("tresnet_m", 10);
        var sizes = new ProgressiveResizing(
            new TrainingOptions { Epochs = epochs, FirstSize = 0.57 },
            net,
            Validation.FitTo(3, 224, 224)
        );

        Assert.Equal(sides, Enumerable.Range(1, epochs).Select(sizes.SideAt));
        Assert.All(sides, side => net.CheckInputSize(side, side));
    }

    [Fact]
    public void A_smaller_size_is_made_from_the_source_and_not_from_a_larger_picture()
    {
        using var scope = NewDisposeScope();
        var source = FashionMnist.LoadSource(FashionMnistSplit.Train);
        var changes = new Augmentations { AutoAugment = "rand-m9-inc1" };
        var large = new TransformedDataset(source, 28, changes, Normalize.ZeroToOne, seed: 3).FitTo(1, 28, 28);
        var small = new TransformedDataset(source, 20, changes, Normalize.ZeroToOne, seed: 3).FitTo(1, 20, 20);

        var resized = large.AtSize(20);

        Assert.Equal((1, 20, 20), (resized.Channels, resized.Height, resized.Width));
        Assert.Equal(
            small.GetTrainingBatch([5, 9], epoch: 2).Images.data<float>().ToArray(),
            resized.GetTrainingBatch([5, 9], epoch: 2).Images.data<float>().ToArray()
        );
    }

    [Fact]
    public void Training_sees_the_sizes_of_its_epochs_and_evaluation_the_full_one()
    {
        var seen = new List<(bool Training, long Side)>();
        using var net = new Watching(SmallNets.Create(), images => seen.Add(images));
        var train = FashionMnist.Load(FashionMnistSplit.Train).First(40);

        new Trainer(
            net,
            train,
            Validation,
            new TrainingOptions
            {
                Epochs = 4,
                BatchSize = 20,
                FirstSize = 0.5,
            }
        ).Fit();

        Assert.Equal([16, 16, 20, 20, 28, 28, 28, 28], seen.Where(each => each.Training).Select(each => each.Side));
        Assert.All(seen.Where(each => !each.Training), each => Assert.Equal(28, each.Side));
    }

    [Fact]
    public void A_run_with_growing_and_changed_images_goes_on_with_the_same_bits()
    {
        var changes = new Augmentations { AutoAugment = "rand-m9-mstd0.5-inc1", Mixup = 0.2 };
        var train = new TransformedDataset(
            FashionMnist.LoadSource(FashionMnistSplit.Validation),
            28,
            changes,
            Normalize.ZeroToOne,
            seed: 7
        ).FitTo(1, 28, 28);
        var options = new TrainingOptions
        {
            Epochs = 3,
            BatchSize = 500,
            FirstSize = 0.5,
        };
        using var unbroken = SmallNets.Create();
        new Trainer(unbroken, train, Validation, options).Fit();

        using var stopped = SmallNets.Create();
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == 6)
            {
                stop.Cancel();
            }
        });
        var notes = new Dictionary<string, string> { ["data"] = "here" };
        new Trainer(stopped, train, Validation, options, RunFolder.New(path, notes: notes)).Fit(observer, stop.Token);
        using var resumed = SmallNets.Create(seed: 5);
        var run = new Trainer(resumed, train, Validation, options, RunFolder.Resume(path)).Fit();

        unbroken.Copy().AssertSame(resumed.Copy());
        Assert.Equal((changes, "here"), (run.Augmentations, run.Notes["data"]));
        Assert.Equal((changes, "here"), (RunFolder.Resume(path).Describe().Augmentations, run.Notes["data"]));
    }

    [Fact]
    public void A_run_does_not_go_on_with_images_changed_in_another_way()
    {
        var source = FashionMnist.LoadSource(FashionMnistSplit.Validation);
        ImageDataset Of(Augmentations changes) =>
            new TransformedDataset(source, 28, changes, Normalize.ZeroToOne).FitTo(1, 28, 28);
        var options = new TrainingOptions { Epochs = 1, BatchSize = 500 };
        using var net = SmallNets.Create();
        new Trainer(net, Of(new Augmentations { Cutout = 0.5 }), Validation, options, RunFolder.New(path)).Fit();

        Assert.EndsWith(
            "is of a run with another Cutout: 0.5 there, 0.25 here; resume with the same, or start a new run.",
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(
                        net,
                        Of(new Augmentations { Cutout = 0.25 }),
                        Validation,
                        options,
                        RunFolder.Resume(path)
                    ).Fit()
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    /// <summary>Passes images on to another network and tells their height.</summary>
    private sealed class Watching : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> inner;
        private readonly Action<(bool Training, long Side)> seen;

        public Watching(nn.Module<Tensor, Tensor> inner, Action<(bool Training, long Side)> seen)
            : base("watching")
        {
            (this.inner, this.seen) = (inner, seen);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            seen((training, input.shape[2]));
            return inner.call(input);
        }
    }
}
