using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>The options for few images and for classes with few of them, and the search for a learning rate.</summary>
public sealed class SmallDataTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("small").FullName;

    public SmallDataTests() => TinyData.Write(folder, images: 32);

    private string Train => $"tresnet-train --data {folder} --epochs 4 --batch-size 8";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_is_frozen_is_said_and_comes_back_when_a_run_goes_on()
    {
        var run = Path.Combine(folder, "run");
        await notebook.RunAsync(
            $"{Train} --freeze layer3 --head-init-scale 0.1 --early-stop 2 --grad-checkpointing --sampler balanced --run {run}"
        );

        var options = notebook.Get<TrainingRun>("run").Options;
        Assert.Equal(
            ("layer3", 0.1, 2, true, true),
            (
                options.Freeze,
                options.HeadInitScale,
                options.EarlyStopPatience,
                options.GradCheckpointing,
                options.BalancedSampling
            )
        );
        Assert.Contains(notebook.Displays, shown => $"{shown.Value}".StartsWith("Frozen up to and including layer3: "));
        Assert.Contains(notebook.Displays, shown => $"{shown.Value}".StartsWith("What is frozen has fresh weights"));

        await notebook.RunAsync($"tresnet-train --run {run} --resume");
        Assert.Equal(options, notebook.Get<TrainingRun>("run").Options);
        Assert.Contains(
            "another Freeze: layer3 there, stem here",
            await notebook.RefusalOf($"tresnet-train --run {run} --resume --freeze stem"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Class_weights_are_balanced_or_from_a_file()
    {
        await notebook.RunAsync($"{Train} --class-weights balanced");
        Assert.Equal([1, 1, 1, 1], notebook.Get<TrainingRun>("run").Options.ClassWeights!);

        var classes = notebook.Get<TrainingRun>("run").Classes;
        var file = Path.Combine(folder, "weights.csv");
        await File.WriteAllLinesAsync(file, classes.Select((name, i) => $"{name},{i + 1}"));
        await notebook.RunAsync($"{Train} --loss bce --class-weights {file}");
        Assert.Equal([1, 2, 3, 4], notebook.Get<TrainingRun>("run").Options.ClassWeights!);
    }

    [Theory]
    [InlineData("--freeze layer9", "has no stage 'layer9' to freeze: take one of stem, layer1")]
    [InlineData("--head-init-bias 1", "means nothing to cross entropy")]
    [InlineData("--head-init-scale -1", "The scale of the classifier's first weights is -1, but it has to be from 0")]
    [InlineData("--class-weights nowhere.csv", "nowhere.csv")]
    [InlineData("--class-weights balanced --loss asymmetric", "is for --loss ce and --loss bce")]
    [InlineData("--class-weights balanced --sampler balanced", "both make up for the same: take one of them")]
    [InlineData("--class-weights balanced --loss bce --bce-pos-weight 2", "means nothing to a loss with a weight for")]
    [InlineData("--early-stop 4", "it has to be from 1 to below the 4 epochs of the run")]
    public async Task What_does_nothing_is_refused(string options, string sentence) =>
        Assert.Contains(sentence, await notebook.RefusalOf($"{Train} {options}"), StringComparison.Ordinal);

    [Fact]
    public async Task Draws_of_several_labels_are_refused()
    {
        var data = TinyLabels.Write(folder);
        Assert.Contains(
            "take class weights with binary cross entropy (--loss bce --class-weights balanced)",
            await notebook.RefusalOf($"tresnet-train {data} --epochs 1 --sampler balanced"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_learning_rate_is_looked_for_with_the_options_of_training()
    {
        await notebook.RunAsync(
            $"tresnet-lr-find --data {folder} --batch-size 8 --opt adamw --loss bce --num-it 40 --name rate --freeze stem"
        );

        var view = Assert.IsType<View>(notebook.Displays[^1].Value);
        Assert.Equal("Learning rate range test", view.Title);
        Assert.Contains("AdamW, batches of 8", view.Subtitle, StringComparison.Ordinal);
        Assert.True(notebook.Displays[^1].Updates > 0);
        var text = view.ToString();
        Assert.Contains("The network is as it was before.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
        var rate = notebook.Get<double>("rate");
        Assert.True(double.IsNaN(rate) || rate is > 1e-7 and < 10);
    }

    [Fact]
    public async Task A_search_that_is_stopped_shows_what_it_saw()
    {
        using var stop = notebook.StopAt("step 1 of");
        await notebook.RunAsync($"tresnet-lr-find --data {folder} --batch-size 8", stop.Token);

        Assert.Contains("Interrupted after 1 of 100 steps", $"{notebook.Displays[^1].Value}", StringComparison.Ordinal);
        Assert.Contains("Too few steps for a suggestion", $"{notebook.Displays[^1].Value}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--start-lr 1 --end-lr 0.1", "The learning rate was to rise from 1 to 0.1")]
    [InlineData("--num-it 3", "The learning rate was to rise in 3 steps")]
    [InlineData("--recipe finetune", "goes on from weights")]
    public async Task A_search_that_finds_nothing_is_refused(string options, string sentence) =>
        Assert.Contains(
            sentence,
            await notebook.RefusalOf($"tresnet-lr-find --data {folder} --batch-size 8 {options}"),
            StringComparison.Ordinal
        );
}
