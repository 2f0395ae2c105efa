using Notebook;
using Tests;
using TResNet.Data;
using TResNet.Data.Transforms;
using TResNet.Interactive.Train;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Recipes by name, on the command line and in a run that goes on.</summary>
public sealed class RecipeCommandTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Recipes_stand_beside_each_other()
    {
        await notebook.RunAsync("tresnet-recipes");

        Snapshot.Match(notebook.Displays[0].Value.ToString()!);
    }

    [Fact]
    public async Task A_recipe_is_printed_with_what_was_changed_and_followed()
    {
        TinyData.Write(folder, images: 16);

        await notebook.RunAsync(
            $"tresnet-train --recipe timm --data {folder} --epochs 1 --batch-size 4 --grad-accum-steps 2 --aa none"
        );

        Snapshot.Match(notebook.Displays[0].Value.ToString()!);
        var run = notebook.Get<TrainingRun>("run");
        Assert.Equal((0.6 * 8 / 1520, "timm", 2), (run.Options.LearningRate, run.Options.Recipe, run.Steps.Count));
        Assert.Equal(new Augmentations { Mixup = 0.2, RandomErasing = 0.4 }, run.Augmentations);
    }

    [Theory]
    [InlineData(
        "--opt-betas 0.9 0.99",
        "--opt-betas means nothing to --opt sgd: leave it out, or take --opt adamw, adam, nadam, radam, lion or lamb."
    )]
    [InlineData(
        "--opt lion --lr 0.001 --momentum 0.8",
        "--momentum means nothing to --opt lion: leave it out, or take --opt sgd, rmsprop, rmsproptf or momentum."
    )]
    [InlineData(
        "--clip-mode agc",
        "--clip-mode means nothing without --clip-grad, such as --clip-grad 1: add that, or leave it out."
    )]
    [InlineData(
        "--sched step --min-lr 0.01",
        "--min-lr means nothing to --sched step: leave it out, or take --sched cosine, poly or plateau."
    )]
    [InlineData(
        "--decay-milestones 1 2",
        "--decay-milestones means nothing to --sched one-cycle: leave it out, or take --sched multistep."
    )]
    [InlineData(
        "--warmup 0.1 --warmup-epochs 1",
        "--warmup is the old way to say --warmup-epochs, and both are there: keep --warmup-epochs."
    )]
    public async Task An_option_that_means_nothing_to_the_others_is_refused(string words, string message)
    {
        TinyData.Write(folder, images: 16);

        var refused = await Assert.ThrowsAsync<CommandException>(() =>
            notebook.RunAsync($"tresnet-train --data {folder} --batch-size 4 {words}")
        );

        Assert.Equal(message, refused.Message);
    }

    [Fact]
    public async Task Optimiser_schedule_and_average_are_taken_by_timms_names()
    {
        TinyData.Write(folder, images: 16);

        await notebook.RunAsync(
            $"tresnet-train --data {folder} --batch-size 4 --epochs 3 --opt rmsproptf --lr 0.01 --opt-eps 0.002 --clip-grad 0.1 --clip-mode agc "
                + "--sched multistep --decay-milestones 1 2 --decay-rate 0.5 --warmup-epochs 0.5 --warmup-lr 0.001 --model-ema"
        );

        var run = notebook.Get<TrainingRun>("run");
        Assert.Equal(
            new TrainingOptions
            {
                BatchSize = 4,
                Epochs = 3,
                Optimizer = OptimizerKind.RMSpropTF,
                LearningRate = 0.01,
                OptEps = 0.002,
                ClipGrad = 0.1,
                ClipMode = ClipMode.Agc,
                Scheduler = SchedulerKind.MultiStep,
                DecayMilestones = [1, 2],
                DecayRate = 0.5,
                WarmupEpochs = 0.5,
                WarmupLr = 0.001,
                ModelEmaDecay = 0.9998,
            },
            run.Options
        );
        Assert.NotNull(run.Best!.Weights);
    }

    [Theory]
    [InlineData("--scale 0.4 0.9 --hflip 0.5", 0.4, 0.9, 0)]
    [InlineData("--scale 0.4 --hflip 0.5", 0.4, 1, 0)]
    [InlineData("--min-crop 0.4 --flip", 0.4, 1, 2)]
    public async Task Augmentations_have_timms_names_and_the_ones_before(
        string words,
        double min,
        double max,
        int lines
    )
    {
        TinyData.Write(folder, images: 16);

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 1 --batch-size 4 {words}");

        Assert.Equal(
            new Augmentations { Scale = (min, max), HFlip = 0.5 },
            notebook.Get<TrainingRun>("run").Augmentations
        );
        Assert.Equal(
            lines,
            notebook.Displays.Count(shown => $"{shown.Value}".Contains("the old name goes", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("--scale 0.9 0.4", "The most scale is 0.4, but it has to be from 0.9 to 1")]
    [InlineData("--scale 0", "The least scale is 0, but")]
    [InlineData("--scale 0,35", "--scale cannot be '0,35': numbers are written with a point")]
    [InlineData("--shift 65", "The shift is 65, but it has to be from 0 to 64 pixels")]
    public async Task Values_out_of_range_are_refused(string words, string sentence)
    {
        TinyData.Write(folder, images: 16);

        Assert.StartsWith(
            sentence,
            await notebook.RefusalOf($"tresnet-train --data {folder} {words}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_run_goes_on_with_its_images_its_size_and_its_changes_unsaid()
    {
        TinyData.Write(Directory.CreateDirectory(Path.Combine(folder, "images")).FullName, images: 16);
        var run = Path.Combine(folder, "run");
        using var stop = notebook.StopWhen(shown => shown is TrainingCard);
        await notebook.RunAsync(
            $"tresnet-train --data {folder}/images --input-size 16 --in-chans 1 --epochs 500 --batch-size 4 --cutmix 1 --reprob 0.3 --run {run}",
            stop.Token
        );
        var before = notebook.Get<TrainingRun>("run");
        Assert.True(before.Interrupted);
        using var soon = notebook.StopWhen(shown => shown is TrainingCard);

        await notebook.RunAsync($"tresnet-train --run {run} --resume", soon.Token);

        var after = notebook.Get<TrainingRun>("run");
        Assert.True(after.Steps.Count > before.Steps.Count);
        Assert.Equal(before.Steps, after.Steps.Take(before.Steps.Count));
        Assert.Equal((before.Augmentations, before.Options), (after.Augmentations, after.Options));
        Assert.Equal([1, 16, 16], after.InputShape);
    }

    [Fact]
    public async Task What_does_not_go_together_is_said_before_anything_is_trained()
    {
        Assert.StartsWith(
            "Recipe finetune goes on from weights: name some with --weights",
            await notebook.RefusalOf("tresnet-train --recipe finetune"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "--opt adamw needs another learning rate than recipe fast, which is for sgd",
            await notebook.RefusalOf("tresnet-train --recipe fast --opt adamw"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "--device cannot be 'gpu': take auto, cpu, cuda",
            await notebook.RefusalOf("tresnet-train --device gpu"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--device cuda:99",
            await notebook.RefusalOf("tresnet-profile --device cuda:99"),
            StringComparison.Ordinal
        );
        Assert.Empty(notebook.Displays);
    }
}
