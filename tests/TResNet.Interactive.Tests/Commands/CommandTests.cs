using TorchSharp;
using TResNet.Building;
using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Build;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Diagrams;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Training;
using TResNet.Training.Runs;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

public sealed class CommandTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Models_lists_what_a_pattern_matches()
    {
        await notebook.RunAsync("tresnet-models resnet??");

        var table = Assert.IsType<Table>(Assert.Single(Assert.IsType<View>(notebook.Displays[0].Value).Parts));
        Assert.Equal(["resnet18", "resnet34", "resnet50"], table.Rows.Select(row => row[0].Text));
        Assert.Equal("4.09G", table.Rows[2][5].Text);
    }

    [Fact]
    public async Task Build_leaves_the_network_in_a_variable_and_shows_its_layers()
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --num-classes 10 --name net");

        var network = notebook.Get<Network>("net");
        Assert.Equal((10, false), (network.NumClasses, network.training));
        var view = Assert.IsType<View>(notebook.Displays[0].Value);
        Assert.Contains("for 3 × 32 × 32", view.Subtitle);
        Assert.Single(view.AllParts.OfType<LayerTree>());
        Assert.Equal(10, Assert.Single(view.AllParts.OfType<ArchitectureDiagram>()).NumClasses);
    }

    [Fact]
    public async Task One_seed_builds_the_same_network_twice()
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --name a --seed 7");
        await notebook.RunAsync("tresnet-build --model tresnet_nano --name b --seed 7");

        var (a, b) = (notebook.Get<Network>("a").parameters(), notebook.Get<Network>("b").parameters());
        Assert.All(a.Zip(b), pair => Assert.Equal(0, (pair.First - pair.Second).abs().sum().ToDouble()));
    }

    [Fact]
    public async Task Train_shows_moving_curves_and_leaves_run_model_and_checkpoint()
    {
        TinyData.Write(folder, images: 48);
        var file = Path.Combine(folder, "out.safetensors");

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 2 --batch-size 8 --output {file}");

        var run = notebook.Get<TrainingRun>("run");
        Assert.Equal((2, 12, false), (run.Epochs.Count, run.Steps.Count, run.Interrupted));
        Assert.Equal("tresnet_nano", notebook.Get<Network>("model").Info.Name);
        Assert.True(File.Exists(file));
        var shown = Assert.Single(notebook.Displays, shown => shown.Value is TrainingCard);
        var card = (TrainingCard)shown.Value;
        Assert.Equal(RunState.Finished, card.State);
        Assert.Single(card.Parts.OfType<Table>());
        // Two evaluations begin, it ends, and twice a second something moves.
        Assert.InRange(shown.Updates, 1, 3 + 2 * run.Duration.TotalSeconds);
    }

    [Fact]
    public async Task A_folder_of_photographs_is_trained_on_and_damaged_ones_are_named_at_the_end()
    {
        foreach (var part in (string[])["train", "val"])
        {
            for (var i = 0; i < 20; i++)
            {
                WritePhotograph(Path.Combine(folder, part, i % 2 == 0 ? "rose" : "tulip", $"{i}.png"));
            }
        }

        File.WriteAllText(Path.Combine(folder, "train", "rose", "4.png"), "no image");
        File.WriteAllBytes(Path.Combine(folder, "val", "tulip", "5.png"), []);

        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 2 --batch-size 10");

        var run = notebook.Get<TrainingRun>("run");
        Assert.Equal((2, 4), (notebook.Get<Network>("model").NumClasses, run.Steps.Count));
        var ends = notebook.Displays.TakeLast(2).Select(shown => shown.Value.ToString()!).ToArray();
        Assert.StartsWith($"{Path.GetFileName(folder)} (train)\n\n1 image was skipped:", ends[0]);
        Assert.Contains("4.png is no image but text", ends[0]);
        Assert.StartsWith($"{Path.GetFileName(folder)} (held out)\n\n1 image was skipped:", ends[1]);
        Assert.Contains("5.png is empty", ends[1]);
    }

    [Fact]
    public async Task Photographs_are_packed_and_the_pack_is_trained_on()
    {
        for (var i = 0; i < 10; i++)
        {
            WritePhotograph(Path.Combine(folder, "flowers", i % 2 == 0 ? "rose" : "tulip", $"{i}.png"));
        }

        File.WriteAllText(Path.Combine(folder, "flowers", "rose", "2.png"), "no image");
        var pack = Path.Combine(folder, "flowers.pack");

        await notebook.RunAsync($"tresnet-data pack {folder}/flowers {pack} --size 16 --quality 80");

        Assert.Equal("Packing images: 10 of 10", Assert.IsType<ProgressLine>(notebook.Displays[0].Value).Text);
        Assert.StartsWith($"9 images of 2 classes are in {pack} (0.0 MB).", notebook.Displays[1].Value.ToString());
        Assert.Contains("2.png is no image but text", notebook.Displays[2].Value.ToString());
        await notebook.RunAsync($"tresnet-train --data {pack} --epochs 1 --batch-size 7");
        Assert.Equal("flowers (train)", notebook.Get<TrainingRun>("run").TrainData);
        Assert.Contains(
            "is a folder; name a file in it",
            await notebook.RefusalOf($"tresnet-data pack {folder}/flowers {folder}")
        );
    }

    [Fact]
    public async Task A_list_of_photographs_is_trained_on_and_another_tested_on()
    {
        for (var i = 0; i < 12; i++)
        {
            WritePhotograph(Path.Combine(folder, $"{i}.png"));
        }

        File.WriteAllLines(
            Path.Combine(folder, "a.csv"),
            Enumerable.Range(0, 8).Select(i => $"{i}.png,{"xyz"[i % 3]}")
        );
        File.WriteAllLines(
            Path.Combine(folder, "b.csv"),
            Enumerable.Range(8, 4).Select(i => $"{i}.png,{"xyz"[i % 3]}")
        );

        await notebook.RunAsync(
            $"tresnet-train --data {folder}/a.csv --val-data {folder}/b.csv --epochs 1 --batch-size 4"
        );

        Assert.Equal(3, notebook.Get<Network>("model").NumClasses);
        Assert.Equal("a (held out)", notebook.Get<TrainingRun>("run").ValidationData);
        await notebook.RunAsync(
            $"tresnet-train --data {folder}/a.csv --epochs 1 --batch-size 2 --aa rand-m9-inc1 --mixup 0.2 --cutmix 1 --reprob 0.3"
        );
        Assert.Equal(2, notebook.Get<TrainingRun>("run").Steps.Count);
    }

    [Fact]
    public async Task A_network_in_a_variable_is_trained_on()
    {
        TinyData.Write(folder, images: 16);
        await notebook.RunAsync("tresnet-build --model tresnet_nano --num-classes 4 --name mine");
        var mine = notebook.Get<Network>("mine");

        await notebook.RunAsync($"tresnet-train --model mine --data {folder} --epochs 1 --batch-size 8");

        Assert.Same(mine, notebook.Get<Network>("model"));
    }

    [Fact]
    public async Task Weights_for_other_classes_are_trained_on_with_a_fresh_classifier()
    {
        TinyData.Write(folder, images: 16);
        var file = Path.Combine(folder, "ten.safetensors");
        using (var ten = Models.Create("tresnet_nano", 10))
        {
            TResNet.Weights.Checkpoint.Save(ten, file);
        }

        await notebook.RunAsync(
            $"tresnet-train --weights {file} --data {folder} --epochs 1 --batch-size 8 --hflip 0.5 --shift 1"
        );

        Assert.Contains("the classifier starts afresh", notebook.Displays[0].Value.ToString());
        var run = notebook.Get<TrainingRun>("run");
        Assert.Equal((0.5, 1), (run.Augmentations!.HFlip, run.Augmentations.Shift));
    }

    [Fact]
    public async Task An_interrupted_training_leaves_run_and_model_and_says_so()
    {
        TinyData.Write(folder, images: 64);
        var file = Path.Combine(folder, "out.safetensors");
        using var stop = notebook.StopWhen(shown => shown is TrainingCard);

        await notebook.RunAsync(
            $"tresnet-train --data {folder} --epochs 5000 --batch-size 8 --output {file}",
            stop.Token
        );

        var run = notebook.Get<TrainingRun>("run");
        Assert.True(run.Interrupted);
        Assert.True(File.Exists(file));
        var model = notebook.Get<Network>("model");
        Assert.All(model.parameters(), p => Assert.True(double.IsFinite(p.sum().ToDouble())));
        var card = Assert.Single(notebook.Displays.Select(shown => shown.Value).OfType<TrainingCard>());
        Assert.Equal(RunState.Interrupted, card.State);
        Assert.Contains("Interrupted after", card.ToString());
    }

    [Fact]
    public async Task Validate_shows_what_a_trained_network_says_of_held_out_images()
    {
        TinyData.Write(folder, images: 48);
        await notebook.RunAsync($"tresnet-train --data {folder} --epochs 1 --batch-size 8");
        var run = notebook.Get<TrainingRun>("run");
        notebook.Displays.Clear();

        await notebook.RunAsync($"tresnet-validate --model model --data {folder} --batch-size 20");

        var evaluation = notebook.Get<EvaluationResult>("evaluation");
        Assert.Equal((run.Epochs[^1].Top1, 48), (evaluation.Top1, evaluation.Predictions.Count));
        var shown = notebook.Displays[0];
        Assert.InRange(shown.Updates, 1, 4);
        var table = Assert.IsType<View>(shown.Value).Parts.OfType<Table>().Last();
        Assert.Equal(["12", "12", "12", "12"], table.Rows.Select(row => row[1].Text));
    }

    [Fact]
    public async Task Validate_takes_weights_from_a_file_and_says_when_there_are_none()
    {
        TinyData.Write(folder, images: 16);
        var file = Path.Combine(folder, "four.safetensors");
        using (var four = Models.Create("tresnet_nano", 4))
        {
            TResNet.Weights.Checkpoint.Save(four, file);
            await notebook.RunAsync($"tresnet-validate --weights {file} --data {folder}");
            notebook.SetVariable("four", four);
            await notebook.RunAsync($"tresnet-validate --model four --data {folder} --name again");
        }

        Assert.Equal(notebook.Get<EvaluationResult>("again").Loss, notebook.Get<EvaluationResult>("evaluation").Loss);
        Assert.DoesNotContain(notebook.Displays, shown => $"{shown.Value}".Contains("guesses"));

        await notebook.RunAsync($"tresnet-validate --data {folder}");
        Assert.StartsWith("tresnet_nano guesses: its weights are fresh.", notebook.Displays[^1].Value.ToString());
    }

    [Fact]
    public async Task Validate_refuses_weights_for_other_classes()
    {
        TinyData.Write(folder, images: 16);
        var file = Path.Combine(folder, "ten.safetensors");
        using (var ten = Models.Create("tresnet_nano", 10))
        {
            TResNet.Weights.Checkpoint.Save(ten, file);
        }

        Assert.Contains("10", await notebook.RefusalOf($"tresnet-validate --weights {file} --data {folder}"));
        Assert.Empty(notebook.Displays);
    }

    [Fact]
    public async Task An_interrupted_validation_leaves_nothing()
    {
        TinyData.Write(folder, images: 16);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            notebook.RunAsync($"tresnet-validate --data {folder}", stop.Token)
        );

        Assert.Empty(notebook.VariableNames);
    }

    [Fact]
    public async Task Profile_measures_each_network_in_each_mode()
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano --num-classes 4 --name mine");
        notebook.Displays.Clear();

        await notebook.RunAsync(
            "tresnet-profile --model tresnet_nano mine --batch-size 2 --rounds 2 --mode both --layers"
        );

        var profile = notebook.Get<ProfileResult>("profile");
        Assert.Equal(
            ["tresnet_nano", "tresnet_nano", "mine (tresnet_nano)", "mine (tresnet_nano)"],
            profile.Throughputs.Select(r => r.Model)
        );
        Assert.Equal(2, profile.Summaries.Count);
        Assert.Equal(4, Assert.IsType<Table>(notebook.Displays[0].Value).Rows.Count);
        Assert.IsType<Figure>(notebook.Displays[1].Value);
        Assert.Equal(profile.Throughputs.Select(r => (r.Model, r.Mode)), profile.Layers.Select(l => (l.Model, l.Mode)));
        var views = notebook.Displays.Select(shown => shown.Value).OfType<View>().ToArray();
        Assert.Equal(4, views.Count(view => view.Parts.OfType<Figure>().Any()));
        Assert.Equal(2, views.Count(view => view.Parts.OfType<LayerTree>().Any()));
        Assert.Equal(4, views.Count(view => view.Subtitle?.StartsWith("all layers") == true));
    }

    [Fact]
    public async Task Profile_shows_an_optimised_network_beside_the_network_and_what_it_is_made_of()
    {
        await notebook.RunAsync("tresnet-profile --model tresnet_nano --batch-size 2 --rounds 2 --totals --optimize");

        var profile = notebook.Get<ProfileResult>("profile");
        Assert.False(Assert.Single(profile.Throughputs).Options.Optimize);
        Assert.True(Assert.Single(profile.Optimized).Options.Optimize);
        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Equal(["tresnet_nano", "tresnet_nano, optimised"], table.Rows.Select(row => row[0].Text));
        Assert.Equal("speed-up", table.Columns[4].Header);
        Assert.StartsWith("Inference in batches of 2 × 3 × 32 × 32. ", table.Note);
        Assert.Equal("", table.Rows[0][4].Text);
        var ratios = profile.Optimized[0].Rounds.Zip(profile.Throughputs[0].Rounds, (fast, plain) => fast / plain);
        Assert.Equal(Math.Sqrt(ratios.Aggregate((a, b) => a * b)), table.Rows[1][4].Number!.Value, 1e-9);
        Assert.Matches(@"^\d+\.\d+ ×$", table.Rows[1][4].Text);
        Assert.Equal("2 turns", table.Rows[1][4].Aside);
        var chart = Assert.IsType<Figure>(notebook.Displays[1].Value);
        Assert.Equal(["tresnet_nano", "tresnet_nano, optimised"], chart.Data.OfType<Bar>().Single().Y!.Labels!);
        var view = Assert.IsType<View>(notebook.Displays[2].Value);
        Assert.Equal("tresnet_nano, optimised", view.Title);
        Assert.Contains("space to depth", Assert.Single(view.Parts.OfType<Table>()).Rows.Select(row => row[0].Text));
        Assert.DoesNotContain("Interrupted", table.Note);
    }

    [Fact]
    public async Task Of_three_networks_time_is_drawn_over_multiply_adds_and_over_activations()
    {
        await notebook.RunAsync(
            "tresnet-profile --model tresnet_nano tresnet_nano+attention=none mobilenetv2_100 --batch-size 2 --rounds 1 --input-size 32 --totals"
        );

        Assert.Empty(notebook.Get<ProfileResult>("profile").Layers);
        var titles = notebook.Displays.Select(shown => shown.Value).OfType<Figure>().Select(f => f.Layout.Title!.Text);
        Assert.Equal(
            ["Images per second", "Multiply-adds against", "Activations against t"],
            titles.Select(t => t[..Math.Min(21, t.Length)])
        );
        await notebook.RunAsync("tresnet-compare --models tresnet_nano,tresnet_nano+attention=none,mobilenetv2_100");
        Assert.IsType<Comparison>(notebook.Get<Comparison>("comparison"));
    }

    [Fact]
    public async Task A_trace_is_written_and_said_where()
    {
        var file = Path.Combine(folder, "trace.json");

        await notebook.RunAsync($"tresnet-profile --model tresnet_nano --batch-size 2 --rounds 1 --trace {file}");

        using var trace = System.Text.Json.JsonDocument.Parse(File.ReadAllText(file));
        Assert.True(trace.RootElement.GetProperty("traceEvents").GetArrayLength() > 40);
        Assert.Contains($"is in {file}: open it in ui.perfetto.dev", notebook.Displays[^1].Value.ToString());
    }

    [Fact]
    public void The_extension_adds_its_magics_and_namespaces()
    {
        new TResNetExtension().Load(notebook);

        Assert.Equal(
            [
                "tresnet-models",
                "tresnet-build",
                "tresnet-train",
                "tresnet-lr-find",
                "tresnet-suggest",
                "tresnet-recipes",
                "tresnet-data",
                "tresnet-runs",
                "tresnet-validate",
                "tresnet-predict",
                "tresnet-explain",
                "tresnet-profile",
                "tresnet-throughput",
                "tresnet-ablate",
                "tresnet-compare",
                "tresnet-paper",
                "tresnet-weights",
                "tresnet-convert-weights",
                "tresnet-export",
            ],
            notebook.Magics.Select(m => m.Name)
        );
        Assert.Contains("static TorchSharp.torch", notebook.Namespaces);
        Assert.Contains("TResNet.Interactive", notebook.Namespaces);
    }

    private static void WritePhotograph(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "photograph.png"), path);
    }
}
