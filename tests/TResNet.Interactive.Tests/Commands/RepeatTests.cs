using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Trainings that are done several times: from other seeds, or with other images held out.</summary>
public sealed class RepeatTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("repeats").FullName;

    public RepeatTests() => TinyData.Write(folder, images: 32);

    private string Train => $"tresnet-train --data {folder} --epochs 2 --batch-size 8";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private IReadOnlyList<TrainingRun> Runs => notebook.Get<IReadOnlyList<TrainingRun>>("runs");

    private Table Summary =>
        notebook
            .Displays.Select(shown => shown.Value)
            .OfType<View>()
            .SelectMany(view => view.Parts)
            .OfType<Table>()
            .Last();

    [Fact]
    public async Task Each_seed_is_the_run_that_it_would_be_alone_and_the_table_sums_them_up()
    {
        var kept = Path.Combine(folder, "kept");
        await notebook.RunAsync($"{Train} --seeds 3 --seed 7 --run {kept}");

        var runs = Runs;
        Assert.Equal([7L, 8, 9], runs.Select(run => run.Options.Seed));
        Assert.Equal(
            (string?[])["seed-7", "seed-8", "seed-9"],
            Directory.GetDirectories(kept).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        double[] values = [.. runs.Select(run => run.Best!.Value)];
        var rows = Summary.Rows.ToDictionary(row => row[0].Text, row => row[1].Number);
        var mean = values.Sum() / 3;
        Assert.Equal((double?[])[.. values], new[] { "seed-7", "seed-8", "seed-9" }.Select(name => rows[name]));
        Assert.Equal(mean, rows["mean"]!.Value, 1e-12);
        Assert.Equal(
            Math.Sqrt(values.Sum(value => Math.Pow(value - mean, 2)) / 2),
            rows["standard deviation"]!.Value,
            1e-12
        );
        Assert.Equal(values.Max() - values.Min(), rows["spread"]!.Value, 1e-12);
        Assert.Equal(values.Max(), notebook.Get<TrainingRun>("run").Best!.Value);

        await notebook.RunAsync($"{Train} --seed 8");
        Assert.Equal(
            runs[1].Steps.Select(step => step.Loss),
            notebook.Get<TrainingRun>("run").Steps.Select(step => step.Loss)
        );
    }

    [Fact]
    public async Task Runs_that_were_interrupted_go_on_to_the_same_numbers_with_the_number_of_them_kept()
    {
        var (whole, parted) = (Path.Combine(folder, "whole"), Path.Combine(folder, "parted"));
        await notebook.RunAsync($"{Train} --seeds 2 --smoothing 0.2 --run {whole}");
        var expected = Runs.Select(run => run.Steps.Select(step => step.Loss).ToArray()).ToArray();

        // As an interrupt in the first run leaves it.
        await notebook.RunAsync($"{Train} --seeds 2 --smoothing 0.2 --run {parted}");
        Directory.Delete(Path.Combine(parted, "seed-43"), recursive: true);
        var first = Path.Combine(parted, "seed-42");
        File.Delete(Directory.GetFiles(first, "state-*.safetensors").Order(StringComparer.Ordinal).Last());
        await notebook.RunAsync($"tresnet-train --run {parted} --resume");

        Assert.Equal(expected, Runs.Select(run => run.Steps.Select(step => step.Loss).ToArray()));
    }

    [Fact]
    public async Task Folds_hold_out_each_image_once_and_a_run_is_validated_on_its_own()
    {
        var kept = Path.Combine(folder, "kept");
        await notebook.RunAsync($"{Train} --folds 4 --run {kept}");

        var runs = Runs;
        Assert.Equal(4, runs.Count);
        Assert.All(runs, run => Assert.Contains("of 4)", run.ValidationData));
        Assert.Equal(4, runs.Select(run => run.ValidationData).Distinct().Count());
        var third = runs[2];

        await notebook.RunAsync($"tresnet-validate --run {Path.Combine(kept, "fold-3")}");
        var evaluation = notebook.Get<TResNet.Evaluation.EvaluationResult>("evaluation");
        Assert.Equal(third.ValidationData, evaluation.Data);
        Assert.Equal(8, evaluation.Images);

        await notebook.RunAsync($"tresnet-train --run {kept} --resume");
        Assert.Equal(runs.Select(run => run.Best!.Value), Runs.Select(run => run.Best!.Value));
        Assert.Contains(
            "differ by the images that are held out, so --seeds has no place",
            await notebook.RefusalOf($"tresnet-train --run {kept} --resume --seeds 2")
        );
        Assert.Contains(
            "There are no runs to resume in",
            await notebook.RefusalOf($"tresnet-train --run {kept}x --resume --folds 2")
        );
    }

    [Fact]
    public async Task What_was_to_be_tested_on_is_for_the_end_of_a_cross_validation()
    {
        await notebook.RunAsync($"{Train} --folds 2 --run {folder}/kept");

        var held = notebook.Get<TResNet.Evaluation.EvaluationResult>("run_test");
        Assert.Equal(32, held.Images);
        Assert.EndsWith(", for the end", held.Data);
        Assert.Contains(
            "decides nothing: the best weights are measured on it once, at the end.",
            string.Concat(notebook.Displays.Select(shown => shown.Value))
        );

        foreach (var (part, count) in new[] { ("train", 6), ("val", 4), ("test", 5) })
        {
            TinyPhotos.Write($"{folder}/photos/{part}/dark", count, brightness: 20);
            TinyPhotos.Write($"{folder}/photos/{part}/light", count, brightness: 200);
        }

        await notebook.RunAsync(
            $"tresnet-train --data {folder}/photos --epochs 1 --batch-size 4 --input-size 32 --folds 2"
        );
        Assert.Equal("photos (test)", notebook.Get<TResNet.Evaluation.EvaluationResult>("run_test").Data);
        Assert.Contains(
            "so photos (held out) is left unused: photos (test) is for the end.",
            string.Concat(notebook.Displays.Select(shown => shown.Value))
        );
    }

    [Theory]
    [InlineData("--seeds 1", "--seeds 1 is no number of runs to compare: take from 2 to 1,000")]
    [InlineData("--folds 0", "--folds 0 is no number of runs to compare")]
    [InlineData("--seeds 2 --folds 2", "both say what the runs differ by: take one of them")]
    [InlineData("--folds 2 --val-data elsewhere", "--val-data elsewhere has no place")]
    [InlineData("--folds 9", "9 folds of 32 images were asked for, and the largest class has 8")]
    public async Task What_means_nothing_is_refused(string options, string sentence) =>
        Assert.Contains(sentence, await notebook.RefusalOf($"{Train} {options}"), StringComparison.Ordinal);

    [Fact]
    public async Task A_variable_and_a_folder_with_one_run_are_refused()
    {
        var one = Path.Combine(folder, "one");
        await notebook.RunAsync($"{Train} --run {one}");

        Assert.Contains("keeps one run", await notebook.RefusalOf($"{Train} --seeds 2 --run {one}"));
        Assert.Contains(
            "which each run would train further",
            await notebook.RefusalOf($"{Train} --seeds 2 --model model")
        );
    }
}
