using TResNet.Charts;
using TResNet.Interactive.Published;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Tests.Commands;

public sealed class PaperTests
{
    private static readonly PaperTable Small = Of(
        "small",
        ["model", "training images/s", "inference images/s", PaperTable.Top1],
        [("Nano", "tresnet_nano", 32, [100.0, 300.0, 60.0]), ("Narrow", "tresnet_nano", 16, [50.0, 150.0, 50.0])]
    );

    private readonly RecordingNotebook notebook = new();

    [Fact]
    public async Task Without_a_table_all_are_listed()
    {
        await notebook.RunAsync("tresnet-paper");

        var table = Table();
        Assert.Equal(Paper.Tables.Select(each => each.Name), table.Rows.Select(row => row[0].Text));
        Assert.Equal("7", table.Rows[0][3].Text);
    }

    [Fact]
    public async Task A_table_is_shown_as_published_with_its_source()
    {
        await notebook.RunAsync("tresnet-paper table1");

        var table = Table();
        Assert.Equal(
            ["model", "training images/s", "inference images/s", "top-1 (%)", "GFLOPs"],
            table.Columns.Select(column => column.Header)
        );
        Assert.Equal(["ResNet50", "805", "2,830", "79.0", "4.1"], table.Rows[0].Select(cell => cell.Text));
        Assert.Contains("As published: Nvidia V100", table.Note);
        Assert.Contains("README.md", table.Note);
        Assert.Same(Paper.Table("table1"), notebook.Get<PaperMeasurement>("paper").Table);
    }

    [Fact]
    public async Task Some_rows_of_a_table_are_a_table()
    {
        await notebook.RunAsync("tresnet-paper figure5 --rows TResNet-L@*,EfficientNet-B1@240");

        Assert.Equal(
            ["TResNet-L@224", "TResNet-L@448", "EfficientNet-B1@240"],
            Table().Rows.Select(row => row[0].Text)
        );
    }

    [Fact]
    public async Task Where_no_figures_were_found_none_are_shown()
    {
        await notebook.RunAsync("tresnet-paper table4");

        var view = Assert.IsType<View>(notebook.Displays[^1].Value);
        Assert.Empty(view.Parts.OfType<Table>());
        Assert.Contains("nothing is filled in", view.ToString());
    }

    [Fact]
    public void What_is_measured_stands_beside_what_was_published_and_is_kept()
    {
        var first = Work(Small, measure: true).Run(default);
        var view = PaperViews.Of(first);

        var table = view.Parts.OfType<Table>().Single();
        Assert.Equal(["training here", "inference here"], table.Columns.TakeLast(2).Select(column => column.Header));
        Assert.All(table.Rows, row => Assert.All(row.TakeLast(2), cell => Assert.True(cell.Number > 0)));
        Assert.Contains("batches of 2, cpu,", table.Note);
        Assert.Contains("float32", table.Note);
        Assert.Contains("Accuracies are the published ones", table.Note);
        Assert.Equal(2, view.Parts.OfType<Figure>().Count());
        Assert.Equal([2L, 3, 16, 16], first.Rows[1].Inference!.InputShape);
        Assert.Equal(4, notebook.Store.Load().Count);

        var shown = Work(Small, measure: false).Run(default);
        Assert.Equal(first.Rows[1].Training!.Date, shown.Rows[1].Training!.Date);
        var resumed = Work(Small, measure: true).Run(default);
        Assert.Equal(first.Rows[0].Inference!.Date, resumed.Rows[0].Inference!.Date);
        var anew = Work(Small, measure: true, again: true).Run(default);
        Assert.True(anew.Rows[0].Inference!.Date > first.Rows[0].Inference!.Date);
    }

    [Fact]
    public void Nothing_is_shown_as_measured_that_was_not()
    {
        var measurement = Work(Small, measure: false).Run(default);

        var view = PaperViews.Of(measurement);
        Assert.Equal(4, view.Parts.OfType<Table>().Single().Columns.Count);
        Assert.Empty(view.Parts.OfType<Figure>());
        var refused = Assert.Throws<TResNetException>(() => PaperChart.Accuracy(measurement, ThroughputMode.Inference));
        Assert.StartsWith("No inference speed of small was measured here", refused.Message);
    }

