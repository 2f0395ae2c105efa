using Microsoft.DotNet.Interactive.Formatting;
using TResNet.Architectures;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using static TorchSharp.torch;

namespace TResNet.Interactive.Tests.Formatting;

/// <summary>What is left of results where a front end does not trust a notebook, as with one that somebody else has run.</summary>
public sealed class UntrustedTests
{
    public UntrustedTests() => Formatters.Register();

    // As sanitize-html does with JupyterLab's lists: what is not named goes and leaves its texts behind, but for those of scripts and styles. Notebook 6
    // lets no style attribute through either.
    private const string Sanitizer = """
        var kept = "a b br button caption code col colgroup dd details div dl dt em figcaption figure h1 h2 h3 h4 hr i img input label li ol p pre progress s section small span strong sub summary sup table tbody td tfoot th thead tr u ul wbr".split(" ");
        var gone = "script style textarea option noscript".split(" ");
        var named = "align alt class colspan height href id nowrap open rowspan scope src title valign width".split(" ");
        function clean(node) {
          Array.from(node.childNodes).forEach(function (child) {
            if (child.nodeType === Node.COMMENT_NODE) child.remove();
            if (child.nodeType !== Node.ELEMENT_NODE) return;
            var tag = child.tagName.toLowerCase();
            if (gone.includes(tag)) { child.remove(); return; }
            clean(child);
            if (!kept.includes(tag)) { child.replaceWith.apply(child, Array.from(child.childNodes)); return; }
            Array.from(child.attributes).forEach(function (each) { if (!named.includes(each.name)) child.removeAttribute(each.name); });
          });
        }
        """;

    [FactIfChromium]
    public void Pictures_and_rows_survive_the_sanitizer()
    {
        var running = new TrainingCard
        {
            Title = "tresnet_nano on pets",
            Subtitle = "epoch 1 of 3",
            State = RunState.Running,
            Done = 0.2,
            Numbers = [new("loss", "1.234")],
            Curves = Plots.Training(Samples.Run),
            Line = new ProgressLine("epoch 1 of 3", 0.2),
        };
        using var network = Models.Create("resnet18", 10);
        using var images = rand(2, 3, 8, 8);
        (string Name, object Value, int Pictures)[] shown =
        [
            ("figure", Plots.Training(Samples.Run), 1),
            ("run", Samples.Run, 1),
            ("running", running, 1),
            ("diagram", Show.Diagram(Models.TResNetM()), 3),
            ("network", network, 2),
            ("comparison", Samples.Comparison, 4),
            ("profile", Samples.Profile, Pictures.Count(Samples.Profile.ToDisplayString("text/html"))),
            ("evaluation", Samples.Evaluation, 2),
            ("images", Show.Images(images, ["Shirt\n0.7", "Bag"]), 2),
        ];

        var said = Chromium.TextOf(
            $$"""
            <meta charset="utf-8">{{string.Concat(
                shown.Select(each => $"<template id=\"{each.Name}\">{each.Value.ToDisplayString("text/html")}</template>")
            )}}<pre id="said"></pre>
            <script>
            {{Sanitizer}}
            document.querySelectorAll("template").forEach(function (template) {
              clean(template.content);
              var section = document.createElement("section");
              section.title = template.id;
              section.append(template.content);
              document.body.append(section);
            });
            addEventListener("load", function () {
              var report = "";
              document.querySelectorAll("section").forEach(function (section) {
                var images = Array.from(section.querySelectorAll("img")), drawn = images.filter(function (each) { return each.naturalWidth > 0 && each.alt; });
                report += section.title + " pictures=" + drawn.length + " of " + images.length + "\n";
              });
              function said(title) { return document.querySelector("section[title=" + title + "]").innerText; }
              report += said("network").split("\n").find(function (line) { return line.includes("Conv"); }) + "\n" + JSON.stringify(said("images"));
              report += " words in a figure: " + said("figure").trim().length;
              document.getElementById("said").textContent = report;
            });
            </script>
            """
        );

        foreach (var (name, _, pictures) in shown)
        {
            Assert.Contains($"\n{name} pictures={pictures} of {pictures}", "\n" + said.Split("<pre id=\"said\">")[1]);
        }

        Assert.Matches(@"Conv2d · 64 × 112 × 112 · 9\.41k · 118M", said);
        Assert.Contains("Shirt\\n0.7", said);
        Assert.Contains("words in a figure: 0", said);
    }
}
