using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Weights;
using static TorchSharp.torch;
using static TResNet.Tests.Training.SmallNets;

namespace TResNet.Tests.Training;

/// <summary>A network learns what another says, by the formula, and a run with a teacher is a run like any other.</summary>
public sealed class DistillationTests : IDisposable
{
    private static readonly double[] Taught = [2.5, -1, 0.25];
    private static readonly double[] Own = [0.5, 1.5, -2];

    private static readonly TrainingOptions Recipe = new()
    {
        Epochs = 2,
        BatchSize = 8,
        LearningRate = 0.01,
    };

    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("run").FullName, "r");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(0.5)]
    public void The_loss_is_the_divergence_of_softened_answers_times_the_square_of_the_temperature(double t)
    {
        var (teacher, student) = (Softmax(Taught, t), Softmax(Own, t));
        var expected = t * t * teacher.Zip(student, (p, q) => p * Math.Log(p / q)).Sum();

        Assert.Equal(expected, Loss(Recipe with { KdTemperature = t }, isMultiLabel: false), 1e-5 * (1 + expected));
        Assert.Equal(0, Loss(Recipe with { KdTemperature = t }, isMultiLabel: false, student: Taught), 1e-6);
    }

    [Theory]
    [InlineData(LossKind.BinaryCrossEntropy, 1)]
    [InlineData(LossKind.BinaryCrossEntropy, 3)]
    [InlineData(LossKind.Asymmetric, 3)]
    public void Of_several_labels_each_class_is_looked_at_by_itself(LossKind kind, double t)
    {
        double[] each =
        [
            .. Taught.Zip(
                Own,
                (taught, own) =>
                {
                    var (p, q) = (Sigmoid(taught / t), Sigmoid(own / t));
                    return t * t * (p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q)));
                }
            ),
        ];

        var expected = kind == LossKind.Asymmetric ? each.Sum() : each.Average();
        var options = Recipe with { KdTemperature = t, Loss = kind };
        Assert.Equal(expected, Loss(options, isMultiLabel: true), 1e-5 * (1 + expected));
    }

    [Fact]
    public void The_likeliest_class_is_a_label()
    {
        var options = Recipe with { HardDistillation = true };
        double[] each = [.. Taught.Zip(Own, (taught, own) => -Math.Log(Sigmoid(taught > 0 ? own : -own)))];

        Assert.Equal(-Math.Log(Softmax(Own, 1)[0]), Loss(options, isMultiLabel: false), 1e-5);
        Assert.Equal(each.Sum(), Loss(options with { Loss = LossKind.Asymmetric }, isMultiLabel: true), 1e-5);
    }

    [Theory]
    [InlineData(null, null, 1, 1)]
    [InlineData(0.3, null, 0.3, 0.7)]
    [InlineData(null, 5.0, 1, 5)]
    [InlineData(0.25, 2.0, 0.25, 2)]
    [InlineData(0.0, null, 0, 1)]
    public void Weights_are_those_of_timm(double? task, double? distill, double ofTask, double ofTeacher)
    {
        var options = (Recipe with { TaskLossWeight = task, DistillLossWeight = distill }).Validate();
        using var scope = NewDisposeScope();
        var loss = DistillationLoss.With(() => tensor(10f), Row(Own), Row(Taught), options, isMultiLabel: false);

        Assert.Equal(ofTask * 10 + ofTeacher * Loss(Recipe, isMultiLabel: false), loss.item<float>(), 1e-4);
    }

    [Fact]
    public void Answers_so_far_apart_that_one_is_impossible_are_still_numbers()
    {
        using var scope = NewDisposeScope();
        var (own, taught) = (
            tensor(new[] { -300f, 300f }, [1, 2]).requires_grad_(true),
            tensor(new[] { 300f, -300f }, [1, 2])
        );
        foreach (var isMultiLabel in new[] { false, true })
        {
            var loss = DistillationLoss.Of(own, taught, Recipe with { KdTemperature = 1 }, isMultiLabel);
            loss.backward();
            Assert.True(float.IsFinite(loss.item<float>()));
            Assert.True(own.grad!.isfinite().all().item<bool>());
        }
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    [InlineData(1, 1)]
    public void A_teacher_sees_the_pixels_with_its_own_mean_and_deviation(int own, int its)
    {
        using var scope = NewDisposeScope();
        using var teacher = Models.Create("resnet18", numClasses: 2, inChans: its);
        teacher.DataConfig = teacher.DataConfig with { InputSize = 32, Normalize = Normalize.MinusOneToOne };
        var data = Photographs(size: 32, Normalize.ImageNet).FitTo(own, 32, 32);
        var wanted = Photographs(size: 32, Normalize.MinusOneToOne).FitTo(its, 32, 32);
        using var images = new TeacherImages(teacher, data, CPU);

        var seen = images.Of(data.GetBatch([0, 1]).Images);

        Assert.Equal([2, its, 32, 32], seen.shape);
        Assert.True((seen - wanted.GetBatch([0, 1]).Images).abs().max().item<float>() < 1e-5);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(16)]
    public void A_teacher_sees_images_in_its_own_size(int size)
    {
        using var scope = NewDisposeScope();
        using var teacher = Models.Create("resnet18", numClasses: 2);
        teacher.DataConfig = teacher.DataConfig with { InputSize = size, Normalize = Normalize.ZeroToOne };
        var data = Photographs(size: 32, Normalize.ZeroToOne);
        using var images = new TeacherImages(teacher, data, CPU);
        var batch = data.GetBatch([0]).Images;

        var seen = images.Of(batch);

        Assert.Equal([1, 3, size, size], seen.shape);
        Assert.Equal(batch.mean().item<float>(), seen.mean().item<float>(), 0.01f);
    }

    [Fact]
    public void Images_that_are_right_as_they_are_go_with_the_step()
    {
        using var teacher = Models.Create("resnet18", numClasses: 2);
        teacher.DataConfig = teacher.DataConfig with { InputSize = 32, Normalize = Normalize.ZeroToOne };
        var data = Photographs(size: 32, Normalize.ZeroToOne);
        using var images = new TeacherImages(teacher, data, CPU);
        Tensor batch;
        using (NewDisposeScope())
        {
            batch = data.GetBatch([0]).Images;
            Assert.Same(batch, images.Of(batch));
        }

        Assert.True(batch.IsInvalid);
    }

    [Fact]
    public void A_teacher_passes_on_what_it_knows_and_is_left_as_it_was()
    {
        using var teacher = Create("tresnet_nano");
        var (train, validation) = Clothes(teacher, 640, 200);
        new Trainer(teacher, train, validation, new TrainingOptions { Epochs = 4, BatchSize = 32 }).Fit();
        var its = Evaluator.Evaluate(teacher, validation).Top1;
        teacher.train();
        var before = teacher.Copy();

        using var student = Create("tresnet_nano", seed: 7);
        var options = new TrainingOptions
        {
            Epochs = 4,
            BatchSize = 32,
            TaskLossWeight = 0, // no label is looked at
        };
        var run = new Trainer(student, train, validation, options) { Teacher = teacher }.Fit();

        Assert.True(its > 0.6, $"{its}");
        Assert.True(run.Top1 > 0.55, $"{run.Top1}");
        before.AssertSame(teacher.Copy());
        Assert.True(teacher.training);
        Assert.Equal("tresnet_nano", student.Provenance["teacher"]);
    }

    [Fact]
    public void The_first_step_has_the_loss_of_the_formula_on_the_images_as_they_were_mixed()
    {
        using var teacher = Create("resnet18", seed: 3);
        teacher.DataConfig = teacher.DataConfig with { InputSize = 48 };
        using var student = Create("tresnet_nano");
        var mixed = new Augmentations { Mixup = 0.8 };
        ImageDataset train = new TransformedDataset(
            FashionMnist.LoadSource(FashionMnistSplit.Train),
            32,
            mixed,
            Normalize.ZeroToOne
        );
        var options = Recipe with
        {
            Epochs = 1,
            Loss = LossKind.Asymmetric,
            DistillLossWeight = 0.5,
            LabelSmoothing = 0,
        };

        using var copy = Create("tresnet_nano");
        copy.train();
        teacher.eval();
        var batch = train.GetTrainingBatch(new BatchSampler(train.Count, 8, options.Seed).Epoch(1).First(), 1);
        double expected;
        using (no_grad())
        {
            var seen = nn.functional.interpolate(
                (batch.Images - Colours(Normalize.ImageNet.Mean)) / Colours(Normalize.ImageNet.Std),
                [48, 48],
                mode: InterpolationMode.Bilinear,
                align_corners: false
            );
            var (own, its) = (copy.call(batch.Images), teacher.call(seen));
            var kl = nn.functional.kl_div(
                (own / 4).log_softmax(1),
                (its / 4).softmax(1),
                reduction: nn.Reduction.Sum,
                log_target: false
            );
            expected =
                Losses.Of(own, batch.Labels, options, isMultiLabel: false).item<float>()
                + 0.5 * 16 * kl.item<float>() / 8;
        }

        StopAfter(1, student, train, options, teacher, RunFolder.New(path));

        Assert.Equal(expected, RunFolder.Resume(path).Describe().Steps[0].Loss, 1e-4);
    }

    [Fact]
    public void A_run_with_a_teacher_goes_on_with_the_same_bits_and_no_other_teacher()
    {
        using var teacher = Create("resnet18", seed: 3);
        teacher.DataConfig = teacher.DataConfig with { InputSize = 48 };
        ImageDataset train = new TransformedDataset(
            new SourceSubset(
                FashionMnist.LoadSource(FashionMnistSplit.Train),
                "64 images",
                [.. Enumerable.Range(0, 64)]
            ),
            32,
            new Augmentations
            {
                Mixup = 0.4,
                RandomErasing = 0.5,
                HFlip = 0.5,
            },
            Normalize.ZeroToOne
        );
        var options = Recipe with { ModelEmaDecay = 0.9, GradAccumSteps = 2, TaskLossWeight = 0.3 };
        using var unbroken = Create("tresnet_nano");
        var whole = new Trainer(unbroken, train, train, options) { Teacher = teacher }.Fit();

        using var stopped = Create("tresnet_nano");
        StopAfter(6, stopped, train, options, teacher, RunFolder.New(path));
        using var resumed = Create("tresnet_nano", seed: 9);
        using var again = Create("resnet18", seed: 3);
        again.DataConfig = teacher.DataConfig;
        using var other = Create("resnet18", seed: 4);

        string Refused(nn.Module<Tensor, Tensor>? taught) =>
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(resumed, train, train, options, RunFolder.Resume(path)) { Teacher = taught }.Fit()
                )
                .Message;
        Assert.Matches(
            @"of a run with another teacher: resnet18 with weights \w{8} there, resnet18 with weights \w{8} here",
            Refused(other)
        );
        Assert.Contains("means nothing to a training without a teacher", Refused(null), StringComparison.Ordinal);

        var rest = new Trainer(resumed, train, train, options, RunFolder.Resume(path)) { Teacher = again }.Fit();

        Assert.Equal(whole.Steps, rest.Steps);
        unbroken.Copy().AssertSame(resumed.Copy());
        Assert.Equal("resnet18", RunFolder.Resume(path).Describe().Teacher);
    }

    [Fact]
    public void A_teacher_under_mixed_precision_computes_in_it_too()
    {
        using var teacher = Create("resnet18", seed: 3);
        using var student = Create("tresnet_nano");
        var (train, validation) = Clothes(student, 16, 16);
        var options = Recipe with { Epochs = 1, ComputeType = ComputeType.BFloat16 };

        var run = new Trainer(student, train, validation, options) { Teacher = teacher }.Fit();

        Assert.All(run.Steps, step => Assert.True(double.IsFinite(step.Loss)));
    }

    [Fact]
    public void A_teacher_that_does_not_fit_is_refused_with_a_sentence()
    {
        using var student = Create("tresnet_nano");
        var (train, validation) = Clothes(student, 16, 16);

        Assert.Contains("the network that is trained", Refused(student));
        using var other = Models.Create("resnet18", numClasses: 7);
        Assert.Contains("answers with 7 values, and Fashion-MNIST 10k (train) has 10 classes", Refused(other));
        using var several = Create("resnet18");
        several.MultiLabel = true;
        Assert.Contains(
            "was trained for several labels an image, and an image of Fashion-MNIST 10k (train) has one label an image",
            Refused(several)
        );
        using var reversed = Create("resnet18");
        reversed.Classes = [.. train.Classes.Reverse()];
        Assert.Contains("number the classes as it does (--class-order, --class-map)", Refused(reversed));
        using var strange = Create("resnet18");
        strange.Classes = [.. Enumerable.Range(0, 10).Select(i => $"animal {i}")];
        Assert.Contains("calls class 1 of 10 'animal 0'", Refused(strange));
        using var broken = Create("resnet18");
        using (no_grad())
        {
            broken.get_parameter("fc.bias")!.fill_(double.NaN);
        }

        Assert.Contains("The teacher says something at step 1 that is no finite number", Refused(broken));

        string Refused(Network teacher) =>
            Assert
                .Throws<TResNetException>(() =>
                    new Trainer(student, train, validation, Recipe) { Teacher = teacher }.Fit()
                )
                .Message;
    }

    [Fact]
    public void Options_of_distillation_are_checked()
    {
        Assert.StartsWith(
            "The temperature of the distillation is 0, but it has to be from 0.01 to 1,000",
            Refused(Recipe with { KdTemperature = 0 })
        );
        Assert.StartsWith(
            "The temperature of the distillation is NaN",
            Refused(Recipe with { KdTemperature = double.NaN })
        );
        Assert.StartsWith("The weight of what the teacher says is 0", Refused(Recipe with { DistillLossWeight = 0 }));
        Assert.Contains("who has the rest", Refused(Recipe with { TaskLossWeight = 1 }));
        Assert.StartsWith(
            "The weight of the labels beside a teacher is -1",
            Refused(Recipe with { TaskLossWeight = -1, DistillLossWeight = 1 })
        );
        Assert.Contains(
            "means nothing to a teacher",
            Refused(Recipe with { HardDistillation = true, KdTemperature = 2 })
        );

        static string Refused(TrainingOptions options) =>
            Assert.Throws<TResNetException>(() => options.Validate()).Message;
    }

    private static void StopAfter(
        int steps,
        Network student,
        ImageDataset train,
        TrainingOptions options,
        Network teacher,
        RunFolder folder
    )
    {
        using var stop = new CancellationTokenSource();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Step == steps)
            {
                stop.Cancel();
            }
        });
        Assert.True(
            new Trainer(student, train, train, options, folder) { Teacher = teacher }
                .Fit(observer, stop.Token)
                .Interrupted
        );
    }

    private static double Loss(TrainingOptions options, bool isMultiLabel, double[]? student = null)
    {
        using var scope = NewDisposeScope();
        return DistillationLoss.Of(Row(student ?? Own), Row(Taught), options, isMultiLabel).item<float>();
    }

    private static Tensor Row(double[] values) =>
        tensor(Array.ConvertAll(values, value => (float)value), [1, values.Length]);

    private static Tensor Colours(IReadOnlyList<double> values) =>
        tensor(values.Select(value => (float)value).ToArray(), [1, 3, 1, 1]);

    private static double[] Softmax(double[] logits, double t)
    {
        var powers = Array.ConvertAll(logits, value => Math.Exp(value / t));
        return Array.ConvertAll(powers, power => power / powers.Sum());
    }

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    // Grey, so that colours which become grey by their average are the same in any order.
    private static TransformedDataset Photographs(int size, Normalize normalize) =>
        new(FashionMnist.LoadSource(FashionMnistSplit.Train), size, normalize: normalize);
}
