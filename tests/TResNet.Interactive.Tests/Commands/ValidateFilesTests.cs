using System.Globalization;
using System.Text.Json;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>A run that is measured again, and the files that other programs read of a measurement.</summary>
public sealed class ValidateFilesTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("files").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_is_measured_on_its_own_images_as_its_best_epoch_was()
    {
        WritePhotos("photos");
        await notebook.RunAsync(
            $"tresnet-train --data {folder}/photos --run {Run} --epochs 3 --batch-size 8 --lr 0.02 --input-size 32 --set attention=eca"
        );
        var best = notebook.Get<TrainingRun>("run").Best!;

        await notebook.RunAsync(
            $"tresnet-validate --run {Run} --results {folder}/r.csv --predictions {folder}/p.csv --eval-metric macro-f1"
        );

        var evaluation = notebook.Get<EvaluationResult>("evaluation");
        Assert.Equal((best.Top1, best.ValidationLoss), (evaluation.Top1, evaluation.Loss));
        Assert.Contains(
            notebook.Displays.Select(each => each.Value).OfType<View>(),
            view => view.Subtitle?.StartsWith("macro F1 ", StringComparison.Ordinal) == true
        );

        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "r.csv"));
        var row = lines[0].Split(',').Zip(lines[1].Split(',')).ToDictionary(each => each.First, each => each.Second);
        Assert.Equal(["model", "top1", "top1_err"], lines[0].Split(',').Take(3));
        Assert.Equal("tresnet_nano + attention=eca", row["model"]);
        Assert.Equal(100 * evaluation.Top1, Number(row["top1"]), 1e-4);
        Assert.Equal(100 - 100 * evaluation.Top1, Number(row["top1_err"]), 1e-4);
        Assert.Equal(100 * evaluation.Report().Macro.F1, Number(row["macro_f1_score"]), 1e-4);
        Assert.Equal(100 * WilsonInterval.Of(evaluation.Top1, 12).Low, Number(row["top1_low"]), 1e-4);
        Assert.Equal(100 * evaluation.CalibrationError!.Value, Number(row["ece"]), 1e-4);
        Assert.Equal("32", row["img_size"]);
        Assert.Equal("12", row["images"]);

        var images = await File.ReadAllLinesAsync(Path.Combine(folder, "p.csv"));
        Assert.Equal("path,truth,dark,light", images[0]);
        Assert.Equal(13, images.Length);
        foreach (var (line, prediction) in images.Skip(1).Zip(evaluation.Predictions))
        {
            var fields = line.Split(',');
            Assert.True(File.Exists(fields[0]), fields[0]);
            Assert.Contains($"/{fields[1]}/", fields[0], StringComparison.Ordinal);
            Assert.Equal(prediction.Confidence, Number(fields[2 + prediction.Predicted]), 1e-6);
            Assert.Equal(1, Number(fields[2]) + Number(fields[3]), 1e-5);
        }
    }

    [Fact]
    public async Task Files_of_several_labels_are_json_with_each_images_labels()
    {
        var data = TinyLabels.Write(folder);
        await notebook.RunAsync(
            $"tresnet-train {data} --loss bce --epochs 1 --batch-size 9 --lr 0.02 --run {Run} --input-size 32"
        );

        await notebook.RunAsync(
            $"tresnet-validate --run {Run} --results {folder}/r.json --predictions {folder}/p.json"
        );

        var evaluation = notebook.Get<EvaluationResult>("evaluation");
        using var results = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "r.json")));
        Assert.Equal(
            100 * evaluation.MeanAveragePrecision!.Value,
            results.RootElement.GetProperty("mAP").GetDouble(),
            1e-4
        );
        Assert.Equal(
            100 * evaluation.Report(most: 3).Micro.F1,
            results.RootElement.GetProperty("OF1_top3").GetDouble(),
            1e-4
        );
        using var images = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "p.json")));
        Assert.Equal(18, images.RootElement.GetArrayLength());
        var light = images.RootElement.EnumerateArray().First(each => $"{each.GetProperty("path")}".Contains("light"));
        Assert.Equal(["day", "grey"], light.GetProperty("truth").EnumerateArray().Select(each => $"{each}"));
        Assert.Equal(3, light.GetProperty("probabilities").EnumerateObject().Count());
    }

    [Fact]
    public async Task What_contradicts_a_run_or_cannot_be_written_is_refused_first()
    {
        WritePhotos("photos");
        WritePhotos("others", "day", "night");
        await notebook.RunAsync(
            $"tresnet-train --data {folder}/photos --run {Run} --epochs 1 --batch-size 8 --input-size 32"
        );
        foreach (
            var (options, sentence) in new[]
            {
                ("--model tresnet_l", "so --model has no place beside it"),
                ($"--data {folder}/others", "output 0 is for 'dark' there and 'day' here"),
                ("--in-chans 1", "--in-chans 1 contradicts the run"),
                ($"--results {folder}/r.txt", "r.txt says no format; end it in .csv or .json."),
                ($"--predictions {folder}/none/p.csv", "for --predictions does not exist"),
                ("--eval-metric top5", "is 100 % whatever a network says of the 2 classes"),
            }
        )
        {
            Assert.Contains(
                sentence,
                await notebook.RefusalOf($"tresnet-validate --run {Run} {options}"),
                StringComparison.Ordinal
            );
        }
    }

    private string Run => Path.Combine(folder, "run");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private void WritePhotos(string name, string dark = "dark", string light = "light")
    {
        foreach (var (part, count) in new[] { ("train", 16), ("val", 6) })
        {
            TinyPhotos.Write(Path.Combine(folder, name, part, dark), count, 40);
            TinyPhotos.Write(Path.Combine(folder, name, part, light), count, 200);
        }
    }
}
