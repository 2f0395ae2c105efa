using System.Text;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>The metric that decides which epoch of a training is best, and where it stands.</summary>
public sealed class EvalMetricTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("metric").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("", EvalMetric.MeanAveragePrecision, "mAP", "mAP")]
    [InlineData("--eval-metric macro_f1", EvalMetric.MacroF1, "macro F1", "macro_f1")]
    public async Task Of_several_labels_the_metric_stands_in_card_table_logs_and_weights(
        string option,
        EvalMetric metric,
        string name,
        string column
    )
    {
        await notebook.RunAsync(
            $"tresnet-train {TinyLabels.Write(folder)} --loss asymmetric --epochs 3 --batch-size 9 --lr 0.02 --run {Run} {option}"
        );

        var run = notebook.Get<TrainingRun>("run");
        Assert.Equal(metric, run.EvalMetric);
        Assert.All(run.Epochs, epoch => Assert.InRange(epoch.Score!.Value, 0, 1));
        Assert.Equal(run.Epochs.Max(epoch => epoch.Value), run.Best!.Value);
        Assert.Equal(run.Epochs, run.Folder!.Describe().Epochs);
        var card = notebook.Displays.Select(each => each.Value).OfType<TrainingCard>().Last();
        Assert.Equal($"best {name}", card.Numbers[0].Name);
        Assert.Contains(name, card.Parts.OfType<Table>().First().Columns.Select(each => each.Header));
        Assert.Contains($"best {name} ", card.Subtitle, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(Path.Combine(Run, "log.csv"));
        var place = Array.IndexOf(lines[0].Split(','), column);
        Assert.Equal(
            run.Epochs.Select(epoch => epoch.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
            lines.Skip(1).Select(line => line.Split(',')[place])
        );
        var events = await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Run, "events.*")));
        Assert.Contains($"metric/{column}", Encoding.Latin1.GetString(events), StringComparison.Ordinal);

        await notebook.RunAsync($"tresnet-runs {Run}");
        var table = notebook.Displays.Select(each => each.Value).OfType<View>().Last().Parts.OfType<Table>().Single();
        Assert.Contains($"best {name}", table.Columns.Select(each => each.Header));
    }

    [Fact]
    public async Task Metrics_that_say_nothing_of_the_images_are_refused_before_the_first_step()
    {
        var data = TinyLabels.Write(folder);
        foreach (
            var (options, sentence) in new[]
            {
                ("balanced-accuracy", "is for images of one class"),
                ("top5", "The metric top5 is 100 % whatever a network says of the 3 classes"),
                ("accuracy", "--eval-metric accuracy is no metric: take top1, top5, loss, mAP"),
            }
        )
        {
            Assert.Contains(
                sentence,
                await notebook.RefusalOf($"tresnet-train {data} --loss bce --epochs 1 --eval-metric {options}"),
                StringComparison.Ordinal
            );
        }
    }

    private string Run => Path.Combine(folder, "run");
}
