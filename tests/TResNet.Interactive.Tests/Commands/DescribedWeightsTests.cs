using TResNet.Building;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Weights that know what they are, and the commands that take it from there.</summary>
public sealed class DescribedWeightsTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("described").FullName;

    public DescribedWeightsTests()
    {
        foreach (var (name, brightness) in new[] { ("dark", 40), ("light", 200) })
        {
            TinyPhotos.Write(PathOf($"photos/train/{name}"), 8, brightness);
            TinyPhotos.Write(PathOf($"photos/val/{name}"), 3, brightness + 10);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("w.safetensors")]
    [InlineData("w.pth")]
    public async Task Commands_take_network_classes_and_images_from_the_file_and_say_so(string file)
    {
        await TrainAsync($"--epochs 1 --set attention=eca --mean 0.4 0.5 0.6 --std 0.25 --output {PathOf(file)}");
        await notebook.RunAsync($"tresnet-validate --run {PathOf("run")}");
        var ofRun = notebook.Get<EvaluationResult>("evaluation");

        await notebook.RunAsync($"tresnet-validate --weights {PathOf("run")}/best.safetensors {Data}");

        Assert.Equal(ofRun.Loss, notebook.Get<EvaluationResult>("evaluation").Loss);
        Assert.Contains(
            "best.safetensors says what it is: tresnet_nano + attention=eca, 2 classes (dark, light), 3 x 64 x 64 pixels, crop 0.875 center, bilinear, mean 0.4 0.5 0.6, std 0.25.",
            Said()
        );

        await notebook.RunAsync($"tresnet-predict {PathOf("photos/val/dark")} --weights {PathOf(file)}");
        var seen = notebook.Get<Predictions>("predictions");
        Assert.Equal(["dark", "light"], seen.Images[0].Top.Select(each => each.Class).Order());

        await notebook.RunAsync($"tresnet-build --weights {PathOf(file)} --name built");
        Assert.Equal(
            (2, 64),
            (notebook.Get<Network>("built").NumClasses, notebook.Get<Network>("built").DataConfig.InputSize)
        );

        await notebook.RunAsync($"tresnet-validate --weights {PathOf(file)} {Data} --input-size 32");
        Assert.Contains("; --input-size 32 holds in place of it.", Said(), StringComparison.Ordinal);
        Assert.NotEqual(ofRun.Loss, notebook.Get<EvaluationResult>("evaluation").Loss);

        await notebook.RunAsync(
            $"tresnet-train --weights {PathOf(file)} {Data} --epochs 1 --batch-size 8 --run {PathOf("again")}"
        );
        var again = notebook.Get<TrainingRun>("run");
        Assert.Equal("tresnet_nano + attention=eca", again.Model);
        Assert.Equal([3, 64, 64], again.InputShape);
        var kept = Checkpoint.Describe(again.BestCheckpoint!);
        Assert.Equal([0.4, 0.5, 0.6], kept.Data.Mean!);
        Assert.Equal(
            (file, "again", "1"),
            (kept.Provenance["source"], kept.Provenance["run"], kept.Provenance["epoch"])
        );
        Assert.StartsWith("top1=", kept.Provenance["eval_metric"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_shows_what_a_file_says_of_itself()
    {
        await TrainAsync("--epochs 1");
        notebook.Displays.Clear();
        await notebook.RunAsync($"tresnet-weights {PathOf("run/last.safetensors")}");
        var table = Assert.IsType<Table>(Assert.IsType<View>(notebook.Displays[0].Value).Parts[0]);
        Assert.Contains(table.Rows, row => row[0].Text == "label_names" && row[1].Text == """["dark","light"]""");
        Assert.Contains(table.Rows, row => row[0].Text == "run" && row[1].Text == "run");

        using var module = TorchSharp.torch.nn.Linear(2, 3);
        module.Save(PathOf("bare.pth"));
        await notebook.RunAsync($"tresnet-weights {PathOf("bare.pth")}");
        Assert.StartsWith("bare.pth\n\nThe file has weights alone", notebook.Displays[^1].Value.ToString());
    }

    [Fact]
    public async Task Convert_weights_adds_what_is_missing_and_checks_that_it_fits()
    {
        await TrainAsync($"--epochs 1 --output {PathOf("w.pth")}");
        await notebook.RunAsync($"tresnet-convert-weights {PathOf("w.pth")} {PathOf("w.dat")}");
        Assert.Contains(
            "A .dat file has no place for what the weights say of themselves",
            Said(),
            StringComparison.Ordinal
        );
        await File.WriteAllLinesAsync(PathOf("classes.txt"), ["dark", "light"]);
        await notebook.RunAsync(
            $"tresnet-convert-weights {PathOf("w.dat")} {PathOf("x.safetensors")} --model tresnet_nano --classes {PathOf("classes.txt")} --input-size 64"
        );
        using (var loaded = Models.Load(PathOf("x.safetensors")))
        {
            Assert.Equal(["dark", "light"], loaded.Classes!);
            Assert.Equal(64, loaded.DataConfig.InputSize);
        }

        await notebook.RunAsync($"tresnet-convert-weights {PathOf("w.dat")} {PathOf("y.pth")} --model tresnet_nano");
        Assert.Equal(2, Checkpoint.Describe(PathOf("y.pth")).NumClasses);

        Assert.Contains(
            "is a checkpoint of another model",
            await notebook.RefusalOf($"tresnet-convert-weights {PathOf("w.dat")} {PathOf("z.pth")} --model resnet18"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--input-size cannot be checked: name it with --model.",
            await notebook.RefusalOf($"tresnet-convert-weights {PathOf("w.dat")} {PathOf("z.pth")} --input-size 64"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--threshold is for weights of several labels",
            await notebook.RefusalOf($"tresnet-convert-weights {PathOf("w.pth")} {PathOf("z.pth")} --threshold 0.4"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "--input-size would be lost",
            await notebook.RefusalOf($"tresnet-convert-weights {PathOf("w.pth")} {PathOf("z.dat")} --input-size 64"),
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(PathOf("z.pth")));
    }

    [Fact]
    public async Task Images_of_other_classes_are_refused()
    {
        await TrainAsync($"--epochs 1 --output {PathOf("w.pth")}");
        Directory.Move(PathOf("photos/train/dark"), PathOf("photos/train/night"));
        Directory.Move(PathOf("photos/val/dark"), PathOf("photos/val/night"));
        var refusal = await notebook.RefusalOf($"tresnet-validate --weights {PathOf("w.pth")} {Data}");
        Assert.StartsWith(
            $"{PathOf("w.pth")} knows 2 classes and the images have 2; output 0 is for 'dark' there and 'light' here",
            refusal,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "architecture",
        "nonsense",
        "says that it is of 'nonsense', which cannot be built (There is no model 'nonsense'"
    )]
    [InlineData(
        "architecture",
        "tresnet_m + drop-rate=5",
        "it takes 0 to 1 exclusive): name the network with --model."
    )]
    [InlineData("num_classes", "many", "")]
    public async Task What_is_damaged_is_said_and_options_help(string key, string word, string said)
    {
        using var network = Models.Create("tresnet_nano", 2);
        var words = new Dictionary<string, string>(WeightsDescription.Of(network).ToMetadata()) { [key] = word };
        await using (var output = File.Create(PathOf("d.pth")))
        {
            CheckpointFile.WriterFor("d.pth", words)(
                output,
                [.. network.state_dict().Select(p => TResNet.Weights.Formats.TensorSource.Of(p.Key, p.Value))]
            );
        }

        var line = $"tresnet-validate {Data} --weights {PathOf("d.pth")}";
        if (said.Length > 0)
        {
            Assert.Contains(said, await notebook.RefusalOf(line), StringComparison.Ordinal);
        }

        await notebook.RunAsync($"{line} --model tresnet_nano");
        Assert.Equal(6, notebook.Get<EvaluationResult>("evaluation").Predictions.Count);
        Assert.Equal(said.Length == 0, Said().Contains("num_classes is 'many'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mean_and_deviation_belong_to_the_state_of_a_run()
    {
        await TrainAsync("--mean 0.5 --std 0.2 --epochs 2");
        var whole = notebook.Get<TrainingRun>("run");
        var stop = notebook.StopWhen(value => value is Train.TrainingCard { Done: > 0.4 and < 0.9 });
        await notebook.RunAsync(
            $"tresnet-train {Data} --input-size 64 --batch-size 8 --run {PathOf("half")} --mean 0.5 --std 0.2 --epochs 2",
            stop.Token
        );
        notebook.Watch = null;
        await notebook.RunAsync($"tresnet-train --run {PathOf("half")} --resume");
        Assert.Equal(
            whole.Epochs.Select(epoch => epoch.ValidationLoss),
            notebook.Get<TrainingRun>("run").Epochs.Select(epoch => epoch.ValidationLoss)
        );
        Assert.Contains(
            "is of a run with another mean: 0.5 0.5 0.5 there, 0.1 0.1 0.1 here",
            await notebook.RefusalOf($"tresnet-train --run {PathOf("half")} --resume --mean 0.1"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("--mean 0.1 0.2", "--mean is 0.1 0.2: it takes three numbers")]
    [InlineData("--std 0", "--std is 0: it takes three numbers, for red, green and blue, or one for all, each above 0")]
    [InlineData("--std NaN", "--std is NaN")]
    public async Task Other_numbers_are_refused(string options, string said) =>
        Assert.StartsWith(said, await notebook.RefusalOf($"tresnet-train {Data} {options}"), StringComparison.Ordinal);

    [Fact]
    public async Task A_finished_run_becomes_longer_and_what_is_not_kept_is_said()
    {
        await TrainAsync("--epochs 1");
        Assert.DoesNotContain("Nothing is kept", Said(), StringComparison.Ordinal);
        await notebook.RunAsync($"tresnet-train --run {PathOf("run")} --resume --epochs 3");
        Assert.Equal(3, notebook.Get<TrainingRun>("run").Epochs.Count);
        Assert.Contains("The run becomes longer, 3 epochs in place of 1", Said(), StringComparison.Ordinal);
        await notebook.RunAsync($"tresnet-train --run {PathOf("run")} --resume");
        Assert.Contains("All 3 epochs of the run were done before", Said(), StringComparison.Ordinal);

        await notebook.RunAsync($"tresnet-train {Data} --epochs 1 --batch-size 8 --output {PathOf("w.pth")}");
        Assert.DoesNotContain("Nothing is kept", Said(), StringComparison.Ordinal);
        await notebook.RunAsync($"tresnet-train {Data} --epochs 1 --batch-size 8");
        Assert.Contains(
            "Nothing is kept on the disk: --output FILE saves the weights, and --run FOLDER keeps the whole run.",
            Said(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_command_that_looks_takes_the_variable_model_and_says_so()
    {
        await TrainAsync("--epochs 1");
        var run = notebook.Get<TrainingRun>("run");
        await notebook.RunAsync($"tresnet-validate {Data}");
        Assert.Contains(
            "The network is the notebook's variable model: tresnet_nano.",
            Said(),
            StringComparison.Ordinal
        );
        Assert.Equal(run.Epochs[^1].ValidationLoss, notebook.Get<EvaluationResult>("evaluation").Loss, 1e-6);
        await notebook.RunAsync($"tresnet-predict {PathOf("photos/val/light")}");
        Assert.Contains(notebook.Get<Predictions>("predictions").Images[0].Top[0].Class, new[] { "dark", "light" });
    }

    private string Data => $"--data {PathOf("photos")}";

    private Task<int> TrainAsync(string options) =>
        notebook.RunAsync($"tresnet-train {Data} --input-size 64 --batch-size 8 --run {PathOf("run")} {options}");

    private string Said() => string.Join('\n', notebook.Displays.Select(shown => shown.Value.ToString()));

    private string PathOf(string name) => Path.Combine(folder, name);
}
