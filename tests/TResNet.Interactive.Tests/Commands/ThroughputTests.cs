using TorchSharp;
using TResNet.Building;
using TResNet.Charts;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Tests.Commands;

public sealed class ThroughputTests
{
    private const string Line = "tresnet-throughput --models tresnet_nano --batch-sizes 1,2 --rounds 2";
    private readonly RecordingNotebook notebook = new();

    [Fact]
    public async Task Curves_are_drawn_over_the_batch_size_with_a_table_below()
    {
        await notebook.RunAsync(
            "tresnet-throughput --models tresnet_nano,resnet18 --batch-sizes 2,1 --rounds 2 --input-size 32"
        );

        var curves = Curves();
        Assert.Equal(["tresnet_nano", "resnet18"], curves.Select(curve => curve.Model));
        Assert.All(curves, curve => Assert.Equal([1, 2], curve.Results.Select(result => result.BatchSize)));
        var chart = Assert.IsType<Figure>(notebook.Displays[0].Value);
        Assert.Equal(2, chart.Data.OfType<Scatter>().Count(trace => trace.ErrorY is not null));
        Assert.Equal(AxisType.Log, chart.Layout.XAxis!.Type);
        var table = Table();
        Assert.Equal(
            ["model", "1", "2", "best batch", "images/s", "range"],
            table.Columns.Select(column => column.Header)
        );
        Assert.DoesNotContain("--again measures anew", table.Note);
        Assert.Equal(2, notebook.Displays.Count);
        Assert.True(notebook.Displays[0].Updates >= 8);
    }

    [Fact]
    public async Task What_this_build_measured_here_is_read_the_second_time_and_again_measures_anew()
    {
        await notebook.RunAsync(Line);
        var first = Curves()[0].Results;
        Assert.All(first, result => Assert.Equal("channels last", result.MemoryFormat));

        await notebook.RunAsync(Line + " --name second");
        var second = notebook.Get<ThroughputCurves>("second").Curves[0];
        Assert.Equal(first.Select(result => result.Date), second.Results.Select(result => result.Date));
        Assert.Equal(2, second.Remembered.Count);
        Assert.Contains($"at {BuildVersion.Current}; --again measures anew.", Table().Note);
        Assert.Equal(0, notebook.Displays[^2].Updates);

        await notebook.RunAsync(Line + " --again --name third");
        var third = notebook.Get<ThroughputCurves>("third").Curves[0];
        Assert.Empty(third.Remembered);
        Assert.All(third.Results.Zip(first), pair => Assert.True(pair.First.Date > pair.Second.Date));
    }

    [Fact]
    public async Task An_optimised_network_is_a_curve_of_its_own_and_kept_as_one()
    {
        await notebook.RunAsync(Line);
        var plain = Curves()[0].Results;

        await notebook.RunAsync(Line + " --optimize");
        Assert.Equal(["tresnet_nano", "tresnet_nano, optimised"], Curves().Select(curve => curve.Model));
        Assert.Equal(plain.Select(result => result.Date), Curves()[0].Remembered.Select(result => result.Date));
        Assert.Empty(Curves()[1].Remembered);
        Assert.All(Curves()[1].Results, result => Assert.True(result.Options.Optimize));

        await notebook.RunAsync(Line + " --optimize --name second");
        var second = notebook.Get<ThroughputCurves>("second").Curves;
        Assert.Equal([2, 2], second.Select(curve => curve.Remembered.Count));
        Assert.Equal(["tresnet_nano", "tresnet_nano, optimised"], second.Select(curve => curve.Model));
        Assert.Equal(4, notebook.Store.Load().Count);

        // What a comparison shows is the network itself.
        await notebook.RunAsync("tresnet-compare --models tresnet_nano");
        Assert.False(notebook.Get<Comparison>("comparison").Networks[0].Inference!.Options.Optimize);
    }

