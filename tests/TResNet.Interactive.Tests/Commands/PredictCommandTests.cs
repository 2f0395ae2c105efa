using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>From images in folders to a trained network that says what is on others.</summary>
public sealed class PredictCommandTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("predict").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_predicts_with_its_network_its_weights_and_its_classes()
    {
        WriteImages("images/train/dark", 24, brightness: 40);
        WriteImages("images/train/light", 24, brightness: 200);
        WriteImages("images/val/dark", 6, brightness: 50);
        WriteImages("images/val/light", 6, brightness: 190);
        WriteImages("new", 2, brightness: 45);
        await File.WriteAllTextAsync(PathOf("new/0_text.jpg"), "no image");
        await notebook.RunAsync(
            $"tresnet-train --data {PathOf("images")} --run {PathOf("run")} --epochs 4 --batch-size 8 --lr 0.02 --set attention=eca"
        );

        await notebook.RunAsync(
            $"tresnet-predict {PathOf("new")} {PathOf("images/val/light/0.png")} --run {PathOf("run")} --top 2"
        );

        var seen = Assert.IsType<Predictions>(notebook.TryGetVariable("predictions", out var value) ? value : null);
        Assert.Equal(["dark", "dark", "light"], seen.Images.Select(p => p.Top[0].Class));
        Assert.All(seen.Images, p => Assert.Equal(1, p.Top.Sum(t => t.Probability), 1e-5));
        Assert.Equal(1, seen.Skipped.Count);
        var view = Assert.IsType<View>(notebook.Displays[^1].Value);
        Assert.Equal("What tresnet_nano + attention=eca sees", view.Title);
        Assert.Contains("0_text.jpg is no image but text", string.Join("\n", view.Parts), StringComparison.Ordinal);
        Assert.All(Assert.IsType<Table>(view.Parts[0]).Rows, row => Assert.NotNull(row[0].Picture));

        foreach (var (how, off) in new[] { ("--optimize", 1e-4), ("--precision bf16", 0.1) })
        {
            await notebook.RunAsync(
                $"tresnet-predict {PathOf("new")} {PathOf("images/val/light/0.png")} --run {PathOf("run")} --top 2 {how} --name again"
            );
            var again = notebook.Get<Predictions>("again");
            Assert.Equal(seen.Images.Select(p => p.File), again.Images.Select(p => p.File));
            Assert.All(
                seen.Images.Zip(again.Images),
                pair => Assert.Equal(pair.First.Top[0].Probability, pair.Second.Top[0].Probability, off)
            );
        }
    }

    [Fact]
    public async Task Files_of_one_name_in_several_folders_are_told_apart_and_classes_are_as_many_as_outputs()
    {
        WriteImages("new/left", 1, brightness: 45);
        WriteImages("new/right", 1, brightness: 200);
        await File.WriteAllLinesAsync(PathOf("three.txt"), ["a", "b", "c"]);
        await File.WriteAllLinesAsync(PathOf("four.txt"), ["a", "b", "c", "d"]);
        using (var three = Models.Create("tresnet_nano", 3))
        {
            Checkpoint.Save(three, PathOf("three.pth"));
            Checkpoint.Save(three, PathOf("three.dat"));
        }

        var line =
            $"tresnet-predict {PathOf("new")} --model tresnet_nano --weights {PathOf("three.pth")} --input-size 32";
        await notebook.RunAsync($"{line} --classes {PathOf("three.txt")}");

        var table = Assert.IsType<Table>(Assert.IsType<View>(notebook.Displays[^1].Value).Parts[0]);
        Assert.Equal(["left/0.png", "right/0.png"], table.Rows.Select(row => row[0].Text));

        Assert.Equal(
            $"{PathOf("three.pth")} is for 3 classes, and {PathOf("four.txt")} names 4: name as many, in the order of the network's outputs.",
            await notebook.RefusalOf($"{line} --classes {PathOf("four.txt")}")
        );
        Assert.StartsWith(
            $"{PathOf("three.dat")} is for 3 classes, and the network would have 1000: name them with --classes FILE",
            await notebook.RefusalOf(line.Replace("three.pth", "three.dat", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Images_of_which_not_one_can_be_read_are_a_failure()
    {
        WriteImages("images/train/a", 4, brightness: 40);
        WriteImages("images/train/b", 4, brightness: 200);
        WriteImages("images/val/a", 1, brightness: 40);
        await notebook.RunAsync(
            $"tresnet-train --data {PathOf("images")} --run {PathOf("run")} --epochs 1 --batch-size 4 --input-size 32"
        );
        Directory.CreateDirectory(PathOf("new"));
        await File.WriteAllTextAsync(PathOf("new/1.webp"), "Not found");

        Assert.StartsWith(
            "Not one of the 1 images can be read; of the first: ",
            await notebook.RefusalOf($"tresnet-predict {PathOf("new")} --run {PathOf("run")}")
        );
    }

    [Theory]
    [InlineData("tresnet-predict {0}/nothing.png", "There is no image or folder '{0}/nothing.png'; name image files.")]
    [InlineData("tresnet-predict {0}", "There are no images in {0}; name image files, or folders of them.")]
    [InlineData(
        "tresnet-predict {0}/a/0.png --model tresnet_nano",
        "tresnet_nano would have fresh weights and only guess: name trained ones with --weights, or a run with --run."
    )]
    [InlineData(
        "tresnet-predict {0}/a/0.png --run {0}",
        "There is no run in {0}: it has no state-*.safetensors. Name the folder that a training has as its --run."
    )]
    [InlineData(
        "tresnet-predict {0}/a/0.png --classes {0}/names.txt",
        "There is no file {0}/names.txt for --classes; write one with a class on each line."
    )]
    public async Task Bad_input_is_refused_in_one_sentence(string line, string sentence)
    {
        if (line.Contains("/a/0.png", StringComparison.Ordinal))
        {
            WriteImages("a", 1, brightness: 9);
        }

        var error = await Assert.ThrowsAnyAsync<Exception>(() =>
            notebook.RunAsync(line.Replace("{0}", folder, StringComparison.Ordinal))
        );
        Assert.Equal(sentence.Replace("{0}", folder, StringComparison.Ordinal), error.Message);
    }

    private void WriteImages(string name, int count, int brightness) =>
        TinyPhotos.Write(PathOf(name), count, brightness);

    private string PathOf(string name) => Path.Combine(folder, name);
}
