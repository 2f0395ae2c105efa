using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Charts.Tests;

public sealed class ChartTests
{
    [Fact]
    public void The_palette_has_a_contrast_of_three_on_white_and_on_dark_grey()
    {
        foreach (var color in Palette.Series.Append(Palette.Text))
        {
            Assert.True(Contrast(color, "#ffffff") >= 3, $"{color} on white: {Contrast(color, "#ffffff"):F2}");
            Assert.True(Contrast(color, "#16191f") >= 3, $"{color} on dark grey: {Contrast(color, "#16191f"):F2}");
        }
    }

    [Theory]
    [InlineData(0.0, 1.0, 5, 0.2)]
    [InlineData(0.0, 97.0, 5, 20)]
    [InlineData(0.0, 1200.0, 4, 500)]
    [InlineData(0.0, 0.003, 3, 0.001)]
    public void Ticks_are_round_numbers(double low, double high, int count, double step) =>
        Assert.Equal(step, Scale.NiceStep((high - low) / count), 12);

    [Theory]
    [InlineData(0.853, ".1%", "85.3%")]
    [InlineData(1234567, ",d", "1,234,567")]
    [InlineData(5.7e9, ".2~s", "5.7G")]
    [InlineData(1000, ".3~s", "1k")]
    [InlineData(999_960, ".3s", "1.00M")]
    [InlineData(-2.5, ".1f", "−2.5")]
    [InlineData(double.NaN, ".1f", "–")]
    [InlineData(12, null, "12")]
    public void Numbers_follow_d3s_formats(double value, string? format, string text) =>
        Assert.Equal(text, NumberFormat.Format(value, format));

    [Fact]
    public void Labels_of_one_axis_share_a_unit() =>
        Assert.Equal(["0", "5k", "10k", "15k"], NumberFormat.Labels([0, 5000, 10_000, 15_000], 5000));

    [Fact]
    public void A_number_that_is_not_finite_is_a_gap()
    {
        var figure = new Figure { Data = [new Scatter { X = new[] { 1, 2, 3 }, Y = new[] { 1, double.NaN, 2 } }] };

        Assert.Equal("[1,null,2]", JsonNode.Parse(figure.ToJson())!["data"]![0]!["y"]!.ToJsonString());
        Assert.DoesNotContain("NaN", figure.ToSvg());
    }

    [Theory]
    [MemberData(nameof(FigureTests.Names), MemberType = typeof(FigureTests))]
    public void A_picture_is_xml_with_a_description_and_loads_nothing(string name)
    {
        var figure = Gallery.All[name];
        var svg = XDocument.Parse(figure.ToSvg()).Root!;

        Assert.StartsWith(figure.ToString(), (string?)svg.Attribute("aria-label"));
        Assert.DoesNotContain("NaN", svg.ToString());
        Assert.DoesNotContain("href", figure.ToHtml());
        Assert.Equal(
            ["data:image/svg+xml;base64"],
            figure.ToHtml().Split("src=\"")[1..].Select(source => source.Split(',')[0])
        );
    }

    [Fact]
    public void Text_cannot_break_out_of_the_picture_or_the_page()
    {
        var figure = new Figure
        {
            Data = [new Bar { X = new[] { "</script><b>" }, Y = new[] { 1 } }],
            Layout = new Layout { Title = Title.Headline("<script>&") },
        };

        var html = figure.ToHtml();
        Assert.Equal(2, html.Split("</script>").Length - 1);
        Assert.DoesNotContain("<script>&", html);
        Assert.NotNull(XDocument.Parse(figure.ToSvg()));
    }

    [Fact]
    public void A_long_line_is_thinned_to_what_the_pixels_show()
    {
        var x = Enumerable.Range(0, 200_000).ToArray();
        var y = x.Select(i => Math.Sin(i * 0.7) + (i == 77_777 ? 9 : 0)).ToArray();
        var svg = new Figure { Data = [new Scatter { X = x, Y = y }] }.ToSvg();

        Assert.InRange(svg.Length, 10_000, 60_000);
        var path = XDocument.Parse(svg).Descendants().Single(e => (string?)e.Attribute("stroke-width") == "2");
        var heights = path.Attribute("d")!
            .Value[1..]
            .Split('L')
            .Select(point => double.Parse(point.Split(' ')[1], CultureInfo.InvariantCulture))
            .Order()
            .ToArray();
        Assert.True(heights[1] - heights[0] > 100, "The one high point has to be seen.");
    }

    [Fact]
    public void A_label_says_the_message_and_the_main_numbers()
    {
        string Label(Figure figure) => (string)XDocument.Parse(figure.ToSvg()).Root!.Attribute("aria-label")!;
        var title = new Layout { Title = Title.Headline("Speed & work", "of two") };

        Assert.Equal(
            "Speed & work: bar chart of rate (of two); a, rate: 3, b, rate: 4.5",
            Label(
                new Figure
                {
                    Data =
                    [
                        new Bar
                        {
                            Name = "rate",
                            X = new[] { "a", "b" },
                            Y = new[] { 3, 4.5 },
                        },
                    ],
                    Layout = title,
                }
            )
        );
        Assert.Equal(
            "Figure: line chart of loss; loss from 2.3 to 0.1",
            Label(
                new Figure
                {
                    Data =
                    [
                        new Scatter
                        {
                            Name = "loss",
                            X = new[] { 1, 2, 3, 4 },
                            Y = new[] { double.NaN, 2.3, 9, 0.1 },
                        },
                    ],
                }
            )
        );
        Assert.Equal(
            "Figure: heat map; the largest of 4 is 7 at dog, cat",
            Label(
                new Figure
                {
                    Data =
                    [
                        new Heatmap
                        {
                            X = new[] { "cat", "dog" },
                            Y = new[] { "cat", "dog" },
                            Z =
                            [
                                [1, 2],
                                [7, 3],
                            ],
                        },
                    ],
                }
            )
        );
        Assert.Equal("Figure: line chart", Label(new Figure { Data = [new Scatter()] }));
    }

    [Fact]
    public void Text_on_bars_and_cells_is_legible_on_light_and_on_dark_pages()
    {
        Assert.All(Palette.Series, color => Assert.InRange(Contrast(color, Svg.Contrast.TextOn(color)), 4.5, 21));
        for (var opacity = 0.0; opacity <= 1; opacity += 0.01)
        {
            var (shown, ink) = Svg.Contrast.TextOn(Palette.Series[0], opacity);
            Assert.InRange(shown, opacity - 0.08, opacity + 0.08);
            foreach (var (page, own) in new[] { ("#ffffff", "#24292f"), ("#16191f", "#e6e8eb") })
            {
                Assert.InRange(Contrast(Mixed(Palette.Series[0], page, shown), ink ?? own), 4.45, 21); // colours of 8 bits
            }
        }
    }

    private static string Mixed(string over, string page, double opacity)
    {
        int Channel(string color, int at) => Convert.ToInt32(color.Substring(1 + 2 * at, 2), 16);
        return "#"
            + string.Concat(
                Enumerable
                    .Range(0, 3)
                    .Select(i =>
                        ((int)Math.Round(Channel(over, i) * opacity + Channel(page, i) * (1 - opacity))).ToString(
                            "x2",
                            CultureInfo.InvariantCulture
                        )
                    )
            );
    }

    [Fact]
    public void Lines_marks_and_bars_say_what_they_are_when_they_are_pointed_at()
    {
        Figure Of(Trace trace) => new() { Data = [trace] };
        string[] Hints(Trace trace) =>
            [
                .. XDocument
                    .Parse(Of(trace).ToSvg())
                    .Descendants()
                    .Where(e => e.Name.LocalName == "title")
                    .Select(e => e.Value),
            ];
        int[] x = [1, 2];
        double[] y = [0.25, 0.5];
        const string Template = "epoch %{x}: <b>%{y:.1%}</b> &lt; 1<extra>run</extra>";

        string[] filled = ["epoch 1: 25.0% < 1", "epoch 2: 50.0% < 1"];
        Assert.Equal(
            filled,
            Hints(
                new Scatter
                {
                    X = x,
                    Y = y,
                    HoverTemplate = Template,
                }
            )
        );
        Assert.Equal(
            filled,
            Hints(
                new Scatter
                {
                    X = x,
                    Y = y,
                    Mode = ScatterMode.Markers,
                    HoverTemplate = Template,
                }
            )
        );
        Assert.Equal(
            filled,
            Hints(
                new Bar
                {
                    X = x,
                    Y = y,
                    HoverTemplate = Template,
                }
            )
        );
        Assert.Equal(
            ["top-1, 1: 0.25", "top-1, 2: 0.5"],
            Hints(
                new Scatter
                {
                    X = x,
                    Y = y,
                    Name = "top-1",
                }
            )
        );
        Assert.Equal(
            ["a: 0.25 ms", "b: 0.5 ms"],
            Hints(
                new Scatter
                {
                    X = x,
                    Y = y,
                    HoverText = ["a", "b"],
                    HoverTemplate = "%{hovertext}: %{y:.3~g} ms",
                }
            )
        );
    }

    [Theory]
    [InlineData(1234.6, ".3g", "1235")]
    [InlineData(0.012345, ".3g", "0.0123")]
    [InlineData(0.5, ".3g", "0.500")]
    [InlineData(0.5, ".3~g", "0.5")]
    [InlineData(0, ".3~g", "0")]
    public void Significant_digits_are_counted_from_the_first(double value, string format, string said) =>
        Assert.Equal(said, NumberFormat.Format(value, format));

    [Fact]
    public void A_figure_without_points_is_drawn_with_empty_axes()
    {
        var svg = new Figure { Data = [new Scatter { X = Array.Empty<double>(), Y = Array.Empty<double>() }] }.ToSvg();

        Assert.DoesNotContain("NaN", svg);
        Assert.Contains("Figure: line chart", svg);
    }

    private static double Contrast(string a, string b)
    {
        var (x, y) = (Luminance(a), Luminance(b));
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    private static double Luminance(string color)
    {
        double Channel(int at)
        {
            var value = int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5);
    }
}
