using System.Globalization;
using Microsoft.DotNet.Interactive.Formatting;
using Tests;
using TResNet.Interactive.Charts;
using TResNet.Interactive.Formatting;
using TResNet.Profiling;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Formatting;

public sealed class ViewTests
{
    public ViewTests() => Formatters.Register();

    [Fact]
    public void A_run_is_shown_as_a_chart_and_a_table_of_epochs()
    {
        Snapshot.Match(Run.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.Training(Run).ToSvg(), "svg", "chart");
    }

    [Fact]
    public void A_run_without_an_epoch_is_shown_too()
    {
        var run = Run with { Epochs = [], Steps = [.. Run.Steps.Take(3)], Interrupted = true };

        Assert.Contains("Interrupted after 3 steps", run.ToDisplayString("text/html"));
        Assert.DoesNotContain("NaN", run.ToDisplayString("text/html"));
    }

    [Fact]
    public void An_optimised_network_is_shown_as_what_it_is_made_of()
    {
        using var network = Models.Create("tresnet_nano", 10);
        using var images = TorchSharp.torch.zeros(2, 3, 32, 32);
        using var fast = Backend.Optimize(network, images);

        var text = fast.ToDisplayString("text/plain");

        Assert.StartsWith("tresnet_nano, optimised · Float32, ", text);
        Assert.Matches(@"\bblur +loop +3 ", text);
        Assert.Matches(@"\ball +[0-9]+ +[0-9.]+", text);
        Assert.Contains("<tfoot>", fast.ToDisplayString("text/html"));
    }

    [Fact]
    public void A_cell_that_ends_with_a_run_shows_the_finished_card()
    {
        var html = Run.ToDisplayString("text/html");

        Assert.Contains("<div class=\"tresnet-card\">", html);
        Assert.Contains("tresnet-finished\">finished</span>", html);
        Assert.Contains("<dt>best top-1</dt><dd>86.2%</dd>", html);
        Assert.Contains(Figure.PlotlyMimeType, html);
        Assert.Contains("\"displayModeBar\":false", html);
        Assert.Contains("<tr class=\"tresnet-emphasis\"><td class=\"tresnet-number\">3</td>", html);
    }

    [Fact]
    public void Epochs_are_a_table_also_without_their_run()
    {
        var one = Run.Best.ToDisplayString("text/plain");
        var all = Run.Epochs.ToDisplayString("text/plain");

        Assert.Equal(
            """
            epoch  training loss  held-out loss  top-1  images/s  data wait  time
            ─────  ─────────────  ─────────────  ─────  ────────  ─────────  ────
                3          0.880          0.430  86.2%       826          –  0:11
            """,
            one
        );
        Assert.Equal(5, all.Split('\n').Length);
        Assert.EndsWith("0:11  best", all);
    }

    [Fact]
    public void A_single_loss_that_is_far_off_is_cut_where_its_panel_ends()
    {
        var run = Run with { Steps = [.. Run.Steps.Select(s => s.Step == 200 ? s with { Loss = 9 } : s)] };
        var figure = Plots.Loss(run);

        Assert.Equal(2.5, figure.Layout.YAxis.Range![1]);
        Assert.Contains(9.0, figure.Data[0].Y!.Numbers!);
        Assert.DoesNotContain("overflow=\"visible\"", figure.ToSvg());
    }

    [Fact]
    public void The_card_of_an_interrupted_run_says_what_to_do_next()
    {
        var folder = Directory.CreateTempSubdirectory("tresnet").FullName;
        var run = Run with { Interrupted = true, Epochs = [.. Run.Epochs.Take(1)], StepsPerEpoch = 125 };

        var lost = run.ToDisplayString("text/plain");
        var kept = (run with { Folder = RunFolder.New(folder) }).ToDisplayString("text/plain");

        Directory.Delete(folder);
        Assert.Contains("tresnet-interrupted\">interrupted</span>", run.ToDisplayString("text/html"));
        Assert.EndsWith("Nothing is kept on the disk; a run with --run FOLDER can go on with --resume.", lost);
        Assert.EndsWith($"Kept in {folder}: go on with --run {folder} --resume.", kept);
    }

