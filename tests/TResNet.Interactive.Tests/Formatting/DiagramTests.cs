using System.Globalization;
using Microsoft.DotNet.Interactive.Formatting;
using Tests;
using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Interactive.Diagrams;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Interactive.Tests.Formatting;

public sealed class DiagramTests
{
    private const string Variant =
        "tresnet_m + stem=7x7 + downsampling=average + norm=inplace-abn + attention=eca + drop-rate=0.2 + dropout-samples=4 + drop-path=0.1"
        + " + pool=catavgmax + multi-label=true + block=";

    public DiagramTests() => Formatters.Register();

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("resnet50d")]
    [InlineData("regnety_032")]
    [InlineData("efficientnet_b0")]
    [InlineData("mixnet_s")]
    [InlineData("resnet50 + downsampling=blur + attention=se + pre-activation=true + output-stride=8")]
    public void A_network_is_drawn_as_it_was_looked_at(string name) =>
        Snapshot.Match(Show.Diagram(Models.Describe(name)).ToSvg(), "svg", name.Split(' ')[0]);

    [Theory]
    [InlineData("basic", "basic,basic,basic,bottleneck")]
    [InlineData("ratio-1", "bottleneck,bottleneck,bottleneck,bottleneck-ratio-1")]
    public void A_variant_is_drawn_as_it_was_looked_at(string name, string blocks) =>
        Snapshot.Match(Show.Diagram(Models.Describe(Variant + blocks)).ToSvg(), "svg", name);

    [Fact]
    public void The_README_shows_the_diagram_as_it_is_drawn()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "README.md")))
        {
            folder = folder.Parent!;
        }

        Assert.Equal(
            File.ReadAllText(Path.Combine(folder.FullName, "docs", "images", "diagram.svg")).TrimEnd(),
            Show.Diagram(Models.TResNetM()).ToSvg()
        );
    }

    [Fact]
    public void A_diagram_comes_as_svg_html_and_text()
    {
        var diagram = Show.Diagram(Models.TResNetM(), inputSize: 448);

        Assert.StartsWith("<svg", diagram.ToDisplayString("image/svg+xml"));
        Assert.Equal(3, Pictures.Count(diagram.ToDisplayString("text/html")));
        Assert.Contains("2,048 × 14 × 14", diagram.ToDisplayString("text/plain"));
    }

    [Fact]
    public void An_architecture_is_shown_with_its_diagram_and_its_switches()
    {
        var variant = Models.TResNetM() with { Attention = Attention.Eca };

        Snapshot.Match(variant.ToDisplayString("text/plain"));
        var html = variant.ToDisplayString("text/html");
        Assert.Contains("tresnet_m + attention=eca", html);
        Assert.Contains("class=\"tresnet-diagram\"", html);
        Assert.Matches("attention</td><td[^>]*>eca</td><td[^>]*>se</td>", html);
        Assert.DoesNotContain("<script src", html);
        Assert.DoesNotContain(">was</th>", Models.TResNetM().ToDisplayString("text/html"));
    }

    [Theory]
    [InlineData("tresnet_nano", 64)]
    [InlineData("tresnet_nano + stem=deep + output-stride=8", 64)]
    [InlineData("resnet18", 77)]
    [InlineData("resnet18 + downsampling=average + shortcut=average", 77)]
    [InlineData("resnet18 + downsampling=blur + stem=s2d + patch=8", 80)]
    [InlineData("regnetx_002 + stem=7x7", 65)]
    [InlineData("regnety_002 + output-stride=16", 65)]
    [InlineData("mobilenetv2_100", 65)]
    [InlineData("mixnet_s", 77)]
    public void The_maps_between_stages_are_those_that_the_network_computes(string name, int side)
    {
        using var scope = NewDisposeScope();
        var architecture = Models.Describe(name);
        var network = architecture.Build(numClasses: 5);
        network.eval();
        using var _ = no_grad();
        var computed = network
            .forward_intermediates(zeros(1, 3, side, side))
            .Select(map => $"{map.shape[1]:N0} × {map.shape[2]} × {map.shape[3]}")
            .ToArray();

        var text = new ArchitectureDiagram(architecture, side, NumClasses: 5).ToString();

        // Deep stems pool behind the finest map: no arrow leads there.
        var drawn = architecture is StagedArchitecture { Stem.Kind: StemKind.Deep or StemKind.Convolution7x7 }
            ? computed[1..]
            : computed;
        Assert.All(drawn, shape => Assert.Contains($"  {shape}\n", text));
        Assert.EndsWith("5 logits", text);
    }

    [Fact]
    public void What_cannot_be_built_is_shown_all_the_same()
    {
        var staged = Models.TResNetM();
        var inverted = (InvertedArchitecture)Models.Describe("efficientnet_b0");
        Architecture[] wrong =
        [
            staged with
            {
                Stages = [],
            },
            staged with
            {
                Depths = [0],
                OutputStride = 7,
            },
            staged with
            {
                Stem = staged.Stem with { Patch = 0, Width = -3 },
            },
            staged with
            {
                Info = staged.Info with { InputSize = 0 },
            },
            inverted with
            {
                Stages = [],
            },
            inverted with
            {
                Stages =
                [
                    [],
                ],
            },
        ];

        Assert.All(wrong, each => Assert.DoesNotContain("NaN", each.ToDisplayString("text/html")));
        Assert.All(wrong[..3], each => Assert.Throws<TResNetException>(() => each.Build()));
    }

    [FactIfChromium]
    public void No_text_leaves_its_box_in_any_network()
    {
        string[] names =
        [
            .. Models.List().Select(info => info.Name),
            Variant + "basic,bottleneck,bottleneck,bottleneck-ratio-1",
            "resnet50 + norm=evonorm-b0 + pre-activation=true + output-stride=8",
            "tresnet_m + activation=leaky_relu:0.001 + block=bottleneck-ratio-1 + depths=30,400,110,300 + attention=ceca",
        ];
        var pictures = string.Concat(
            names.Select(name =>
                $"<section title=\"{name}\">{Pictures.Inlined(Show.Diagram(Models.Describe(name)).ToHtml().Split("</style>")[1])}</section>"
            )
        );

        var said = Chromium.TextOf(
            """
            <meta charset="utf-8"><body style="width:900px;font-family:sans-serif">PICTURES<pre id="said"></pre>
            <script>
            var wrong = [], boxes = 0;
            function inside(text, box, room) {
              return text.left >= box.left + room && text.right <= box.right - room && text.top >= box.top && text.bottom <= box.bottom;
            }
            document.querySelectorAll("section").forEach(function (section) {
              section.querySelectorAll("svg").forEach(function (svg) {
                svg.querySelectorAll("text").forEach(function (text) {
                  if (!inside(text.getBoundingClientRect(), svg.getBoundingClientRect(), 0)) wrong.push(section.title + ": " + text.textContent);
                });
              });
              section.querySelectorAll(".tresnet-box").forEach(function (group) {
                boxes++;
                var box = group.querySelector("rect").getBoundingClientRect(), texts = Array.from(group.querySelectorAll("text"));
                texts.forEach(function (text, i) {
                  var own = text.getBoundingClientRect();
                  var hits = texts.some(function (other, j) {
                    var its = other.getBoundingClientRect();
                    return j > i && own.left < its.right && its.left < own.right && own.top + 3 < its.bottom && its.top + 3 < own.bottom;
                  });
                  if (hits || !inside(own, box, 3)) wrong.push(section.title + ": " + text.textContent);
                });
              });
            });
            document.getElementById("said").textContent = "wrong " + boxes + ": " + wrong.join("; ") + ".";
            </script>
            """.Replace("PICTURES", pictures)
        );

        var found = said[said.IndexOf("<pre id=\"said\">", StringComparison.Ordinal)..].Split("</pre>")[0];
        Assert.EndsWith(": .", found);
        Assert.True(int.Parse(found.Split("wrong ")[1].Split(':')[0], CultureInfo.InvariantCulture) > names.Length);
    }
}
