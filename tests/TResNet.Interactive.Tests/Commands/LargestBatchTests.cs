using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Memory;

namespace TResNet.Interactive.Tests.Commands;

public sealed class LargestBatchTests
{
    private readonly RecordingNotebook notebook = new();

    [Fact]
    public async Task The_largest_training_batch_is_found_under_a_limit_and_drawn()
    {
        var limit = MemoryRoom.Limit(80);

        await notebook.RunAsync(
            $"tresnet-profile --model tresnet_nano --batch-size auto --memory-limit {limit}MiB --name found"
        );

        var found = Assert.Single(notebook.Get<IReadOnlyList<LargestBatchResult>>("found"));
        Assert.Equal(("tresnet_nano", limit << 20), (found.Model, found.MemoryLimit));
        Assert.True(found.BatchSize > 8);
        Assert.All(found.Trials.Where(trial => trial.Fits), trial => Assert.True(trial.PeakMemory <= limit << 20));
        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Equal($"{found.BatchSize}", table.Rows[0][2].Text);
        Assert.True(notebook.Displays[0].Updates >= found.Trials.Count);
        Assert.Equal("Memory of a training step", Assert.IsType<Figure>(notebook.Displays[1].Value).Layout.Title!.Text);
    }

    [Fact]
    public async Task What_was_found_is_shown_where_the_next_network_has_no_room()
    {
        var limit = MemoryRoom.Limit(64);

        var refusal = await notebook.RefusalOf(
            $"tresnet-profile --model tresnet_nano wide_resnet50_2 --batch-size auto --memory-limit {limit}MiB"
        );

        Assert.Contains("choose a higher one", refusal);
        Assert.Equal("tresnet_nano", Assert.Single(notebook.Get<IReadOnlyList<LargestBatchResult>>("profile")).Model);
        Assert.Equal("tresnet_nano", Assert.Single(Assert.IsType<Table>(notebook.Displays[0].Value).Rows)[0].Text);
    }

    [Fact]
    public async Task A_variable_with_switches_is_refused_and_a_network_with_them_is_searched()
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --name mine");
        Assert.Contains(
            "the variable mine holds one that is: name a listed network",
            await notebook.RefusalOf("tresnet-profile --model mine --batch-size auto --set attention=none")
        );
    }
}
