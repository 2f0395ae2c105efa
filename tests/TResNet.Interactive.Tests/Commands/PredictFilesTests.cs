using System.Text.Json;
using Microsoft.DotNet.Interactive.Formatting;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>What predict leaves behind: names, files, copies, and what the variable looks like.</summary>
public sealed class PredictFilesTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("answers").FullName;

    public PredictFilesTests()
    {
        TinyPhotos.Write(PathOf("new/a"), 2, 40);
        TinyPhotos.Write(PathOf("new/b, \"c\""), 1, 200);
        TorchSharp.torch.manual_seed(3);
        using var network = Models.Create("tresnet_nano", 3);
        network.Classes = ["cat", "dog", "red, \"fox\""];
        network.Save(PathOf("w.safetensors"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Paths_are_relative_to_the_folder_that_was_named_and_else_as_they_were_named()
    {
        var seen = await PredictAsync(PathOf("new"));
        Assert.Equal(["a/0.png", "a/1.png", "b, \"c\"/0.png"], Names(seen));
        Assert.Equal(["0.png", "1.png"], Names(await PredictAsync(PathOf("new/a"))));
        Assert.Equal(
            [PathOf("new/a/0.png"), PathOf("new/a/1.png")],
            Names(await PredictAsync($"{PathOf("new/a/0.png")} {PathOf("new/a/1.png")}"))
        );
    }

    [Fact]
    public async Task The_answers_are_written_as_csv_json_and_json_lines_and_are_the_same()
    {
        var seen = await PredictAsync($"{PathOf("new")} --top 2 --output {PathOf("o.csv")}");
        await PredictAsync($"{PathOf("new")} --top 2 --output {PathOf("o.json")}");
        await PredictAsync($"{PathOf("new")} --top 2 --output {PathOf("o.jsonl")}");

        var csv = await File.ReadAllLinesAsync(PathOf("o.csv"));
        Assert.Equal("path,class,probability,class_2,probability_2", csv[0]);
        Assert.StartsWith("\"b, \"\"c\"\"/0.png\",", csv[3], StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(PathOf("o.json")));
        var lines = (await File.ReadAllLinesAsync(PathOf("o.jsonl")))
            .Select(line => JsonDocument.Parse(line))
            .ToArray();
        Assert.Equal(3, lines.Length);
        foreach (var (image, i) in seen.Images.Select((image, i) => (image, i)))
        {
            foreach (var row in new[] { json.RootElement[i], lines[i].RootElement })
            {
                Assert.Equal(image.Name, row.GetProperty("path").GetString());
                Assert.Equal(image.Top[0].Class, row.GetProperty("class").GetString());
                Assert.Equal(
                    image.Top[1].Probability,
                    row.GetProperty("top")[1].GetProperty("probability").GetDouble()
                );
            }
        }
    }

    [Fact]
    public async Task Several_labels_are_written_with_those_above_the_threshold()
    {
        await PredictAsync($"{PathOf("new/a")} --set multi-label=true --threshold 0 --output {PathOf("o.csv")}");
        var csv = await File.ReadAllLinesAsync(PathOf("o.csv"));
        Assert.StartsWith("path,labels,class,probability,", csv[0], StringComparison.Ordinal);
        await PredictAsync($"{PathOf("new/a")} --set multi-label=true --threshold 0.999 --output {PathOf("o.json")}");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(PathOf("o.json")));
        Assert.Equal(0, json.RootElement[0].GetProperty("labels").GetArrayLength());
        Assert.Equal(0.999, json.RootElement[0].GetProperty("threshold").GetDouble());
    }

    [Fact]
    public async Task Copies_lie_in_a_folder_for_each_class_and_none_replaces_another()
    {
        TinyPhotos.Write(PathOf("new/d"), 2, 40);
        var seen = await PredictAsync($"{PathOf("new")} --copy-to {PathOf("sorted")}");
        var copies = Directory.EnumerateFiles(PathOf("sorted"), "*", SearchOption.AllDirectories).ToArray();
        Assert.Equal(5, copies.Length);
        Assert.Equal(
            seen.Images.Select(image => image.Top[0].Class).Distinct().Order(),
            Directory.EnumerateDirectories(PathOf("sorted")).Select(path => Path.GetFileName(path)).Order()
        );
        Assert.All(
            seen.Images,
            image =>
                Assert.Contains(
                    Directory.EnumerateFiles(Path.Combine(PathOf("sorted"), image.Top[0].Class)),
                    copy => File.ReadAllBytes(copy).AsSpan().SequenceEqual(File.ReadAllBytes(image.File))
                )
        );
        Assert.Contains(
            "is not empty: name a new folder",
            await notebook.RefusalOf($"tresnet-predict {PathOf("new")} {Weights} --copy-to {PathOf("sorted")}"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("../../out")]
    [InlineData("..")]
    [InlineData("a\\b")]
    public async Task A_class_that_would_lead_out_of_the_folder_is_refused(string name)
    {
        using (var network = Models.Create("tresnet_nano", 2))
        {
            network.Classes = [name, name];
            network.Save(PathOf("w.safetensors"));
        }

        Assert.Contains(
            $"The class '{name}' is no folder's name",
            await notebook.RefusalOf($"tresnet-predict {PathOf("new")} {Weights} --copy-to {PathOf("sorted")}"),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(PathOf("sorted")));
    }

    [Fact]
    public async Task The_variable_shows_as_the_table_with_pictures_does()
    {
        var seen = await PredictAsync(PathOf("new"));
        Formatters.Register();
        var shown = Assert.IsType<View>(notebook.Displays[^1].Value);
        Assert.Equal(shown.ToHtml(), seen.ToDisplayString(HtmlFormatter.MimeType));
        Assert.Equal(shown.ToString(), seen.ToDisplayString(PlainTextFormatter.MimeType));
        Assert.Equal(3, shown.ToHtml().Split("<img class=\"tresnet-thumbnail\"").Length - 1);
        Assert.StartsWith("What tresnet_nano sees", shown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_have_a_threshold_each_are_written_with_them()
    {
        using var network = Models.Create("tresnet_nano", 2);
        network.MultiLabel = true;
        var image = PathOf("plain.png");
        File.Copy(Directory.GetFiles(PathOf("new"), "*", SearchOption.AllDirectories)[0], image);
        var seen = Predictor.Predict(network, [image], ["cat", "dog"], thresholds: [0, 0.999]);

        TResNet.Interactive.Predict.AnswersFile.Write(PathOf("o.csv"), seen);
        TResNet.Interactive.Predict.AnswersFile.Write(PathOf("o.json"), seen);

        var lines = File.ReadAllLines(PathOf("o.csv"));
        Assert.StartsWith("path,labels,class,probability,", lines[0], StringComparison.Ordinal);
        Assert.Equal("cat", lines[1].Split(',')[1]);
        var row = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(PathOf("o.json")))!.AsArray()[0]!;
        Assert.Equal([0, 0.999], row["threshold"]!.AsArray().Select(each => (double)each!));
    }

    [Fact]
    public async Task A_file_of_no_known_format_is_refused_before_anything_is_computed() =>
        Assert.Contains(
            "says no format; end it in .csv, .json or .jsonl.",
            await notebook.RefusalOf($"tresnet-predict {PathOf("new")} {Weights} --output {PathOf("o.txt")}"),
            StringComparison.Ordinal
        );

    private string Weights => $"--weights {PathOf("w.safetensors")}";

    private async Task<Predictions> PredictAsync(string line)
    {
        await notebook.RunAsync($"tresnet-predict {line} {Weights}");
        return notebook.Get<Predictions>("predictions");
    }

    private static IEnumerable<string> Names(Predictions seen)
    {
        var table = Assert.IsType<Table>(PredictViewsOf(seen).Parts[0]);
        return table.Rows.Select(row => row[0].Text);
    }

    private static View PredictViewsOf(Predictions seen) => TResNet.Interactive.Predict.PredictionViews.Of(seen);

    private string PathOf(string name) => Path.Combine(folder, name);
}
