using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>What --data and its companions make of folders as people have them.</summary>
public sealed class DataOptionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("data").FullName;
    private readonly RecordingNotebook notebook = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_folder_of_few_images_trains_and_is_tested_on_one_of_each_class()
    {
        Write("a", 3);
        Write("b", 2);

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 1 --batch-size 3 --input-size 32");
        await notebook.RunAsync($"tresnet-validate --model model --data {folder} --input-size 32");

        Assert.Single(notebook.Get<TrainingRun>("run").Epochs);
        Assert.Equal([0, 1], notebook.Get<EvaluationResult>("evaluation").Predictions.Select(each => each.Label));
    }

    [Theory]
    [InlineData("tresnet-train --epochs 1 --batch-size 2 --input-size 32")]
    [InlineData("tresnet-validate --model tresnet_nano --input-size 32")]
    public async Task Classes_of_one_image_each_are_refused(string command)
    {
        Write("a", 1);
        Write("b", 1);
        Write("c", 1);

        Assert.Contains("(held out) has no images; add some", await notebook.RefusalOf($"{command} --data {folder}"));
    }

    [Theory]
    [InlineData("tresnet-train --epochs 1 --batch-size 2 --input-size 32 --data")]
    [InlineData("tresnet-validate --model tresnet_nano --input-size 32 --data")]
    [InlineData("tresnet-data pack OUT")]
    public async Task Images_of_which_not_one_can_be_read_are_refused(string command)
    {
        foreach (var name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(Path.Combine(folder, "in", name));
            File.WriteAllText(Path.Combine(folder, "in", name, "1.jpg"), "Not found");
            File.WriteAllText(Path.Combine(folder, "in", name, "2.jpg"), "Not found");
        }

        var text = command.Replace("OUT", "") + $" {folder}/in";
        var refusal = await notebook.RefusalOf(command.EndsWith("OUT") ? $"{text} {folder}/out.pack" : text);

        Assert.Matches("^Not one of the 2 images of in \\((train|held out)\\) can be read; of the first: ", refusal);
        Assert.Empty(Directory.EnumerateFiles(folder, "*.pack"));
    }

    [Fact]
    public async Task Parts_are_found_and_what_is_left_unused_is_said_before_the_work()
    {
        Write("Training/a", 2);
        Write("Training/b", 2);
        Write("Testing/a", 1);
        Write("Testing/b", 1);
        Write("Predict/x", 1);

        await notebook.RunAsync($"tresnet-validate --model tresnet_nano --data {folder} --input-size 32");

        Assert.Contains(
            "trains on Training and tests on Testing; left unused: Predict.",
            $"{Assert.IsType<View>(notebook.Displays[0].Value)}"
        );
        Assert.Equal(2, notebook.Get<EvaluationResult>("evaluation").Predictions.Count);
    }

    [Fact]
    public async Task The_order_of_classes_is_kept_with_the_run()
    {
        Write("in/c9", 4);
        Write("in/c10", 4);
        var run = Path.Combine(folder, "run");
        var train = $"tresnet-train --epochs 1 --batch-size 2 --input-size 32 --run {run}";

        await notebook.RunAsync($"{train} --data {folder}/in --class-order natural");
        Assert.Equal(["c9", "c10"], notebook.Get<TrainingRun>("run").Classes);

        await notebook.RunAsync($"tresnet-train --run {run} --resume");
        Assert.Equal(["c9", "c10"], notebook.Get<TrainingRun>("run").Classes);
    }

    [Fact]
    public async Task A_file_says_the_order_of_classes()
    {
        Write("in/a", 2);
        Write("in/b", 2);
        File.WriteAllText(Path.Combine(folder, "map.txt"), "b\nextra\na\n");

        await notebook.RunAsync(
            $"tresnet-validate --model tresnet_nano --input-size 32 --data {folder}/in --class-map {folder}/map.txt"
        );

        Assert.Equal(["b", "extra", "a"], notebook.Get<EvaluationResult>("evaluation").Classes);
        Assert.Contains(
            "--class-order age is no order: take name or natural.",
            await notebook.RefusalOf($"tresnet-validate --data {folder}/in --class-order age")
        );
    }

    private void Write(string name, int count) =>
        TinyPhotos.Write(Path.Combine(folder, name), count, 20 + name.Length * 10);
}
