using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>What is kept in a folder, listed and drawn.</summary>
public sealed class RunsCommandTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Runs_are_listed_newest_first_and_drawn_over_each_other()
    {
        await Train("first", epochs: 2);
        await Train(Path.Combine("deep", "second"), epochs: 1);
        File.SetLastWriteTimeUtc(State("first"), new DateTime(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc));
        var shown = notebook.Displays.Count;

        await notebook.RunAsync($"tresnet-runs {folder}");

        var table = Assert.IsType<Table>(Assert.Single(Assert.IsType<View>(notebook.Displays[shown].Value).Parts));
        Assert.Equal([Path.Combine("deep", "second"), "first"], table.Rows.Select(row => row[0].Text));
        Assert.Equal(["1 of 1", "2 of 2"], table.Rows.Select(row => row[3].Text));
        Assert.Equal(["finished", "finished"], table.Rows.Select(row => row[7].Text));
        Assert.StartsWith("2026-01-02", table.Rows[1][6].Text, StringComparison.Ordinal);
        Assert.True(table.Sortable);
        var runs = notebook.Get<IReadOnlyList<TrainingRun>>("runs");
        Assert.Equal(runs[1].Epochs.Max(epoch => epoch.Top1), table.Rows[1][4].Number);

        var curves = Assert.IsType<Figure>(notebook.Displays[shown + 1].Value).Data.Cast<Scatter>().ToArray();
        Assert.Equal(["deep/second", "first", "deep/second", "first"], curves.Select(c => c.Name!.Replace('\\', '/')));
        Assert.Equal(runs[1].Epochs.Select(epoch => epoch.Top1), curves[1].Y!.Numbers!);
        Assert.Equal(runs[1].Epochs.Select(epoch => epoch.TrainLoss), curves[3].Y!.Numbers!);
        Assert.Equal(curves[1].Line!.Color, curves[3].Line!.Color);
        Assert.NotEqual(curves[0].Line!.Color, curves[1].Line!.Color);
    }

    [Fact]
    public async Task A_kept_run_names_the_files_with_its_best_and_its_last_weights()
    {
        await Train("kept", epochs: 1);

        var run = notebook.Get<TrainingRun>("run");

        Assert.Equal(Path.Combine(folder, "kept", "best.safetensors"), run.BestCheckpoint);
        Assert.Equal(Path.Combine(folder, "kept", "last.safetensors"), run.LastCheckpoint);
        File.Delete(run.BestCheckpoint!);
        Assert.Null(run.BestCheckpoint);
        await notebook.RunAsync($"tresnet-runs {folder}");
        Assert.Equal(2, Assert.Single(notebook.Get<IReadOnlyList<TrainingRun>>("runs")).StepsPerEpoch);
    }

    [Fact]
    public async Task The_folder_of_a_run_is_a_list_of_one_and_a_damaged_run_is_a_sentence_below()
    {
        await Train("good", epochs: 1);
        Directory.CreateDirectory(Path.Combine(folder, "bad"));
        File.WriteAllText(Path.Combine(folder, "bad", "state-00000003.safetensors"), "torn");

        await notebook.RunAsync($"tresnet-runs {Path.Combine(folder, "good")}");
        var one = Assert.IsType<View>(notebook.Displays[^2].Value);
        await notebook.RunAsync($"tresnet-runs {folder}");
        var both = Assert.IsType<View>(notebook.Displays[^2].Value);

        Assert.Equal("good", Assert.Single(Assert.IsType<Table>(Assert.Single(one.Parts)).Rows)[0].Text);
        Assert.Single(Assert.IsType<Table>(both.Parts[0]).Rows);
        Assert.Contains("state-00000003.safetensors", Assert.IsType<string>(both.Parts[1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_has_no_epoch_yet_is_listed_without_a_chart()
    {
        TinyData.Write(folder, images: 64);
        using var stop = notebook.StopWhen(shown => shown is TrainingCard);
        var path = Path.Combine(folder, "kept");
        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 900 --batch-size 8 --run {path}", stop.Token);
        var shown = notebook.Displays.Count;

        await notebook.RunAsync($"tresnet-runs {folder}");

        var table = Assert.IsType<Table>(
            Assert.IsType<View>(Assert.Single(notebook.Displays.Skip(shown)).Value).Parts[0]
        );
        Assert.Equal(
            ("0 of 900", "–", "interrupted"),
            (table.Rows[0][3].Text, table.Rows[0][4].Text, table.Rows[0][7].Text)
        );
        Assert.StartsWith("Interrupted: stopped, or still going;", table.Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_kept_one_sentence_says_how_runs_are_made()
    {
        Assert.Equal(
            $"No runs are kept in {folder} or up to two levels below: the train command makes one with --run {Path.Combine(folder, "my-run")}.",
            await notebook.RefusalOf($"tresnet-runs {folder}")
        );
        Assert.Equal(
            "There is no folder nowhere: name one that runs are kept in.",
            await notebook.RefusalOf("tresnet-runs nowhere")
        );
    }

    private string State(string run) =>
        Directory.EnumerateFiles(Path.Combine(folder, run), "state-*").Order(StringComparer.Ordinal).Last();

    private async Task Train(string run, int epochs)
    {
        TinyData.Write(folder, images: 16);
        await notebook.RunAsync(
            $"tresnet-train --data {folder} --epochs {epochs} --batch-size 8 --run {Path.Combine(folder, run)}"
        );
    }
}
