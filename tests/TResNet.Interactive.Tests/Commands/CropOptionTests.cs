using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>How photographs become squares in a training, and in what is done with its run afterwards.</summary>
public sealed class CropOptionTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crops").FullName;

    public CropOptionTests()
    {
        foreach (var (part, count) in new[] { ("train", 6), ("val", 4) })
        {
            TinyPhotos.Write($"{folder}/photos/{part}/dark", count, brightness: 20);
            TinyPhotos.Write($"{folder}/photos/{part}/light", count, brightness: 200);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Train => $"tresnet-train --data {folder}/photos --epochs 1 --batch-size 4 --input-size 32";

    [Fact]
    public async Task A_run_is_measured_afterwards_as_it_was_in_training()
    {
        await notebook.RunAsync(
            $"{Train} --crop-mode squash --crop-pct 1 --interpolation nearest --train-crop-mode squash --train-interpolation lanczos --run {folder}/run"
        );
        var run = notebook.Get<TrainingRun>("run");
        Assert.Equal(TrainCropMode.Squash, run.Augmentations!.TrainCropMode);
        Assert.Equal(Interpolation.Lanczos, run.Augmentations.TrainInterpolation);

        await notebook.RunAsync($"tresnet-validate --run {folder}/run --results {folder}/run.csv");
        Assert.Equal(run.Epochs[0].ValidationLoss, notebook.Get<EvaluationResult>("evaluation").Loss, 1e-6);
        Assert.Contains(",32,1,nearest,", await File.ReadAllTextAsync($"{folder}/run.csv"));

        await notebook.RunAsync($"tresnet-validate --run {folder}/run --crop-mode center --crop-pct 0.5");
        Assert.NotEqual(run.Epochs[0].ValidationLoss, notebook.Get<EvaluationResult>("evaluation").Loss, 1e-6);

        await notebook.RunAsync($"tresnet-predict --run {folder}/run {folder}/photos/val/dark --name noted");
        await notebook.RunAsync(
            $"tresnet-predict --run {folder}/run {folder}/photos/val/dark --name same --crop-mode squash --crop-pct 1 --interpolation nearest"
        );
        await notebook.RunAsync(
            $"tresnet-predict --run {folder}/run {folder}/photos/val/dark --name other --crop-mode center --crop-pct 0.5"
        );
        Assert.Equal(Answers("noted"), Answers("same"));
        Assert.NotEqual(Answers("noted"), Answers("other"));

        string Answers(string name) =>
            string.Join(' ', notebook.Get<Predictions>(name).Images.Select(image => image.Top[0].Probability));
    }

    [Fact]
    public async Task A_run_that_goes_on_is_measured_as_before()
    {
        await notebook.RunAsync($"{Train.Replace("--epochs 1", "--epochs 2")} --crop-mode border --run {folder}/whole");
        var whole = notebook.Get<TrainingRun>("run");

        Assert.Contains(
            "--crop-mode is not what the run was measured with so far",
            await notebook.RefusalOf($"tresnet-train --run {folder}/whole --resume --crop-mode squash")
        );
        await notebook.RunAsync($"tresnet-train --run {folder}/whole --resume --crop-mode border");
        Assert.Equal(
            whole.Epochs.Select(epoch => epoch.ValidationLoss),
            notebook.Get<TrainingRun>("run").Epochs.Select(epoch => epoch.ValidationLoss)
        );
    }

    [Theory]
    [InlineData("--train-crop-mode rkrr --aug-repeats 3", TrainCropMode.Rkrr, 0.8, 0.9)]
    [InlineData("--train-crop-mode rkrc --scale 0.5", TrainCropMode.Rkrc, 0.5, 0.9)]
    [InlineData("--train-crop-mode border --aa 3a --color-jitter 0.3", TrainCropMode.Border, 0.08, 0.75)]
    [InlineData("--aa ta_wide", TrainCropMode.Rrc, 0.08, 0.75)]
    internal async Task Squares_of_training_have_timms_ranges(
        string options,
        TrainCropMode mode,
        double least,
        double ratio
    )
    {
        await notebook.RunAsync($"{Train} {options}");

        var changes = notebook.Get<TrainingRun>("run").Augmentations!;
        Assert.Equal((mode, least, ratio), (changes.TrainCropMode, changes.Scale.Min, changes.Ratio.Min));
    }

    [Theory]
    [InlineData(
        "--train-crop-mode squash --scale 0.5",
        "--scale means nothing to --train-crop-mode squash: leave it out, or take --train-crop-mode rrc, rkrc or rkrr."
    )]
    [InlineData("--train-crop-mode center --ratio 1 1", "--ratio means nothing to --train-crop-mode center")]
    [InlineData(
        "--aug-repeats 0.5",
        "Each image is to come 0.5 times in a row, but it has to be 0 (once) or from 1 to 100; choose another."
    )]
    [InlineData("--aa ta_wide --color-jitter 0.4", "The policy ta_wide changes colours already")]
    [InlineData("--crop-pct 1.5", "cropPct is 1.5, but it has to be from 0.1 to 1; choose another.")]
    [InlineData(
        "--crop-mode squash --data fashion-mnist",
        "are taken as they are, without a crop or a filter: leave --crop-mode, --crop-pct and --interpolation out"
    )]
    [InlineData(
        "--train-crop-mode squash --data fashion-mnist",
        "are all of 28 x 28 pixels and are shown whole, so --train-crop-mode has no place: leave it out."
    )]
    public async Task What_contradicts_itself_is_refused(string options, string sentence)
    {
        var command = options.Contains("--data") ? Train.Replace($"--data {folder}/photos ", "") : Train;

        Assert.Contains(sentence, await notebook.RefusalOf($"{command} {options}"));
    }
}
