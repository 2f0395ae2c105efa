using Microsoft.DotNet.Interactive.Formatting;
using Tests;
using TResNet.Architectures;
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Graphs;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Tables;
using static TResNet.Interactive.Tests.Formatting.Samples;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>Networks, their comparison, and the tables and figures that everything is shown as.</summary>
public sealed class NetworkViewTests
{
    public NetworkViewTests() => Formatters.Register();

    [Fact]
    public void An_optimised_network_is_shown_as_what_it_is_made_of()
    {
        using var network = Models.Create("tresnet_nano", 10);
        using var images = TorchSharp.torch.zeros(2, 3, 32, 32);
        using var fast = network.Optimize(images);

        var text = fast.ToDisplayString("text/plain");

        Assert.StartsWith("tresnet_nano, optimised · float32, channels ", text);
        Assert.Matches(@"\bblur +loop +3 ", text);
        Assert.Matches(@"\ball +[0-9]+ +[0-9.]+", text);
        Assert.Contains("<tfoot>", fast.ToDisplayString("text/html"));
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
                .Split("<img")[0],
            "html",
            "html"
        );
    }

    [Fact]
    public void A_figure_comes_as_plotly_svg_html_and_text()
    {
        var figure = Plots.Training(Run);

        Assert.StartsWith("{\"data\":", figure.ToDisplayString(Figure.PlotlyMimeType));
        Assert.StartsWith("<svg", figure.ToDisplayString("image/svg+xml"));
        Assert.Contains(figure.ToSvg(), Pictures.Inlined(figure.ToDisplayString("text/html")));
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
    public void A_narrow_terminal_cuts_long_texts_and_never_numbers()
    {
        var table = new Table
        {
            Columns = [new("model"), new("machine"), new("images/s", true), new("range", true), new("memory", true, 1)],
            Rows =
            [
                ["tresnet_nano + attention=eca + norm=bn", "Intel Xeon, 2 cores", "6.1", "1,371–24,100", "1.1 GiB"],
                ["resnet50", "here", "12,345", "6.0–6.2", "1.1 GiB"],
            ],
        };

        string[] Lines(int width) => table.Within(width).ToString().Split("\n\n")[0].Split('\n');
        Assert.Equal(table.ToString(), table.Within(92).ToString());
        Assert.All(Lines(78), line => Assert.InRange(line.Length, 0, 78));
        Assert.All(Lines(48), line => Assert.InRange(line.Length, 0, 48));
        Assert.Contains("memory", Lines(86)[0]);
        Assert.DoesNotContain("memory", Lines(78)[0]);
        Assert.Equal("Left out for want of room: memory; a wider terminal shows more.", table.Within(78).Note);
        Assert.Equal(
            "Below.\nLeft out for want of room: memory; a wider terminal shows more.",
            (table with { Note = "Below." }).Within(78).Note
        );
        Assert.Null(table.Within(92).Note);
        Assert.StartsWith("tresnet_nan…ca + norm=bn  Intel Xeon, 2 cores       6.1  1,371–24,100", Lines(69)[2]);
        Assert.Contains("  12,345       6.0–6.2", Lines(1)[3]);
    }

    [Fact]
    public void A_narrow_terminal_breaks_sentences_and_never_cuts_them()
    {
        const string reason = "408 steps in all, about 9:50 on this machine without evaluation";
        var table = new Table
        {
            Columns = [new("option"), new("value"), new("why", Prose: true)],
            Rows =
            [
                ["--epochs", "68", reason],
            ],
        };

        var lines = table.Within(50).Rows[0][2].Text.Split('\n');
        Assert.True(lines.Length > 1);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 50 - "--epochs  value  ".Length));
        Assert.Equal(reason, string.Join(' ', lines));
        Assert.Equal(reason, table.Within(100).Rows[0][2].Text);
    }

    [Fact]
    public void A_column_may_stand_below_the_first_in_HTML_and_beside_it_in_text()
    {
        var table = new Table
        {
            Columns = [new("layer", Breaks: true), new("kind", Below: true), new("ms", true)],
            Rows =
            [
                ["body.conv1", "convolution", "1.5"],
            ],
            Footer = ["all", "", "1.5"],
        };

        Assert.Contains("body.<wbr>conv1<div class=\"tresnet-aside\">convolution</div></td>", table.ToHtml());
        Assert.DoesNotContain(">kind</th>", table.ToHtml());
        Assert.Contains("body.conv1  convolution  1.5", table.ToString());
    }

    [Fact]
    public void Networks_are_compared_in_a_table_and_over_work_and_speed()
    {
        Snapshot.Match(Samples.Comparison.ToDisplayString("text/plain"));
        Snapshot.Match(Plots.AccuracyAgainstWork(Samples.Comparison).ToSvg(), "svg", "work");
        Snapshot.Match(Plots.AccuracyAgainstSpeed(Samples.Comparison).ToSvg(), "svg", "speed");
        Snapshot.Match(
            System.Text.Json.Nodes.JsonNode.Parse(Plots.AccuracyAgainstSpeed(Samples.Comparison).ToJson())!.ToString(),
            "json",
            "speed"
        );
        Assert.Equal(4, Pictures.Count(Samples.Comparison.ToDisplayString("text/html")));
    }

    [Fact]
    public void A_comparison_without_published_accuracies_or_speeds_is_a_table_alone()
    {
        var bare = new Comparison
        {
            Networks =
            [
                .. Samples.Comparison.Networks.Select(each =>
                    each with
                    {
                        Top1 = null,
                        Top1Source = null,
                        Inference = null,
                    }
                ),
            ],
        };

        var html = bare.ToDisplayString("text/html");
        Assert.Equal(0, Pictures.Count(html));
        Assert.Contains("None was measured on this machine", html);
    }
}
