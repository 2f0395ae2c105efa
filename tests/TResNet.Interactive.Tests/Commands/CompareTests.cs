using TResNet.Building;
using TResNet.Charts;
using TResNet.Compute;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Tests.Commands;

public sealed class CompareTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly RecordingNotebook notebook = new();

    [Fact]
    public async Task Names_come_with_commas_with_spaces_and_as_patterns_each_once()
    {
        await notebook.RunAsync("tresnet-compare --models tresnet_m,resnet50 mixnet_? RESNET18,resnet18");

        Assert.Equal(
            ["tresnet_m", "resnet50", "mixnet_s", "mixnet_m", "mixnet_l", "resnet18"],
            Compared().Select(network => network.Name)
        );
        var (m, info) = (Compared()[0], Models.Describe("tresnet_m").Info);
        Assert.Equal(
            (info.Parameters, info.MultiplyAdds, info.Activations),
            (m.Parameters, m.MultiplyAdds, m.Activations)
        );
        Assert.Equal((info.Top1, info.Top1Source), (m.Top1, m.Top1Source));
    }

    [Theory]
    [InlineData("tresnet_nano+attention=eca,tresnet_nano")]
    [InlineData("tresnet_nano + attention=eca tresnet_nano")]
    [InlineData("tresnet_nano+attention=eca+drop-rate=0,tresnet_nano+attention=se")]
    public async Task A_variant_is_compared_by_its_switches(string models)
    {
        await notebook.RunAsync($"tresnet-profile --model tresnet_nano+attention=eca --batch-size 2 --rounds 1");

        await notebook.RunAsync($"tresnet-compare --models {models}");

        Assert.Equal(["tresnet_nano + attention=eca", "tresnet_nano"], Compared().Select(network => network.Name));
        Assert.True(Compared()[0].Parameters < Compared()[1].Parameters);
        Assert.NotNull(Compared()[0].Inference);
    }

    [Fact]
    public async Task A_comma_may_stand_in_the_value_of_a_switch()
    {
        await notebook.RunAsync("tresnet-compare --models tresnet_nano+blocks=basic,basic,basic,basic,tresnet_nano");

        Assert.Equal(2, Compared().Count);
        Assert.Contains("basic", Compared()[0].Name);
    }

    [Fact]
    public async Task A_table_that_sorts_and_a_chart_are_shown()
    {
        await notebook.RunAsync("tresnet-compare --models tresnet_m,resnet50,tresnet_nano");

        Assert.True(Shown().Sortable);
        Assert.Contains("No top-1 is published for tresnet_nano.", Shown().Note);
        Assert.Contains("None was measured on this machine", Shown().Note);
        var chart = Assert.IsType<Figure>(notebook.Displays[1].Value);
        Assert.Contains("(1 has none)", chart.Layout.Title!.Subtitle!.Text);
        Assert.Equal(["resnet50", "tresnet_m"], chart.Data.OfType<Scatter>().SelectMany(t => t.Text!).Order());
        Assert.Equal(2, notebook.Displays.Count);
    }

    [Fact]
    public async Task Of_many_families_TResNet_is_drawn_upon_the_others_and_named()
    {
        await notebook.RunAsync("tresnet-compare --models *");

        var chart = Assert.IsType<Figure>(notebook.Displays[1].Value);
        var traces = chart.Data.OfType<Scatter>().ToArray();
        Assert.Equal(["other networks", "TResNet"], traces.Select(trace => trace.Name));
        Assert.DoesNotContain("", traces[1].Text!);
        Assert.Contains("", traces[0].Text!);
        Assert.EndsWith("all names: point at the discs", chart.Layout.Title!.Subtitle!.Text);
    }

    [Fact]
    public async Task What_the_profile_command_measured_is_shown_by_the_next_notebook()
    {
        await notebook.RunAsync("tresnet-profile --model tresnet_nano --batch-size 2 --rounds 2 --mode both");
        var measured = notebook.Get<ProfileResult>("profile").Throughputs;

        await notebook.RunAsync("tresnet-compare --models tresnet_nano,tresnet_m");

        Assert.Equal(measured[0].Median, Compared()[0].Training!.Median);
        Assert.Equal(measured[1].Median, Compared()[0].Inference!.Median);
        Assert.Null(Compared()[1].Inference);
        Assert.Contains("Not measured so on this machine: tresnet_m;", Shown().Note);
        Assert.Equal(2, new ThroughputStore(Path.GetDirectoryName(notebook.Store.Path)!).Load().Count);
    }

    [Fact]
    public async Task A_network_in_a_variable_is_counted_as_it_is_and_its_speed_lasts_as_long_as_it_does()
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --num-classes 4 --name mine");
        await notebook.RunAsync("tresnet-profile --model mine --batch-size 2 --rounds 2");

        await notebook.RunAsync("tresnet-compare --models mine,tresnet_nano");

        var mine = Compared()[0];
        Assert.Equal("mine (tresnet_nano)", mine.Name);
        Assert.Equal(notebook.Get<Network>("mine").parameters().Sum(p => p.numel()), mine.Parameters);
        Assert.NotNull(mine.Inference);
        Assert.Null(mine.Top1);
        Assert.Null(Compared()[1].Inference);
        Assert.Empty(notebook.Store.Load());
    }

    [Fact]
    public async Task Speeds_are_compared_only_where_they_were_measured_alike()
    {
        Keep("resnet18", batch: 8, rate: 20);
        Keep("resnet34", batch: 8, rate: 10);
        Keep("resnet18", batch: 16, rate: 22, date: Noon.AddDays(1));

        await notebook.RunAsync("tresnet-compare --models resnet18,resnet34");
        Assert.Equal([20.0, 10.0], Compared().Select(network => network.Inference?.Median));

        await notebook.RunAsync("tresnet-compare --models resnet18,resnet34 --batch-size 16");
        Assert.Equal([22.0, null], Compared().Select(network => network.Inference?.Median));

        await notebook.RunAsync("tresnet-compare --models resnet18,resnet34 --batch-size 32");
        Assert.Equal([null, null], Compared().Select(network => network.Inference?.Median));
        Assert.Contains("None was measured on this machine with batches of 32", Table(^1).Note);
    }

    [Fact]
    public async Task Other_machines_libraries_and_image_sizes_are_other_speeds()
    {
        Keep("resnet18", batch: 8, rate: 1, change: result => result with { Machine = "another" });
        Keep("resnet18", batch: 8, rate: 2, change: result => result with { Library = "libtorch 9.9.9" });
        Keep("resnet18", batch: 8, rate: 3, change: result => result with { InputShape = [8, 3, 128, 128] });

        await notebook.RunAsync("tresnet-compare --models resnet18");

        Assert.Null(Compared()[0].Inference);
    }

    [Fact]
    public async Task With_speeds_there_is_a_second_chart()
    {
        Keep("tresnet_m", batch: 8, rate: 20);
        Keep("resnet50", batch: 8, rate: 25);

        await notebook.RunAsync("tresnet-compare --models tresnet_m,resnet50,tresnet_l");

        var chart = Assert.IsType<Figure>(notebook.Displays[2].Value);
        Assert.Equal("Accuracy against speed", chart.Layout.Title!.Text);
        Assert.Equal(2, chart.Data.OfType<Scatter>().Sum(trace => trace.X!.Count));
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_costs_a_sentence_and_no_result()
    {
        // A file where the folder should be.
        File.WriteAllText(Path.GetDirectoryName(notebook.Store.Path)!, "");

        await notebook.RunAsync("tresnet-profile --model tresnet_nano --batch-size 2 --rounds 2");

        Assert.Single(notebook.Get<ProfileResult>("profile").Throughputs);
        Assert.StartsWith(
            "The compare command will not know these speeds: ",
            notebook.Displays.Select(shown => shown.Value).OfType<View>().Last().ToString()
        );
    }

    [Theory]
    [InlineData("tresnet-compare --models res", "resnet50")]
    [InlineData("tresnet-compare --models tresnet_m,res", "tresnet_m,resnet50")]
    [InlineData("tresnet-compare --models tresnet_m mi", "mine")]
    public async Task Names_are_completed_also_behind_a_comma(string line, string completion)
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --name mine");

        var completions = notebook.Commands.Parse(line).GetCompletions(line.Length);

        Assert.Contains(completion, completions.Select(item => item.Label));
    }

    private IReadOnlyList<ComparedNetwork> Compared() => notebook.Get<Comparison>("comparison").Networks;

    private Table Shown() => Table(^1);

    private Table Table(Index at) =>
        notebook
            .Displays.Select(shown => shown.Value)
            .OfType<View>()
            .SelectMany(v => v.Parts)
            .OfType<Table>()
            .ToArray()[at];

    private void Keep(
        string model,
        int batch,
        double rate,
        DateTimeOffset? date = null,
        Func<ThroughputResult, ThroughputResult>? change = null
    )
    {
        var result = new ThroughputResult
        {
            Model = model,
            InputShape = [batch, 3, 224, 224],
            Options = new ThroughputOptions { BatchSize = batch, Rounds = 1 },
            Rounds = [rate],
            Device = "cpu",
            Threads = 2,
            DataType = "Float32",
            MemoryFormat = "contiguous",
            Machine = Machine.Describe(),
            Library = TorchLibrary.Name,
            Date = date ?? Noon,
            PeakMemory = null,
        };
        notebook.Store.Save(change is null ? result : change(result));
    }
}