    [Theory]
    [InlineData(" --rounds 3")]
    [InlineData(" --mode train --batch-sizes 2")]
    [InlineData(" --input-size 64")]
    [InlineData(" --precision bf16")]
    public async Task What_was_measured_otherwise_is_not_read(string otherwise)
    {
        await notebook.RunAsync(Line);
        await notebook.RunAsync(
            "tresnet-throughput --models tresnet_nano --batch-sizes 1,2 --rounds 2".Replace(
                otherwise.Contains("rounds") ? " --rounds 2"
                    : otherwise.Contains("batch") ? " --batch-sizes 1,2"
                    : "@",
                ""
            ) + otherwise
        );

        Assert.Empty(Curves()[0].Remembered);
    }

    [Fact]
    public async Task A_result_of_another_build_is_measured_anew()
    {
        await notebook.RunAsync(Line);
        foreach (var result in notebook.Store.Load())
        {
            notebook.Store.Save(result with { Version = "0.1.0+0000000" });
        }

        await notebook.RunAsync(Line);

        Assert.Empty(Curves()[0].Remembered);
    }

    [Fact]
    public async Task Other_machines_are_other_curves_from_the_store_and_from_files()
    {
        await notebook.RunAsync(Line);
        var own = Curves()[0].Results;
        notebook.Store.Save(own[0] with { Machine = "AMD EPYC 7B13, 64 cores, 256 GiB", Rounds = [900, 1000, 1100] });
        var elsewhere = new ThroughputStore(Directory.CreateTempSubdirectory("elsewhere").FullName);
        elsewhere.Save(
            own[1] with
            {
                Machine = "Intel(R) Core(TM) i7 CPU @ 2.60GHz, 4 cores, 16 GiB",
                Device = "cuda:0",
            }
        );
        elsewhere.Save(own[1] with { Machine = "the same", Model = "resnet18" });
        // A batch size that is not asked for, and this machine before an update.
        elsewhere.Save(
            own[1] with
            {
                Machine = "another, 4 cores, 16 GiB",
                Options = own[1].Options with { BatchSize = 64 },
                InputShape = [64, .. own[1].InputShape.Skip(1)],
            }
        );
        elsewhere.Save(own[1] with { Machine = $"{Machine.Hardware(own[1].Machine)}, Debian 11, .NET 9.0.1" });

        await notebook.RunAsync($"{Line} --results {elsewhere.Path}");

        Assert.Equal(
            ["", "AMD EPYC 7B13, 64 cores", "Intel Core i7, 4 cores (cuda:0)"],
            Curves().Select((curve, i) => i == 0 ? "" : Table().Rows[i][1].Text)
        );
        var chart = notebook.Displays.Select(shown => shown.Value).OfType<Figure>().Last();
        Assert.Single(chart.Data.OfType<Scatter>().Select(trace => trace.Line!.Color).Distinct());
        Assert.Equal(3, chart.Data.OfType<Scatter>().Select(trace => trace.Line!.Dash).Distinct().Count());
        Assert.Contains("Intel Core i7, 4 cores (cuda:0): read from a file", Table().Note);
        Directory.Delete(Path.GetDirectoryName(elsewhere.Path)!, recursive: true);
    }

    [Theory]
    [InlineData("tresnet_nano", "tresnet_nano")]
    [InlineData("mine", "mine (tresnet_nano)")]
    public async Task A_batch_known_to_have_no_room_is_not_looked_at_again(string name, string label)
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --name mine");
        var line = $"tresnet-throughput --models {name} --rounds 1 --batch-sizes";
        await notebook.RunAsync(line + " 1,2");
        var need = new BatchNeed
        {
            Model = label,
            InputShape = [3000, 3, 32, 32],
            Mode = ThroughputMode.Inference,
            Optimized = false,
            ComputeType = TResNet.Compute.ComputeType.Float32,
            Threads = torch.get_num_threads(),
            Machine = Machine.Describe(),
            Library = TorchLibrary.Name,
            Version = BuildVersion.Current,
            Bytes = 1L << 50,
        };
        notebook.Measurements.Keep(TResNet.Interactive.Commands.MeasuredNetwork.Of(notebook, name, null), need);

        await notebook.RunAsync(line + " 1,2,3000,4000");

