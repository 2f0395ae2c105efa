using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Ablation;

namespace TResNet.Interactive.Tests.Commands;

public sealed class AblateTests
{
    private readonly RecordingNotebook notebook = new();

    [Fact]
    public async Task Refinements_are_added_one_by_one_with_the_difference_to_the_row_before()
    {
        await notebook.RunAsync("tresnet-ablate --model tresnet_nano --batch-size 2 --rounds 1");

        var result = notebook.Get<AblationResult>("ablation");
        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Equal(result.Rows.Select(row => row.Name), table.Rows.Select(row => row[0].Text));
        Assert.Null(table.Rows[0][1].Aside);
        Assert.All(table.Rows.Skip(1), row => Assert.Matches(@"^(=|[+−]?[0-9.]+%)$", row[1].Aside));
        Assert.Equal(
            ["refinement", "parameters", "multiply-adds", "inference", "training", "memory"],
            table.Columns.Select(c => c.Header)
        );
        Assert.Contains("the paper's own figures for single refinements are not shown", table.Note);
        var chart = Assert.IsType<Figure>(notebook.Displays[1].Value);
        Assert.Equal(2, chart.Data.OfType<Bar>().Count());
        Assert.Equal(6, chart.Data[0].Y!.Count);
    }

    [Fact]
    public async Task An_input_that_the_stem_cannot_divide_is_refused_in_the_name_that_was_given() =>
        Assert.Equal(
            "The input is 30x30 pixels, and tresnet_m takes sides that are multiples of 4: use 32.",
            await notebook.RefusalOf("tresnet-ablate --model tresnet_m --input-size 30")
        );

    [Fact]
    public async Task The_largest_batch_is_a_column_on_request()
    {
        var limit = MemoryRoom.Limit(120);

        await notebook.RunAsync(
            $"tresnet-ablate --model tresnet_nano+attention=none+norm=bn+downsampling=strided --batch-size 2 --rounds 1 --largest-batch --memory-limit {limit}MiB"
        );

        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Equal("largest batch", table.Columns[^1].Header);
        Assert.All(table.Rows, row => Assert.NotEqual("–", row[^1].Text));
        Assert.DoesNotContain("SE layers", table.Rows.Select(row => row[0].Text));
        Assert.Contains("stays within", table.Note);
    }
}