    [Fact]
    public void An_interrupt_keeps_the_groups_that_were_done()
    {
        using var stop = notebook.StopAt("tresnet_nano: inference");

        var measurement = Work(Small, measure: true).Run(stop.Token);

        Assert.True(measurement.Interrupted);
        Assert.All(measurement.Rows, row => Assert.NotNull(row.Training));
        Assert.Contains("Interrupted", PaperViews.Of(measurement).ToString());
        Assert.Equal(2, notebook.Store.Load().Count(result => result.Mode == ThroughputMode.Training));
    }

    [Fact]
    public void Every_row_that_names_a_network_names_one_that_takes_its_images()
    {
        var rows = Paper.Tables.SelectMany(table => table.Rows).Where(row => row.Network is not null).ToArray();

        Assert.True(rows.Length > 100);
        Assert.All(
            rows,
            row =>
                Building.Network.CheckInputSize(
                    Models.Describe(row.Network!).Info,
                    row.InputSize!.Value,
                    row.InputSize.Value
                )
        );
        Assert.Equal("efficientnet_b1", Paper.Table("table1").Rows[3].Network);
        Assert.Equal(368, Paper.Table("table6").Rows.Single(row => row[PaperTable.Top1] == 96.0).InputSize);
    }

    [Fact]
    public void A_number_is_found_by_row_and_column_and_a_wrong_name_lists_the_right_ones()
    {
        var table = Paper.Table("TABLE1");

        Assert.Equal(80.8, table["TResNet-M", PaperTable.Top1]);
        Assert.Contains("its rows are ResNet50", Refusal(() => table["TResNet-S", PaperTable.Top1]));
        Assert.Contains("the columns are model", Refusal(() => table["TResNet-M", "top-1"]));
        Assert.Contains("the tables are table1", Refusal(() => Paper.Table("table9")));

        static string Refusal(Func<object?> read) => Assert.Throws<TResNetException>(read).Message;
    }

    [Theory]
    [InlineData("tresnet-paper table9", "There is no table 'table9': the tables are table1")]
    [InlineData("tresnet-paper --measure", "--measure does nothing without a table")]
    [InlineData(
        "tresnet-paper figure5 --rows TResNet-M",
        "figure5 has no row 'TResNet-M': its rows are TResNet-M@224,"
    )]
    [InlineData("tresnet-paper table1 --again", "--again does nothing without --measure")]
    [InlineData("tresnet-paper table1 --rounds 3", "--rounds does nothing without --measure")]
    [InlineData("tresnet-paper ms-coco --measure", "ms-coco has no speed of a network that can be built here")]
    [InlineData("tresnet-paper figure4 --measure --mode train", "figure4 has no speeds of that mode")]
    [InlineData("tresnet-paper table1 --measure --batch-size 0", "The batch size is 0")]
    public async Task What_would_do_nothing_is_refused(string line, string says) =>
        Assert.StartsWith(says, await notebook.RefusalOf(line));

    private PaperWork Work(PaperTable table, bool measure, bool again = false) =>
        new(notebook, notebook.Measurements, table)
        {
            Ways =
            [
                .. table.Modes.Select(mode => new ThroughputOptions
                {
                    Mode = mode,
                    BatchSize = 2,
                    Rounds = 2,
                    RoundTime = TimeSpan.Zero,
                }),
            ],
            Device = "cpu",
            Measure = measure,
            Again = again,
        };

    private Table Table() => Assert.IsType<View>(notebook.Displays[^1].Value).Parts.OfType<Table>().Single();

    private static PaperTable Of(
        string name,
        string[] columns,
        (string Name, string Network, int Size, double[] Values)[] rows
    ) =>
        new()
        {
            Name = name,
            Title = "Networks that are quick to time",
            Source = "nowhere",
            Hardware = "a machine",
            Columns = columns,
            Rows =
            [
                .. rows.Select(row => new PaperRow(columns, [row.Name, .. row.Values.Select(value => (object?)value)])
                {
                    Network = row.Network,
                    InputSize = row.Size,
                }),
            ],
        };
}
