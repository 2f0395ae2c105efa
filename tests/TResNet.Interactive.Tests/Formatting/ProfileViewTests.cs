using Microsoft.DotNet.Interactive.Formatting;
using Tests;
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Compute;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using static TResNet.Interactive.Tests.Formatting.Samples;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>Measurements, as they are shown.</summary>
public sealed class ProfileViewTests
{
    public ProfileViewTests() => Formatters.Register();

    [Fact]
    public void A_profile_is_shown_as_a_table_and_bars()
    {
        Snapshot.Match(Samples.Profile.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.Throughput(Samples.Profile.Throughputs).ToSvg(), "svg", "chart");
        Snapshot.Match(
            Plots.TradeOff(Samples.Profile.Summaries, Samples.Profile.Throughputs).ToSvg(),
            "svg",
            "tradeoff"
        );
    }

    [Fact]
    public void Where_time_goes_is_shown_by_kind_by_layer_and_under_the_roof()
    {
        Snapshot.Match(LayersOf(ThroughputMode.Training).ToDisplayString("text/plain"));
        Snapshot.Match(Plots.Roofline(LayersOf(ThroughputMode.Training)).ToSvg(), "svg", "roofline");
        Snapshot.Match(LayersOf(ThroughputMode.Inference).ToDisplayString("text/plain"), suffix: "inference");
    }

    [Fact]
    public void A_profile_with_layers_says_what_share_of_the_ceiling_is_reached()
    {
        var profile = Samples.Profile with { Layers = [LayersOf(ThroughputMode.Inference)] };

        var text = profile.ToDisplayString("text/plain");

        // 24.3 images/s of 5.73 G multiply-adds, two operations each, of 400 GFLOP/s; three times as many in training.
        Assert.Contains("69.7%", text);
        Assert.Contains("52.5%", text);
        Assert.Contains("of the 400 GFLOP/s that this machine's best", text);
        Assert.Contains("where the time goes", text);
    }

    [Fact]
    public void Up_to_four_networks_are_shown_layer_by_layer_in_both_modes_and_of_more_it_is_said()
    {
        static ProfileResult Of(int networks)
        {
            string[] names = [.. Enumerable.Range(1, networks).Select(i => $"network{i}")];
            ThroughputMode[] modes = [ThroughputMode.Training, ThroughputMode.Inference];
            return new ProfileResult
            {
                Summaries = [.. names.Select((name, i) => Summary(name, 1_000_000 * (i + 1), 1_000_000_000))],
                Throughputs = [.. names.SelectMany(name => modes.Select(mode => Result(name, mode, 10)))],
                Layers = [.. names.SelectMany(name => modes.Select(mode => LayersOf(mode) with { Model = name }))],
            };
        }

        Assert.Equal(8, ProfileViews.LayersShown(Of(4)).Count);
        Assert.DoesNotContain("add --layers", ProfileViews.Comparison(Of(4)).Note);
        Assert.Empty(ProfileViews.LayersShown(Of(5)));
        Assert.Contains("shown of up to 4 networks: name fewer, or add --layers", ProfileViews.Comparison(Of(5)).Note);
    }

    [Fact]
    public void A_network_that_was_measured_twice_has_a_speed_up_for_each()
    {
        ThroughputResult Of(double rate, bool optimised)
        {
            var result = Result("tresnet_m", ThroughputMode.Inference, rate);
            return result with { Options = result.Options with { Optimize = optimised } };
        }

        var table = ProfileViews.Comparison(
            new ProfileResult
            {
                Summaries = [],
                Throughputs = [Of(10, false), Of(20, false)],
                Optimized = [Of(15, true), Of(40, true)],
            }
        );

        Assert.Equal(["", "1.50 ×", "", "2.00 ×"], table.Rows.Select(row => row[2].Text));
    }

    [Fact]
    public void Rounds_that_differ_by_more_than_two_times_are_commented()
    {
        var calm = Samples.Profile.Throughputs[0] with { Rounds = [10, 5, 9] };
        var busy = Samples.Profile.Throughputs[1] with { Rounds = [24, 5.3, 200] };
        var profile = new ProfileResult { Summaries = [], Throughputs = [calm, busy] };

        Assert.EndsWith(
            "\nThe machine was busy: the rounds of tresnet_m (inference) differ by more than two times; measure again.",
            ProfileViews.Comparison(profile).Note
        );
        Assert.DoesNotContain("busy", ProfileViews.Comparison(profile with { Throughputs = [calm] }).Note);
    }