        Assert.StartsWith("a batch of 3000 would take about", Curves()[0].Ended);
        Assert.Equal(2, Curves()[0].Remembered.Count);
        Assert.Equal(0, notebook.Displays[^2].Updates);
    }

    [Fact]
    public async Task Training_is_measured_without_batch_sizes_named()
    {
        await notebook.RunAsync("tresnet-throughput --models tresnet_nano --mode train --rounds 1");

        Assert.Equal([2, 4, 8, 16, 32], Curves()[0].Results.Select(result => result.BatchSize));
    }

    [Fact]
    public async Task Where_no_batch_has_room_the_table_says_it_and_the_command_fails()
    {
        var refusal = await notebook.RefusalOf("tresnet-throughput --models resnet18 --batch-sizes 50000,60000");

        Assert.Matches(
            @"^Nothing was measured: a batch of 50000 would take at least [\d.]+ GiB, and [\d.]+ GiB are there; choose smaller batches or smaller images\.$",
            refusal
        );
        Assert.Empty(Curves()[0].Results);
        Assert.Contains(
            "resnet18 ends there: a batch of 50000 would",
            Assert.IsType<Table>(Assert.Single(notebook.Displays).Value).Note
        );
    }

    [Fact]
    public async Task A_file_that_adds_no_curve_is_named()
    {
        await notebook.RunAsync(Line);
        var elsewhere = new ThroughputStore(Directory.CreateTempSubdirectory("elsewhere").FullName);
        elsewhere.Save(Curves()[0].Results[0] with { Machine = "another machine", Model = "resnet18" });

        await notebook.RunAsync($"{Line} --results {elsewhere.Path}");

        Assert.Single(Curves());
        var parts = notebook.Displays.Select(shown => shown.Value).OfType<View>().Last().Parts;
        Assert.StartsWith($"--results {elsewhere.Path} adds no curve", Assert.IsType<string>(parts[^1]));
        Directory.Delete(Path.GetDirectoryName(elsewhere.Path)!, recursive: true);
    }

    [Fact]
    public async Task A_network_in_a_variable_is_measured_as_it_is_and_kept_for_this_session_alone()
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --num-classes 4 --in-chans 1 --name mine");

        await notebook.RunAsync("tresnet-throughput --models mine --batch-sizes 1,2 --rounds 2");
        await notebook.RunAsync("tresnet-throughput --models mine --batch-sizes 1,2 --rounds 2");

        Assert.Equal("mine (tresnet_nano)", Curves()[0].Model);
        Assert.Equal([1L, 1, 32, 32], Curves()[0].Results[0].InputShape);
        Assert.Equal(2, Curves()[0].Remembered.Count);
        Assert.Empty(notebook.Store.Load());
        Assert.False(notebook.Get<Network>("mine").parameters().First().IsInvalid);
    }

    [Fact]
    public async Task An_interrupt_shows_what_was_measured_until_then()
    {
        using var stop = notebook.StopAt("tresnet_nano: batch of 1 (1 of 1), round 1 of");
        await notebook.RunAsync(
            "tresnet-throughput --models tresnet_nano,resnet18 --batch-sizes 1 --rounds 1000 --budget 600 --input-size 32",
            stop.Token
        );

        Assert.True(notebook.Get<ThroughputCurves>("throughput").Interrupted);
        // Both warm up, and the first has a round.
        Assert.Equal("tresnet_nano", Assert.Single(Curves()).Model);
        Assert.StartsWith("Interrupted: what was measured until then.", Table().Note);
        Assert.Empty(notebook.Store.Load());
    }

    [Fact]
    public void Sizes_networks_and_precisions_are_completed()
    {
        Assert.Contains("resnet50", Completions("tresnet-throughput --models tresnet_m,res")[0]);
        Assert.Equal(["bf16", "float32", "fp16"], Completions("tresnet-throughput --precision ").Order());

        string[] Completions(string line) =>
            [
                .. notebook
                    .Commands.Parse(line)
                    .GetCompletions(line.Length)
                    .Select(item => item.Label)
                    .Where(l => line.EndsWith(' ') ? !l.StartsWith('-') : l == "tresnet_m,resnet50"),
            ];
    }

    private IReadOnlyList<ThroughputCurve> Curves() => notebook.Get<ThroughputCurves>("throughput").Curves;

    private Table Table() =>
        notebook
            .Displays.Select(shown => shown.Value)
            .OfType<View>()
            .SelectMany(view => view.Parts)
            .OfType<Table>()
            .Last();
}
