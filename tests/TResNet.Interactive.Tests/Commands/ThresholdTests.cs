using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Thresholds that are tuned on images held out, kept with a run and taken with it.</summary>
public sealed class ThresholdTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("thresholds").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Run => Path.Combine(folder, "run");

    private string Kept => Path.Combine(Run, "thresholds.json");

    [Fact]
    public async Task A_training_keeps_them_and_predictions_take_them()
    {
        await TrainAsync("--tune-threshold");
        var kept = RunThresholds.Of(RunFolder.Resume(Run).Describe())!;
        Assert.Equal(["day", "grey", "night"], kept.Classes);

        await notebook.RunAsync($"tresnet-validate --run {Run}");
        var evaluation = notebook.Get<EvaluationResult>("evaluation");
        Assert.Equal(kept.Thresholds, evaluation.Thresholds);
        Assert.Equal(kept.Thresholds, ThresholdTuning.Of(evaluation));
        Assert.True(evaluation.TunedReport().Macro.F1 >= evaluation.Report().Macro.F1);
        Assert.Contains(
            "above each label's own threshold",
            string.Concat(notebook.Displays.Select(shown => shown.Value))
        );

        await notebook.RunAsync($"tresnet-predict {folder}/light/0.png --run {Run} --top 1");
        var seen = notebook.Get<Predictions>("predictions");
        Assert.Equal(kept.Thresholds, seen.Thresholds);
        Assert.Null(seen.Threshold);
        await notebook.RunAsync($"tresnet-predict {folder}/light/0.png --run {Run} --top 3 --threshold 0.5 --name one");
        var one = notebook.Get<Predictions>("one");
        Assert.Equal((null, 0.5), (one.Thresholds, one.Threshold));
        Assert.Equal(
            one.Images[0]
                .Top.Where(each =>
                    each.Probability > kept.Thresholds[kept.Classes.Index().First(c => c.Item == each.Class).Index]
                ),
            seen.Images[0].Labels
        );
    }

    [Fact]
    public async Task They_travel_with_the_weights_and_an_option_goes_before()
    {
        await TrainAsync($"--tune-threshold --output {folder}/trained.safetensors");
        var kept = RunThresholds.Of(RunFolder.Resume(Run).Describe())!.Thresholds;
        await notebook.RunAsync($"tresnet-convert-weights {Run}/best.safetensors {folder}/converted.pth");

        foreach (
            var file in new[] { $"{Run}/best.safetensors", $"{folder}/converted.pth", $"{folder}/trained.safetensors" }
        )
        {
            Assert.Equal(kept, Checkpoint.Describe(file).Thresholds);
            await notebook.RunAsync($"tresnet-predict {folder}/light/0.png --weights {file}");
            Assert.Equal(kept, notebook.Get<Predictions>("predictions").Thresholds);
        }

        using (var network = Models.Load($"{folder}/converted.pth"))
        {
            Assert.Equal(kept, Predictor.Predict(network, [$"{folder}/light/0.png"]).Thresholds);
        }

        await notebook.RunAsync(
            $"tresnet-predict {folder}/light/0.png --weights {Run}/best.safetensors --threshold 0.4"
        );
        Assert.Equal(
            (null, 0.4),
            (notebook.Get<Predictions>("predictions").Thresholds, notebook.Get<Predictions>("predictions").Threshold)
        );
        await notebook.RunAsync(
            $"tresnet-validate {TinyLabels.Write(folder)} --weights {Run}/best.safetensors --input-size 32"
        );
        Assert.Equal(kept, notebook.Get<EvaluationResult>("evaluation").Thresholds);
        await notebook.RunAsync($"tresnet-convert-weights {Run}/best.safetensors {folder}/one.pth --threshold 0.3");
        Assert.Null(Checkpoint.Describe($"{folder}/one.pth").Thresholds);

        // Other weights are not those that they were tuned for.
        await notebook.RunAsync(
            $"tresnet-train {TinyLabels.Write(folder)} --epochs 1 --batch-size 9 --input-size 32 --weights {Run}/best.safetensors --output {folder}/further.safetensors"
        );
        Assert.Null(Checkpoint.Describe($"{folder}/further.safetensors").Thresholds);
    }

    [Fact]
    public async Task They_are_tuned_afterwards_too_and_are_for_the_weights_that_they_were_tuned_with()
    {
        await TrainAsync("");
        Assert.Null(RunThresholds.Of(RunFolder.Resume(Run).Describe()));

        await notebook.RunAsync($"tresnet-validate --run {Run} --tune-threshold");
        var run = RunFolder.Resume(Run).Describe();
        Assert.NotNull(RunThresholds.Of(run));

        _ = (RunThresholds.Of(run)! with { Epoch = 9 }).Save(run.Folder!);
        Assert.Contains(
            "thresholds.json is for the weights of epoch 9, and the best are those of epoch 1 by now: tune the thresholds again with --tune-threshold, or remove it.",
            await notebook.RefusalOf($"tresnet-validate --run {Run}")
        );
        await File.WriteAllTextAsync(Kept, "{}");
        Assert.Contains(
            "has not one threshold from 0 to below 1 for each class of the run",
            await notebook.RefusalOf($"tresnet-predict {folder}/light/0.png --run {Run}")
        );
        await File.WriteAllTextAsync(Kept, "no");
        Assert.Contains("thresholds.json cannot be read", await notebook.RefusalOf($"tresnet-validate --run {Run}"));
        await notebook.RunAsync($"tresnet-validate --run {Run} --tune-threshold");
        Assert.NotNull(RunThresholds.Of(run));
    }

    [Fact]
    public async Task One_label_an_image_or_no_run_to_keep_them_is_refused()
    {
        var data = TinyLabels.Write(folder);

        Assert.Equal(
            "--tune-threshold is for images of several labels, and each of these has one, the likeliest: leave it out.",
            await notebook.RefusalOf("tresnet-train --tune-threshold --epochs 1")
        );
        Assert.Equal(
            "--tune-threshold keeps the thresholds with a run: name its folder with --run.",
            await notebook.RefusalOf($"tresnet-train --tune-threshold --epochs 1 --batch-size 8 {data}")
        );
    }

    private async Task TrainAsync(string options) =>
        await notebook.RunAsync(
            $"tresnet-train {TinyLabels.Write(folder)} --epochs 1 --batch-size 9 --input-size 32 --run {Run} {options}"
        );
}
