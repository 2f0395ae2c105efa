using System.Globalization;
using Microsoft.DotNet.Interactive.Formatting;
using Tests;
using TResNet.Interactive.Charts;
using TResNet.Interactive.Formatting;
using TResNet.Profiling;
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
    public void Time_is_drawn_over_multiply_adds_and_over_activations_with_their_correlation()
    {
        var figure = Plots.MultiplyAddsAgainstTime(Samples.Profile.Summaries, Samples.Profile.Throughputs);

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
        var curves = new ThroughputCurves
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

        Snapshot.Match(curves.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.BatchSizes(curves).ToSvg(), "svg", "chart");
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