    [Fact]
    public void An_ablation_shows_differences_below_the_values_and_great_ones_in_times()
    {
        AblationRow Row(string name, double rate, long memory, int batch) =>
            new(
                name,
                Models.TResNetM(),
                Summary(name, 25_600_000, 4_100_000_000),
                Result(name, ThroughputMode.Inference, 4 * rate),
                Result(name, ThroughputMode.Training, rate),
                memory,
                null
            );
        var table = AblationViews.Table(
            new AblationResult("tresnet_m", [Row("base", 2, 1 << 30, 8), Row("stem", 2.5, 145L << 30, 8)], false)
        );

        Assert.Equal([null, "=", "=", "+25.0%", "+25.0%", "145 ×"], table.Rows[1].Select(cell => cell.Aside));
        Assert.Equal("10.0 (+25.0%)", table.Within(200).Rows[1][3].Text);
        Assert.Contains("10.0<div class=\"tresnet-aside\">+25.0%</div></td>", table.ToHtml());
    }

    [Fact]
    public void A_search_that_reached_its_end_says_where_that_is()
    {
        LargestBatchResult Found(bool most) =>
            new()
            {
                Model = "tresnet_nano",
                ImageShape = [3, 32, 32],
                BatchSize = 4096,
                Trials = [new BatchTrial(4096, true, 1L << 30)],
                MemoryLimit = 8L << 30,
                ComputeType = ComputeType.Float32,
                Device = "cpu",
                ReachedMost = most,
            };

        Assert.Contains("The search ends at a batch of 4,096: ", LargestBatchViews.Table([Found(true)]).Note);
        Assert.DoesNotContain("ends at", LargestBatchViews.Table([Found(false)]).Note);
    }

    [Fact]
    public void Layers_that_do_not_add_up_to_the_pass_are_said_to_be_noise()
    {
        var quiet = LayersOf(ThroughputMode.Inference);
        var busy = quiet with { Step = new StepTiming(0.005, 0, 0, 0) };

        Assert.DoesNotContain("busy", quiet.ToDisplayString("text/plain"));
        Assert.Contains("The machine was busy: layers timed one by one", busy.ToDisplayString("text/plain"));
        Assert.Null(Noise.OfParts(busy with { Shortened = true }));
    }

    [Fact]
    public void Time_is_drawn_over_multiply_adds_and_over_activations_with_their_correlation()
    {
        var figure = Plots.AgainstTime(Samples.Profile);

        Snapshot.Match(figure.ToSvg(), "svg", "work");
        Assert.Equal("Multiply-adds against time: correlation 0.97", figure.Layout.Title!.Text);
        Assert.Contains("Pearson's r of the logarithms over 3 networks; training", figure.Layout.Title.Subtitle!.Text);
    }

    [Fact]
    public void A_power_law_correlates_fully_and_a_constant_not_at_all()
    {
        Assert.Equal(1, CorrelationChart.Correlation([1, 10, 100], [2, 4, 8]), 1e-12);
        Assert.Equal(-1, CorrelationChart.Correlation([1, 10, 100], [8, 4, 2]), 1e-12);
        Assert.Equal(0, CorrelationChart.Correlation([1, 10, 100], [2, 4, 2]), 1e-12);
        Assert.True(double.IsNaN(CorrelationChart.Correlation([1, 10, 100], [3, 3, 3])));
    }

    [Fact]
    public void Throughput_over_the_batch_size_is_a_curve_for_each_network_and_machine()
    {
        var curves = Curves;

        Snapshot.Match(curves.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.BatchSizes(curves).ToSvg(), "svg", "chart");
    }