    [Fact]
    public void A_long_run_is_shown_in_a_short_table_and_a_bounded_card()
    {
        var run = Run with
        {
            Options = new TrainingOptions { Epochs = 300 },
            StepsPerEpoch = 125,
            Steps =
            [
                .. Enumerable.Range(1, 37_500).Select(i => new StepResult(i, (i - 1) / 125 + 1, 1 + 1.0 / i, 0.1)),
            ],
            Epochs =
            [
                .. Enumerable
                    .Range(1, 300)
                    .Select(i => new EpochResult(
                        i,
                        i * 125,
                        1,
                        1,
                        i == 287 ? 0.9 : 0.8,
                        790,
                        TimeSpan.FromSeconds(11)
                    )),
            ],
        };

        var table = Assert.Single(TrainingViews.Of(run).Parts.OfType<Table>());

        Assert.Equal(["1", "20", "40"], table.Rows.Take(3).Select(row => row[0].Text));
        Assert.Equal("287", table.Rows[table.Emphasis!.Value][0].Text);
        Assert.StartsWith("Every 20th of 300 epochs, the best and the last; run.Epochs has all.", table.Note);
        Assert.InRange(run.ToDisplayString("text/html").Length, 1, 300_000);
    }

    [Theory]
    [InlineData("loss", "Loss")]
    [InlineData("top-1", "Top-1 on held-out images")]
    [InlineData("learning rate", "Learning rate")]
    public void A_curve_of_a_run_can_stand_alone(string name, string title)
    {
        var figure = name switch
        {
            "loss" => Plots.Loss(Run),
            "top-1" => Plots.Accuracy(Run),
            _ => Plots.LearningRate(Run),
        };

        Assert.Equal(name == "loss" ? 3 : 1, figure.Data.Count);
        Assert.All(figure.Data, trace => Assert.Null(trace.XAxis));
        Assert.Null(figure.Layout.XAxis2);
        Assert.StartsWith(title, figure.Layout.Annotations![0].Text.Replace("<b>", ""), StringComparison.Ordinal);
        Assert.Equal(Run.Plot().Layout.Title!.Text, figure.Layout.Title!.Text);
        Assert.DoesNotContain("NaN", figure.ToSvg());
    }

