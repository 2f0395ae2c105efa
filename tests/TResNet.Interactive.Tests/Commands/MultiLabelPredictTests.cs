using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>What a network of several labels says of images, wherever the network is from.</summary>
public sealed class MultiLabelPredictTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("labels").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_its_weights_and_its_variable_give_each_label_a_sigmoid_of_its_own()
    {
        await TrainAsync();
        await notebook.RunAsync($"tresnet-predict {Image} --run {Run} --top 3");
        var seen = notebook.Get<Predictions>("predictions");
        var image = Assert.Single(seen.Images);

        var network = notebook.Get<TResNet.Building.Network>("model");
        Checkpoint.Load(network, Path.Combine(Run, "best.safetensors"));
        using (var crop = Predictor.Crops(network, [image.File]))
        {
            // Its pixels are from 0 to 1, as they are in the crop.
            Assert.Equal(TResNet.Data.Transforms.Normalize.ZeroToOne, network.Info.Normalize);
            network.eval();
            using var logits = network.call(crop);
            var sigmoids = logits.cpu().data<float>().Select(x => 1 / (1 + Math.Exp(-x))).OrderDescending();
            Assert.All(sigmoids.Zip(image.Top), pair => Assert.Equal(pair.First, pair.Second.Probability, 1e-5));
        }

        Assert.Equal(image.Top.Where(each => each.Probability > 0.5), image.Labels);
        Assert.Equal(0.5, seen.Threshold);
        var weights = Path.Combine(Run, "best.safetensors");
        await File.WriteAllLinesAsync(Path.Combine(folder, "names.txt"), ["day", "grey", "night"]);
        await notebook.RunAsync(
            $"tresnet-predict {Image} --model tresnet_nano --weights {weights} --classes {folder}/names.txt --name weights"
        );
        await notebook.RunAsync($"tresnet-predict {Image} --model model --classes {folder}/names.txt --name variable");
        foreach (var name in new[] { "weights", "variable" })
        {
            Assert.Equal(image.Labels, notebook.Get<Predictions>(name).Images[0].Labels);
        }
    }

    [Fact]
    public async Task The_threshold_decides_which_labels_an_image_has_and_none_is_said()
    {
        await TrainAsync();

        await notebook.RunAsync($"tresnet-predict {Image} --run {Run} --threshold 0 --top 1");
        Assert.Equal(3, notebook.Get<Predictions>("predictions").Images[0].Labels!.Count);

        await notebook.RunAsync($"tresnet-predict {Image} --run {Run} --threshold 0.9999999");
        Assert.Empty(notebook.Get<Predictions>("predictions").Images[0].Labels!);
        var table = Assert.IsType<Table>(Assert.IsType<View>(notebook.Displays[^1].Value).Parts[0]);
        Assert.Equal("no label", table.Rows[0][1].Text);
        Assert.Contains("grey", table.Rows[0][2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_contradict_the_kind_or_the_run_are_refused()
    {
        await TrainAsync();
        var weights = Path.Combine(Run, "best.safetensors");
        using var single = Models.Create("tresnet_nano", 3);
        notebook.SetVariable("single", single);
        foreach (
            var (options, sentence) in new[]
            {
                ($"--run {Run} --model tresnet_l", "so --model has no place beside it"),
                ($"--run {Run} --weights {weights}", "so --weights has no place beside it"),
                ($"--run {Run} --threshold 1", "The threshold is 1, but it has to be from 0 to below 1"),
                ("--model single --threshold 0.3", "A threshold of 0.3 is for networks whose images may have several"),
                (
                    $"--model tresnet_nano --set multi-label=false --weights {weights} --classes {folder}/names.txt",
                    "multi-label=false contradicts"
                ),
            }
        )
        {
            await File.WriteAllLinesAsync(Path.Combine(folder, "names.txt"), ["day", "grey", "night"]);
            Assert.Contains(
                sentence,
                await notebook.RefusalOf($"tresnet-predict {Image} {options}"),
                StringComparison.Ordinal
            );
        }
    }

    private string Run => Path.Combine(folder, "run");

    private string Image => Path.Combine(folder, "light", "23.png");

    private async Task TrainAsync()
    {
        await notebook.RunAsync(
            $"tresnet-train {TinyLabels.Write(folder)} --loss bce --epochs 2 --batch-size 9 --lr 0.02 --run {Run}"
        );
        Assert.True(notebook.Get<TrainingRun>("run").MultiLabel);
    }
}