    [Fact]
    public void Curves_of_machines_that_differ_in_little_are_told_apart_and_their_legend_has_room()
    {
        var here = Curves.Curves.Take(2).ToArray();
        var curves = new ThroughputCurves
        {
            Curves =
            [
                .. new[] { "Linux 6.1", "Linux 6.2", "Linux 6.3" }.SelectMany(system =>
                    here.Select(curve => curve with { Machine = $"AMD EPYC, 2 cores, 24 GiB, {system}" })
                ),
            ],
        };

        var figure = Plots.BatchSizes(curves);
        Snapshot.Match(figure.ToSvg(), "svg");
        Assert.Equal(6, figure.Data.Select(trace => trace.Name).Distinct().Count());
        Assert.Equal(
            [null, Dash.Dash, Dash.Dot],
            figure.Data.OfType<Scatter>().Select(trace => trace.Line!.Dash).Distinct()
        );
        Assert.Equal(40, figure.Layout.Margin!.T - Plots.BatchSizes(curves with { Curves = here }).Layout.Margin!.T);
        Assert.Equal(
            ["AMD EPYC, 2 cores, Linux 6.1", "AMD EPYC, 2 cores, Linux 6.2", "AMD EPYC, 2 cores, Linux 6.3"],
            ThroughputViews.Table(curves).Rows.Select(row => row[1].Text).Distinct()
        );
    }

    [Fact]
    public void A_narrow_terminal_keeps_the_first_the_best_and_the_last_batch()
    {
        var table = ThroughputViews.Table(Curves with { Curves = [Curves.Curves[0]] });
        string[] Headers(int width) => [.. table.Within(width).Columns.Select(column => column.Header)];

        Assert.Equal(["model", "1", "4", "16", "64", "best batch", "images/s", "range"], Headers(66));
        Assert.Equal(["model", "1", "16", "64", "best batch", "images/s", "range"], Headers(65));
        Assert.Equal(["model", "best batch", "images/s", "range"], Headers(42));
    }

    private static ThroughputCurves Curves { get; } = MakeCurves();

    private static ThroughputCurves MakeCurves()
    {
        ThroughputResult At(string model, int batch, double rate, string machine) =>
            Result(model, ThroughputMode.Inference, rate) with
            {
                InputShape = [batch, 3, 224, 224],
                Options = new ThroughputOptions { BatchSize = batch, Rounds = 3 },
                Machine = machine,
                Version = "0.1.0+1df2482",
                Date = new DateTimeOffset(
                    2026,
                    11,
                    22,
                    12,
                    0,
                    0,
                    TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 11, 22))
                ),
            };
        ThroughputCurve Curve(string model, string machine, params double[] rates) =>
            new()
            {
                Model = model,
                Machine = machine,
                Results = [.. rates.Select((rate, i) => At(model, 1 << (2 * i), rate, machine))],
            };
        var here = Curve("tresnet_m", "AMD EPYC, 2 cores, 24 GiB", 12.1, 22.4, 24.9, 24.1);
        return new ThroughputCurves
        {
            Curves =
            [
                here with
                {
                    Remembered = [here.Results[0]],
                },
                Curve("resnet50", "AMD EPYC, 2 cores, 24 GiB", 17, 27.1) with
                {
                    Ended = "a batch of 16 would take about 30.1 GiB, and 20.0 GiB are there",
                },
                Curve("tresnet_m", "Intel(R) Xeon(R) CPU @ 2.20GHz, 8 cores, 64 GiB", 31, 55.5, 70, 78.2),
            ],
        };
    }

    [Fact]
    public void Variants_are_told_apart_in_charts()
    {
        string[] names =
        [
            "tresnet_m",
            "tresnet_m + attention=eca",
            "tresnet_m + attention=none",
            "tresnet_m + stem=7x7 + downsampling=average + norm=evonorm-s0 + attention=ceca + shortcut=projection",
        ];
        ThroughputResult[] results =
        [
            .. names.Select((name, i) => Result(name, ThroughputMode.Inference, 20 + 1.5 * i)),
        ];
        ModelSummary[] summaries =
        [
            .. names.Select((name, i) => Summary(name, 31_000_000, i == 3 ? 4_900_000_000 : 5_734_965_248 - i)),
        ];

        Snapshot.Match(Plots.Throughput(results).ToSvg(), "svg", "chart");
        Snapshot.Match(Plots.TradeOff(summaries, results).ToSvg(), "svg", "tradeoff");
        Assert.Contains("3 of 3 epochs", Plots.Training(Run with { Model = names[3] }).ToSvg());
        Assert.Contains("norm=evonorm-s0", Plots.Training(Run with { Model = names[3] }).ToSvg());
    }
}
