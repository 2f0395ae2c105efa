using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>How images are looked at when a network is measured: crops, sizes, several labels.</summary>
public sealed class ValidateCommandTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("validate").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task More_crops_ask_the_network_more_often_for_one_answer_an_image()
    {
        WritePhotos();
        TorchSharp.torch.manual_seed(1);
        using var network = Models.Create("tresnet_nano", 2);
        notebook.SetVariable("model", network);

        var (losses, answers) = (new List<double>(), new List<string>());
        foreach (
            var crops in new[]
            {
                "",
                "--crops 2",
                "--tta 5",
                "--crops 10",
                "--crop-pct 0.5",
                "--crop-mode squash",
                "--crop-mode border",
            }
        )
        {
            await notebook.RunAsync($"tresnet-validate --model model {Data} {crops}");
            var evaluation = notebook.Get<EvaluationResult>("evaluation");
            Assert.Equal(12, evaluation.Predictions.Count);
            losses.Add(evaluation.Loss);
            answers.Add(string.Join(" ", evaluation.Predictions.Select(each => each.Confidence)));
        }

        Assert.Equal(answers.Count, answers.Distinct().Count());
        Assert.All(losses, loss => Assert.InRange(loss, losses[0] - 0.5, losses[0] + 0.5));
    }

    [Fact]
    public async Task An_optimised_network_gives_the_same_answers_also_for_a_smaller_last_batch()
    {
        WritePhotos();
        await File.WriteAllTextAsync(Path.Combine(folder, "photos/val/dark/0.png"), "no image");
        TorchSharp.torch.manual_seed(1);
        using var network = Models.Create("tresnet_nano", 2);
        notebook.SetVariable("model", network);

        foreach (var crops in new[] { "", "--crops 10" })
        {
            await notebook.RunAsync($"tresnet-validate --model model {Data} {crops} --batch-size 40");
            await notebook.RunAsync(
                $"tresnet-validate --model model {Data} {crops} --batch-size 40 --optimize --name fast"
            );
            var (plain, fast) = (notebook.Get<EvaluationResult>("evaluation"), notebook.Get<EvaluationResult>("fast"));
            Assert.Equal(plain.Predictions.Select(each => each.Index), fast.Predictions.Select(each => each.Index));
            Assert.All(
                plain.Predictions.Zip(fast.Predictions),
                pair => Assert.Equal(pair.First.Confidence, pair.Second.Confidence, 1e-4)
            );
            Assert.Equal(plain.Loss, fast.Loss, 1e-4);
        }

        await notebook.RunAsync($"tresnet-validate --model model {Data} --optimize --precision bf16");
        Assert.Equal(11, notebook.Get<EvaluationResult>("evaluation").Predictions.Count);
    }

    [Fact]
    public async Task A_network_for_small_images_is_measured_at_448_pixels_too()
    {
        WritePhotos();

        await notebook.RunAsync($"tresnet-validate --model tresnet_nano --input-size 448 {Data} --crops 2");

        Assert.Equal(12, notebook.Get<EvaluationResult>("evaluation").Predictions.Count);
    }

    [Fact]
    public async Task Damaged_images_are_named_once_however_many_crops_there_are()
    {
        WritePhotos();
        await File.WriteAllTextAsync(Path.Combine(folder, "photos/val/dark/0.png"), "no image");

        await notebook.RunAsync($"tresnet-validate --model tresnet_nano {Data} --crops 10");

        Assert.Equal(11, notebook.Get<EvaluationResult>("evaluation").Predictions.Count);
        var skipped = notebook.Displays.Where(shown => $"{shown.Value}".Contains("is no image but text"));
        Assert.Single(skipped);
    }

    [Fact]
    public async Task Images_of_several_labels_are_trained_on_and_measured_class_by_class()
    {
        var data = TinyLabels.Write(folder);
        await notebook.RunAsync($"tresnet-train {data} --loss bce --epochs 6 --batch-size 9 --lr 0.02");
        var run = notebook.Get<TrainingRun>("run");
        notebook.Displays.Clear();

        await notebook.RunAsync($"tresnet-validate --model model {data}");

        var evaluation = notebook.Get<EvaluationResult>("evaluation");
        Assert.Equal((run.Epochs[^1].Top1, run.Epochs[^1].ValidationLoss), (evaluation.Top1, evaluation.Loss));
        Assert.InRange(evaluation.MeanAveragePrecision!.Value, 0.8, 1);
        Assert.Contains("train.csv: no header, labels in the second column.", $"{notebook.Displays[0].Value}");
        var view = Assert.IsType<View>(notebook.Displays[1].Value);
        Assert.Empty(view.Parts.OfType<Figure>());
        Assert.Matches(@"^mAP [\d.]+% over 3 labels in 18 images, loss", view.Subtitle);
        var table = view.Parts.OfType<Table>().Last();
        Assert.Equal(["class", "images", "average precision"], table.Columns.Select(column => column.Header));
        Assert.Equal(
            [("day", "6"), ("grey", "12"), ("night", "6")],
            table.Rows.Select(row => (row[0].Text, row[1].Text))
        );

        await notebook.RunAsync($"tresnet-validate --model model {data} --crops 10 --name ten");
        Assert.InRange(notebook.Get<EvaluationResult>("ten").MeanAveragePrecision!.Value, 0.8, 1);
    }

    [Theory]
    [InlineData("--crops 3", "3 crops were asked for, but there are 1 (the middle), 2 (its mirror image too)")]
    [InlineData("--crop-mode squash --crops 5", "With --crop-mode squash images are shown whole")]
    [InlineData("--crop-pct 1.5", "cropPct is 1.5, but it has to be from 0.1 to 1; choose another.")]
    public async Task Crops_that_there_are_not_are_refused(string options, string sentence)
    {
        WritePhotos();
        Assert.Contains(sentence, await notebook.RefusalOf($"tresnet-validate {Data} {options}"));
    }

    [Fact]
    public async Task Images_that_are_shown_whole_have_no_corners()
    {
        TinyData.Write(folder, images: 16);
        Assert.Contains(
            "are shown whole, so there are no corners to look at; take --crops 1 or 2, or a --crop-pct below 1.",
            await notebook.RefusalOf($"tresnet-validate --data {folder} --crops 5")
        );
        await notebook.RunAsync($"tresnet-validate --data {folder} --crops 5 --crop-pct 0.875");
        Assert.Equal(16, notebook.Get<EvaluationResult>("evaluation").Predictions.Count);
    }

    private string Data => $"--data {folder}/photos";

    private void WritePhotos()
    {
        foreach (var (part, count) in new[] { ("train", 2), ("val", 6) })
        {
            TinyPhotos.Write(Path.Combine(folder, "photos", part, "dark"), count, 40);
            TinyPhotos.Write(Path.Combine(folder, "photos", part, "light"), count, 200);
        }
    }
}
