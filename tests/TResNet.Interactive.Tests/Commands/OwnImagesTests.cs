using System.Text.RegularExpressions;
using TResNet.Evaluation;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>The first hour with a folder of one's own: what is said of it, what is suggested, and what a run that learned nothing says.</summary>
public sealed class OwnImagesTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("own").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Images_are_told_before_the_first_step_with_some_as_training_sees_them()
    {
        Write(("dark", 30, 40), ("light", 20, 200));

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 1 --hflip 0");

        var view = notebook
            .Displays.Select(shown => shown.Value)
            .OfType<View>()
            .Single(v => v.AllParts.Any(p => p is ImageGrid));
        Assert.Equal(
            "2 classes, 40 images to train on, 10 held out; the smallest class, light, has 16, the largest, dark, 24. They are of 40 x 36 pixels; the network sees 32 x 32.",
            view.Parts[0]
        );
        var grid = view.Parts.OfType<ImageGrid>().Single();
        Assert.Equal(8, grid.Png.Count);
        Assert.Contains(
            "dark; dark; dark; dark; light; light; light; light",
            grid.ToString(),
            StringComparison.Ordinal
        );
        var card = notebook.Displays.FindIndex(shown => shown.Value is TrainingCard);
        Assert.True(card > notebook.Displays.FindIndex(shown => ReferenceEquals(shown.Value, view)));
        Assert.Equal(40, notebook.Get<TrainingRun>("run").Options.BatchSize);
        Assert.Contains(Said(), text => text == "Batches are of 40 images instead of 64: there are 40 to train on.");
        Assert.Contains(
            Said(),
            text =>
                text
                == "In 1 epoch of 1 step a schedule has no time to rise and fall: take --epochs 100 or smaller batches; #!tresnet-suggest says what fits these images."
        );
    }

    [Theory]
    [InlineData(96, 64, 1, 48, 0)]
    [InlineData(40, 64, 1, 40, 0)]
    [InlineData(8000, 64, 1, 64, 0)]
    [InlineData(130, 64, 1, 64, 2)]
    [InlineData(97, 64, 1, 48, 1)]
    [InlineData(100, 32, 4, 25, 0)]
    [InlineData(3, 64, 1, 3, 0)]
    [InlineData(1, 64, 1, 64, 1)]
    public void Batches_leave_few_images_to_other_epochs(int images, int batch, int accumulated, int fitted, int left)
    {
        var plan = new StepPlan(images, batch, accumulated).Fitted();

        Assert.Equal((fitted, left), (plan.BatchSize, plan.Left));
    }

    [Fact]
    public async Task A_batch_that_was_asked_for_stays_and_what_it_leaves_is_said()
    {
        Write(("dark", 30, 40), ("light", 30, 200));

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 1 --batch-size 32");

        Assert.Equal(32, notebook.Get<TrainingRun>("run").Options.BatchSize);
        Assert.Contains("Batches of 32 leave 16 of the 48 images to other epochs, others each time.", Said());
        Assert.StartsWith(
            "The batch size is 64, but there are 48 images to train on",
            await notebook.RefusalOf($"tresnet-train --data {folder} --epochs 1 --batch-size 64")
        );
    }

    [Fact]
    public async Task A_recipe_keeps_its_learning_rate_for_each_image_when_its_batches_become_smaller()
    {
        Write(("dark", 15, 40), ("light", 15, 200));
        var whole = Recipe.Named("fast").Options;

        await notebook.RunAsync($"tresnet-train --data {folder} --recipe fast --epochs 1 --input-size 32");

        var options = notebook.Get<TrainingRun>("run").Options;
        Assert.Equal(24, options.BatchSize * options.GradAccumSteps);
        Assert.Equal(whole.LearningRate * 24 / (whole.BatchSize * whole.GradAccumSteps), options.LearningRate, 1e-12);
    }

    [Fact]
    public async Task What_is_suggested_trains_and_tells_light_from_dark()
    {
        Write(("dark", 20, 40), ("light", 20, 200));

        await notebook.RunAsync($"tresnet-suggest --data {folder}");

        var view = Assert.IsType<View>(notebook.Displays[^1].Value);
        var table = view.Parts.OfType<Table>().Single();
        Assert.Equal(
            ["--input-size", "--batch-size", "--lr", "--epochs", "--scale"],
            table.Rows.Select(row => row[0].Text)
        );
        Assert.All(table.Rows, row => Assert.NotEmpty(row[2].Text));
        var line = Assert.IsType<string>(view.Parts[^1]);
        Assert.StartsWith($"#!tresnet-train --data {folder} --input-size 36 --batch-size 8 ", line);

        await notebook.RunAsync(Regex.Replace(line[2..], @"--epochs \d+", "--epochs 12"));
        Assert.True(notebook.Get<TrainingRun>("run").Best!.Top1 > 0.85);
    }

    [Theory]
    [InlineData("suggest", "my flowers", "'my flowers'")]
    [InlineData("suggest", "it's $HOME", "'it'\\''s $HOME'")]
    [InlineData("suggest", "a;b&c", "'a;b&c'")]
    [InlineData("suggest", "/data/flowers_2.csv", "/data/flowers_2.csv")]
    [InlineData("tresnet-suggest", "my flowers", "\"my flowers\"")]
    [InlineData("tresnet-suggest", "it's", "it's")]
    public void A_suggested_line_can_be_pasted(string command, string word, string quoted) =>
        Assert.Equal(quoted, SuggestCommand.Quoted(command, word));

    [Fact]
    public void A_suggestion_follows_from_images_weights_and_time()
    {
        var seen = new DataSummary(
            "own",
            4,
            400,
            100,
            ("rare", 20),
            ("often", 180),
            [(300, 200), (640, 480)],
            false,
            false
        );

        var fresh = Suggestion.For(seen, side: 32, multiple: 8, weights: null, (_, _) => 0.01);
        Assert.Equal(("96", "64"), (fresh.Of("--input-size"), fresh.Of("--batch-size")));
        Assert.Equal("balanced", fresh.Of("--sampler"));
        Assert.DoesNotContain(fresh.Settings, each => each.Option == "--freeze");

        var slow = Suggestion.For(seen, side: 32, multiple: 8, weights: null, (_, _) => 5);
        Assert.Equal(("100", "20"), (fresh.Of("--epochs"), slow.Of("--epochs")));

        var tuned = Suggestion.For(seen with { Train = 160 }, side: 224, multiple: 32, weights: "resnet50.a1_in1k");
        Assert.Equal(("224", "features"), (tuned.Of("--input-size"), tuned.Of("--freeze")));
        Assert.StartsWith("--weights resnet50.a1_in1k --input-size 224 ", tuned.Words());
    }

    [Theory]
    [InlineData(1.2, 1.3, false)]
    [InlineData(4.5, 1.3, true)]
    [InlineData(1.0, 1.8e9, true)]
    public void A_loss_far_above_that_of_a_guess_is_called_divergence(double train, double validation, bool diverged)
    {
        var run = Run(train, validation);

        Assert.Equal(diverged, RunAdvice.OfDivergence(run) is not null);
        Assert.Equal(diverged, TrainingViews.Of(run).Subtitle.EndsWith("diverged", StringComparison.Ordinal));
        Assert.Equal(diverged, $"{TrainingViews.Of(run)}".Contains("Take a smaller --lr, such as 0.0100"));
    }

    [Theory]
    [InlineData(LossKind.BinaryCrossEntropy, false, 0.7, 2, 1.3, false)]
    [InlineData(LossKind.BinaryCrossEntropy, false, 0.7, 2.2, 1.3, true)]
    [InlineData(LossKind.Asymmetric, true, 9.8, 25, 0.6, false)]
    [InlineData(LossKind.Asymmetric, true, 9.8, 1400, 0.6, true)]
    [InlineData(LossKind.Asymmetric, true, 9.8, 9, 800, true)]
    [InlineData(LossKind.CrossEntropy, false, 39, 60, 1.3, false)]
    public void Divergence_is_judged_in_the_units_of_the_loss(
        LossKind loss,
        bool several,
        double uninformed,
        double train,
        double validation,
        bool diverged
    )
    {
        var run = Run(train, validation);
        run = run with
        {
            UninformedLoss = uninformed,
            MultiLabel = several,
            Options = run.Options with { Loss = loss },
        };

        Assert.Equal(diverged, RunAdvice.OfDivergence(run) is not null);
    }

    [Fact]
    public async Task A_network_that_cannot_tell_classes_apart_says_what_to_do()
    {
        // Both classes are the same pictures.
        Write(("one", 20, 90), ("other", 20, 90));

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 1 --batch-size 16");

        Assert.Contains(
            "cannot be told from always naming one (50.0%)",
            $"{notebook.Displays.Last(shown => shown.Value is TrainingCard).Value}"
        );
    }

    [Fact]
    public async Task Too_few_images_to_tell_anything_by_are_called_that()
    {
        Write(("dark", 6, 40), ("light", 6, 200));

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 1 --batch-size 4");

        Assert.Contains(
            "images to validate on are too few to tell a network from always naming",
            $"{notebook.Displays.Last(shown => shown.Value is TrainingCard).Value}"
        );
    }

    [Fact]
    public async Task What_speaks_for_a_class_is_shown_beside_the_image_and_written()
    {
        Write(("dark", 20, 40), ("light", 20, 200));
        var run = Path.Combine(folder, "..", Path.GetFileName(folder) + "-run");
        var marked = Path.Combine(folder, "..", Path.GetFileName(folder) + "-marked");
        try
        {
            await notebook.RunAsync($"tresnet-train --data {folder} --epochs 2 --batch-size 8 --lr 0.02 --run {run}");
            await notebook.RunAsync(
                $"tresnet-explain {folder}/dark/0.png {folder}/light/0.png --run {run} --explain-to {marked}"
            );

            var view = notebook
                .Displays.Select(shown => shown.Value)
                .OfType<View>()
                .Last(v => v.Parts is [ImageGrid, ..]);
            var seen = notebook.Get<Predictions>("predictions");
            Assert.Contains("2 images, 64 x 32, RGB", $"{view.Parts[0]}", StringComparison.Ordinal);
            Assert.All(
                seen.Images,
                each => Assert.Contains($"{each.Top[0].Class} {100 * each.Top[0].Probability:0.0}%", $"{view.Parts[0]}")
            );
            Assert.Equal(["0.png", "0_2.png"], Directory.GetFiles(marked).Select(Path.GetFileName).Order());
            Assert.StartsWith(
                $"--explain-to {marked} is not empty",
                await notebook.RefusalOf($"tresnet-predict {folder}/dark/0.png --run {run} --explain-to {marked}")
            );
        }
        finally
        {
            Directory.Delete(run, recursive: true);
            Directory.Delete(marked, recursive: true);
        }
    }

    private static TrainingRun Run(double train, double validation) =>
        new()
        {
            Model = "tresnet_nano",
            TrainData = "own (train)",
            ValidationData = "own (held out)",
            Classes = ["a", "b", "c"],
            Options = new TrainingOptions { Epochs = 1 },
            Steps = [new StepResult(1, 1, train, 0.1)],
            Epochs = [new EpochResult(1, 1, train, validation, 0.3, 100, TimeSpan.FromSeconds(1))],
            Interrupted = false,
            Duration = TimeSpan.FromSeconds(1),
            ImagesPerSecond = 100,
            StepsPerEpoch = 1,
        };

    private IEnumerable<string> Said() =>
        notebook.Displays.Select(shown => shown.Value).OfType<View>().SelectMany(view => view.Parts).OfType<string>();

    private void Write(params (string Class, int Count, int Brightness)[] classes)
    {
        foreach (var (name, count, brightness) in classes)
        {
            TinyPhotos.Write(Path.Combine(folder, name), count, brightness);
        }
    }
}