    [Theory]
    [InlineData(7, "0:07")]
    [InlineData(3723, "1:02:03")]
    [InlineData(183_845, "51:04:05")]
    public void A_time_of_days_is_said_in_hours(int seconds, string said) =>
        Assert.Equal(said, Words.Clock(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_profile_is_shown_as_a_table_and_bars()
    {
        Snapshot.Match(Profile.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.Throughput(Profile.Throughputs).ToSvg(), "svg", "chart");
        Snapshot.Match(Plots.TradeOff(Profile.Summaries, Profile.Throughputs).ToSvg(), "svg", "tradeoff");
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
        var profile = Profile with { Layers = [LayersOf(ThroughputMode.Inference)] };

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
        var figure = Plots.MultiplyAddsAgainstTime(Profile.Summaries, Profile.Throughputs);

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

    [Fact]
    public void A_network_is_shown_as_a_tree_of_layers()
    {
        using var network = Models.Create("resnet18", 10);

        Snapshot.Match(network.ToDisplayString("text/plain"));
        Snapshot.Match(
            network
                .ToDisplayString("text/html")
                .Split("</style>")[1]
                .Replace("</div><div", "</div>\n<div")
                .Replace("</summary>", "</summary>\n")
                .Split("<svg")[0],
            "html",
            "html"
        );
    }

    [Fact]
    public void An_evaluation_is_shown_with_its_confusions()
    {
        var evaluation = new Evaluation
        {
            Data = "Fashion-MNIST (held out)",
            Classes = ["Shirt", "Coat & <hat>", "Bag"],
            Loss = 0.4321,
            Predictions =
            [
                .. Enumerable
                    .Range(0, 60)
                    .Select(i => new Prediction(
                        i,
                        i % 3,
                        i % 7 == 0 ? 0 : i % 3,
                        0.9,
                        Rank: i % 7 == 0 && i % 3 > 0 ? 2 : 1
                    )),
            ],
        };

        Snapshot.Match(evaluation.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.Confusion(evaluation).ToSvg(), "svg", "chart");
        Assert.DoesNotContain("<hat>", evaluation.ToDisplayString("text/html"));
    }

    [Fact]
    public void Top5_is_said_of_more_than_five_classes_and_mAP_where_an_image_may_have_several()
    {
        var evaluation = new Evaluation
        {
            Data = "pets",
            Classes = ["a", "b", "c", "d", "e", "f"],
            Loss = 0.5,
            Predictions = [new Prediction(0, 0, 0, 0.9, Rank: 1), new Prediction(1, 1, 0, 0.9, Rank: 6)],
        };
        var several = evaluation with
        {
            Precisions =
            [
                new("a", 1, 0.5),
                new("b", 1, 1),
                .. "cdef".Select(c => new ClassPrecision($"{c}", 0, double.NaN)),
            ],
        };

        Assert.StartsWith(
            "pets · top-1 50.0%, top-5 50.0% of 2 images, loss 0.500\n",
            evaluation.ToDisplayString("text/plain")
        );
        var shown = several.ToDisplayString("text/plain");
        Assert.StartsWith("pets · mAP 75.0%, top-1 50.0%, top-5 50.0% of 2 images, loss 0.500\n", shown);
        Assert.Contains("\na           1              50.0%\n", shown);
        Assert.EndsWith("\nf           0                  –", shown);
    }

    [Fact]
    public void A_figure_comes_as_plotly_svg_html_and_text()
    {
        var figure = Plots.Training(Run);

        Assert.StartsWith("{\"data\":", figure.ToDisplayString(Figure.PlotlyMimeType));
        Assert.StartsWith("<svg", figure.ToDisplayString("image/svg+xml"));
        Assert.Contains("<svg", figure.ToDisplayString("text/html"));
        Assert.Equal(
            "tresnet_nano on Fashion-MNIST (held out): top-1 86.2% · 3 of 3 epochs · 812 images/s",
            figure.ToDisplayString("text/plain")
        );
    }

    [Fact]
    public void A_table_is_aligned_text_and_escaped_html()
    {
        var table = new Table
        {
            Title = "Two rows",
            Columns = [new("name"), new("count", true)],
            Rows =
            [
                ["a <b>", "7"],
                ["longer", "1,234"],
            ],
            Footer = ["all", "1,241"],
            Note = "A note.",
        };

        Snapshot.Match(table.ToString());
        Assert.Contains("a &lt;b&gt;", table.ToHtml());
    }

    [Fact]
    public void Networks_are_listed_with_what_is_known_of_them()
    {
        IReadOnlyList<ModelInfo> infos = [.. Models.List("tresnet_m*"), .. Models.List("efficientnet_b?")];

        Snapshot.Match(infos.ToDisplayString("text/plain"));
        Snapshot.Match(
            infos.ToDisplayString("text/html").Split("</style>")[1].Replace("<tr>", "\n<tr>"),
            "html",
            "html"
        );
    }

    [Fact]
    public void A_table_keeps_what_a_narrow_terminal_has_room_for()
    {
        var table = new Table
        {
            Columns = [new("name"), new("family", Rank: 1), new("count", true), new("paper", Rank: 2)],
            Rows =
            [
                ["a", "letters", "7", "a long title"],
            ],
            Footer = ["all", "", "7", ""],
        };

        string[] Headers(int width) => [.. table.Within(width).Columns.Select(column => column.Header)];
        Assert.Equal(["name", "family", "count", "paper"], Headers(34));
        Assert.Equal(["name", "family", "count"], Headers(33));
        Assert.Equal(["name", "count"], Headers(19));
        Assert.Equal(["name", "count"], Headers(3));
        Assert.Equal(["a", "7"], table.Within(3).Rows[0].Select(cell => cell.Text));
        Assert.Equal(["all", "7"], table.Within(3).Footer!.Select(cell => cell.Text));
    }

    [Fact]
    public void Networks_are_compared_in_a_table_and_over_work_and_speed()
    {
        Snapshot.Match(Comparison.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.AccuracyAgainstWork(Comparison).ToSvg(), "svg", "work");
        Snapshot.Match(Plots.AccuracyAgainstSpeed(Comparison).ToSvg(), "svg", "speed");
        Snapshot.Match(
            System.Text.Json.Nodes.JsonNode.Parse(Plots.AccuracyAgainstSpeed(Comparison).ToJson())!.ToString(),
            "json",
            "speed"
        );
        Assert.Equal(4, Comparison.ToDisplayString("text/html").Split("<svg xmlns").Length - 1);
    }

    [Fact]
    public void A_comparison_without_published_accuracies_or_speeds_is_a_table_alone()
    {
        var bare = new Comparison
        {
            Networks =
            [
                .. Comparison.Networks.Select(each => each with { Top1 = null, Top1Source = null, Inference = null }),
            ],
        };

        var html = bare.ToDisplayString("text/html");
        Assert.DoesNotContain("<svg", html);
        Assert.Contains("None was measured on this machine", html);
    }

    private static Comparison Comparison { get; } =
        new()
        {
            Networks =
            [
                Compared("tresnet_m", "TResNet", 31_389_032, 5_734_965_248, 80.8, 24.3),
                Compared("tresnet_l", "TResNet", 55_989_256, 10_875_689_984, 81.5, 12.9),
                Compared("tresnet_xl", "TResNet", 78_436_244, 15_165_013_664, 82.0, null),
                Compared("resnet50", "ResNet", 25_557_032, 4_089_184_256, 79.0, 26.7),
                Compared("mobilenetv2_100", "MobileNetV2", 3_504_872, 300_774_272, 72.9, 101.2),
                Compared("mine (tresnet_nano)", "TResNet", 149_202, 5_140_000, null, 1234),
            ],
        };

    private static ComparedNetwork Compared(
        string name,
        string family,
        long parameters,
        long multiplyAdds,
        double? top1,
        double? rate
    ) =>
        new()
        {
            Name = name,
            Family = family,
            InputSize = 224,
            Parameters = parameters,
            MultiplyAdds = multiplyAdds,
            Activations = parameters / 3,
            Top1 = top1,
            Top1Source =
                top1 is null ? null
                : family == "TResNet" ? "official README, table 3"
                : "timm's results: a1_in1k",
            Inference = rate is { } value ? Result(name, ThroughputMode.Inference, value) : null,
        };

    private static TrainingRun Run { get; } =
        new()
        {
            Model = "tresnet_nano",
            TrainData = "Fashion-MNIST (train)",
            HeldOutData = "Fashion-MNIST (held out)",
            Options = new TrainingOptions { Epochs = 3 },
            Steps =
            [
                .. Enumerable
                    .Range(1, 375)
                    .Select(i => new StepResult(
                        i,
                        (i - 1) / 125 + 1,
                        0.8 + 1.5 * Math.Exp(-i / 90.0) + 0.05 * Math.Sin(i * 2.3),
                        0.1 * Math.Sin(Math.PI * i / 376)
                    )),
            ],
            Epochs =
            [
                new EpochResult(1, 125, 1.41, 0.73, 0.744, 790, TimeSpan.FromSeconds(11.2)),
                new EpochResult(2, 250, 1.02, 0.55, 0.813, 820, TimeSpan.FromSeconds(10.9)),
                new EpochResult(3, 375, 0.88, 0.43, 0.862, 826, TimeSpan.FromSeconds(10.8)),
            ],
            Interrupted = false,
            Duration = TimeSpan.FromSeconds(33),
            ImagesPerSecond = 812,
        };

    private static Profile Profile { get; } =
        new()
        {
            Summaries =
            [
                Summary("tresnet_m", 31_389_032, 5_734_965_248),
                Summary("tresnet_l", 55_989_256, 10_875_689_984),
                Summary("resnet50", 25_557_032, 4_089_184_256),
            ],
            Throughputs =
            [
                Result("tresnet_m", ThroughputMode.Training, 6.1),
                Result("tresnet_m", ThroughputMode.Inference, 24.3),
                Result("tresnet_l", ThroughputMode.Training, 3.4),
                Result("tresnet_l", ThroughputMode.Inference, 12.9),
                Result("resnet50", ThroughputMode.Training, 6.6),
                Result("resnet50", ThroughputMode.Inference, 26.7),
            ],
        };

    private static LayerProfile LayersOf(ThroughputMode mode)
    {
        var training = mode == ThroughputMode.Training;
        LayerTiming Layer(
            string name,
            LayerKind kind,
            int parent,
            double ms,
            double giga,
            double mega,
            long multiplyAdds = 0
        ) =>
            new()
            {
                Name = name,
                Type = $"{kind}",
                Kind = kind,
                Parent = parent,
                InputShape = [8, 64, 56, 56],
                OutputShape = [8, 64, 56, 56],
                Forward = ms / 1e3,
                Backward = training ? 2.2 * ms / 1e3 : 0,
                MultiplyAdds = multiplyAdds,
                ForwardWork = new Work(giga * 1e9, mega * 1e6),
                BackwardWork = training ? new Work(2 * giga * 1e9, 2 * mega * 1e6) : default,
                Start = 0,
                End = ms / 1e3,
            };
        return new LayerProfile
        {
            Model = "tresnet_m",
            InputShape = [8, 3, 224, 224],
            Options = new ThroughputOptions { Mode = mode, BatchSize = 8 },
            Layers =
            [
                Layer("", LayerKind.Other, -1, 0.2, 0, 0),
                Layer("body.s2d", LayerKind.Rearrangement, 0, 1.1, 0, 9.6),
                Layer("body.layer1.0", LayerKind.Sum, 0, 2.4, 0.003, 19),
                Layer("body.layer1.0.conv1.conv", LayerKind.Convolution, 2, 5.6, 1.85, 13, 924_844_032),
                Layer("body.layer1.0.conv1.bn", LayerKind.Normalization, 2, 1.9, 0.013, 19),
                Layer("body.layer1.0.conv2.aa", LayerKind.Blur, 2, 1.2, 0.007, 8),
                Layer("body.layer1.0.se", LayerKind.Attention, 2, 1.4, 0.004, 19, 65_536),
                Layer("head.fc", LayerKind.Linear, 0, 0.9, 0.033, 8.3, 16_384_000),
            ],
            Step = training ? new StepTiming(0.0152, 0.0004, 0.0331, 0.0018) : new StepTiming(0.0149, 0, 0, 0),
            Roof = new Roofline(
                new MachineCeiling
                {
                    Precision = Precision.Float32,
                    Device = "cpu",
                    Threads = 2,
                    MatrixProduct = 400,
                    Convolution = 380,
                },
                new MemoryBandwidth
                {
                    Device = "cpu",
                    Copy = 18,
                    Add = 20,
                }
            ),
        };
    }

    private static ModelSummary Summary(string model, long parameters, long multiplyAdds) =>
        new()
        {
            Model = model,
            InputShape = [3, 224, 224],
            Root = new LayerRow
            {
                Name = "",
                Type = "Network",
                OutputShape = [1000],
                OwnParameters = parameters,
                OwnMultiplyAdds = multiplyAdds,
                OwnActivations = 0,
                Children = [],
            },
        };

    private static ThroughputResult Result(string model, ThroughputMode mode, double rate) =>
        new()
        {
            Model = model,
            InputShape = [8, 3, 224, 224],
            Options = new ThroughputOptions
            {
                Mode = mode,
                BatchSize = 8,
                Rounds = 3,
            },
            Rounds = [rate, rate * 0.95, rate * 1.02],
            Device = "cpu",
            Threads = 2,
            DataType = "Float32",
            MemoryFormat = "channels last",
            Machine = "A machine, 2 cores, 16 GiB",
            Library = "libtorch 1.13.0",
            Date = new DateTimeOffset(2026, 11, 22, 5, 0, 0, TimeSpan.Zero),
            PeakMemory = 1_234_567_890,
        };
}
