using TResNet.Evaluation;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Images for the end; and what validate shows of errors.</summary>
public sealed class TestSplitTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tests").FullName;

    public TestSplitTests()
    {
        foreach (var (part, count) in new[] { ("train", 6), ("val", 4), ("test", 5) })
        {
            TinyPhotos.Write($"{folder}/photos/{part}/dark", count, brightness: 20);
            TinyPhotos.Write($"{folder}/photos/{part}/light", count, brightness: 200);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Train => $"tresnet-train --data {folder}/photos --epochs 2 --batch-size 4 --input-size 32";

    private string Shown => string.Concat(notebook.Displays.Select(shown => shown.Value));

    [Fact]
    public async Task A_folder_test_is_measured_once_with_the_best_weights()
    {
        await notebook.RunAsync($"{Train} --run {folder}/run --model-ema");

        var tested = notebook.Get<EvaluationResult>("run_test");
        Assert.Equal(("photos (test)", 10), (tested.Data, tested.Images));
        Assert.Contains("a number nobody chose by", Shown);
        Assert.Contains("Best is the best of all epochs on the images that it is measured on, so it flatters", Shown);
        Assert.DoesNotContain("left unused: test", Shown);

        await notebook.RunAsync($"tresnet-validate --run {folder}/run --val-data {folder}/photos/test");
        Assert.Equal(notebook.Get<EvaluationResult>("evaluation").Loss, tested.Loss, 1e-6);
    }

    [Fact]
    public async Task Test_images_are_named_and_found_again_where_a_run_goes_on()
    {
        Directory.Move($"{folder}/photos/test", $"{folder}/elsewhere");
        await notebook.RunAsync($"{Train} --run {folder}/run --test-data {folder}/elsewhere");
        var first = notebook.Get<EvaluationResult>("run_test");

        notebook.SetVariable("run_test", "");
        await notebook.RunAsync($"tresnet-train --run {folder}/run --resume");
        Assert.Equal(first.Loss, notebook.Get<EvaluationResult>("run_test").Loss, 1e-6);

        await notebook.RunAsync($"{Train.Replace("--epochs 2", "--epochs 1")} --name other");
        Assert.False(notebook.TryGetVariable("other_test", out _));
    }

    [Fact]
    public async Task A_column_and_a_pack_have_images_for_the_end()
    {
        string[] rows =
        [
            .. new[] { ("train", 6), ("val", 4), ("test", 5) }.SelectMany(part =>
                new[] { "dark", "light" }.SelectMany(label =>
                    Enumerable
                        .Range(0, part.Item2)
                        .Select(i => $"photos/{part.Item1}/{label}/{i}.png,{label},{part.Item1}")
                )
            ),
        ];
        await File.WriteAllLinesAsync($"{folder}/all.csv", rows.Prepend("path,label,split"));
        await notebook.RunAsync($"tresnet-data pack {folder}/all.csv {folder}/all.pack");
        Assert.Contains("30 images of 2 classes", Shown);

        foreach (var data in new[] { "all.csv", "all.pack" })
        {
            notebook.SetVariable("run_test", "");
            await notebook.RunAsync($"tresnet-train --data {folder}/{data} --epochs 1 --batch-size 4 --input-size 32");
            var tested = notebook.Get<EvaluationResult>("run_test");
            Assert.Equal(("all (test)", 10), (tested.Data, tested.Images));
        }
    }

    [Theory]
    [InlineData(
        "--data fashion-mnist --test-data FOLDER/photos/test",
        "so --test-data FOLDER/photos/test has no place; leave it out."
    )]
    [InlineData(
        "--data FOLDER/photos --test-data FOLDER/none",
        "There is no folder or CSV file FOLDER/none; check the name."
    )]
    public async Task Test_images_that_are_none_are_refused_before_anything_is_trained(string options, string sentence)
    {
        var refusal = await notebook.RefusalOf(
            $"tresnet-train --epochs 1 --batch-size 4 {options.Replace("FOLDER", folder)}"
        );

        Assert.Contains(sentence.Replace("FOLDER", folder), refusal);
    }

    [Fact]
    public async Task Errors_come_with_their_pictures_a_diagram_and_what_is_right()
    {
        TorchSharp.torch.manual_seed(1);
        using var network = Models.Create("tresnet_nano", 2);
        notebook.SetVariable("model", network);
        const string validate = "tresnet-validate --model model --input-size 32 --data";
        await notebook.RunAsync($"{validate} {folder}/photos");
        var evaluation = notebook.Get<EvaluationResult>("evaluation");
        var errors = evaluation.Predictions.Count(answer => !answer.Correct);
        Assert.InRange(errors, 1, 8);

        View[] views = [.. notebook.Displays.Select(shown => shown.Value).OfType<View>()];
        var view = views.Single(each => each.Title == "Surest of what is wrong");
        var grid = Assert.IsType<ImageGrid>(view.Parts[0]);
        Assert.Equal(errors, grid.Png.Count);
        Assert.Matches("(dark|light), [0-9.]+%; it is (dark|light), [0-3].png", grid.ToString());
        Assert.Contains(views, each => each.ToHtml().Contains("How sure, and how often right"));

        await notebook.RunAsync($"{validate} {folder}/photos --tta flip");
        var flipped = notebook.Get<EvaluationResult>("evaluation").Loss;
        await notebook.RunAsync($"{validate} {folder}/photos --crops 2");
        Assert.Equal(notebook.Get<EvaluationResult>("evaluation").Loss, flipped);

        var real = string.Join(",", Enumerable.Range(0, 4).Select(i => $"\"{i}.png\":[\"dark\",\"light\"]"));
        await File.WriteAllTextAsync($"{folder}/real.json", $"{{{real}}}");
        await notebook.RunAsync($"{validate} {folder}/photos --real-labels {folder}/real.json");
        Assert.Contains("top-1 100.0%, top-5 100.0% of 8 images; 0 without any label are left out.", Shown);
    }
}
