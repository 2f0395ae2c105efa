using TResNet.Building;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>A training with a teacher: where that is found, what is said of it, and what goes on.</summary>
public sealed class TeacherTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("teacher").FullName;

    public TeacherTests() => TinyData.Write(folder, images: 32);

    private string Train => $"tresnet-train --data {folder} --epochs 1 --batch-size 8";

    private string Two => $"tresnet-train --data {folder} --epochs 2 --batch-size 8";

    private TrainingRun Run => notebook.Get<TrainingRun>("run");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_run_its_file_and_the_variable_that_holds_it_teach_the_same()
    {
        var kept = Path.Combine(folder, "kept");
        await notebook.RunAsync($"{Train} --run {kept} --model-name wise");
        var file = Path.Combine(kept, "best.safetensors");
        var losses = new List<double[]>();
        foreach (var teacher in new[] { kept, file, "wise" })
        {
            await notebook.RunAsync($"{Train} --seed 7 --teacher {teacher} --distill-loss-weight 0.5");
            losses.Add([.. Run.Steps.Select(step => step.Loss)]);
            Assert.Contains(
                Said(),
                text =>
                    text
                    == $"The teacher is tresnet_nano ({Path.GetFileName(teacher)}), which sees the images at 32 x 32 pixels. The training loss is 1 x cross entropy + 0.5 x KL divergence from the teacher at temperature 4."
            );
        }

        Assert.Equal(losses[0], losses[1]);
        Assert.Equal(losses[0], losses[2]);
        Assert.Contains(
            "1 x cross entropy + 0.5 x KL divergence from tresnet_nano at temperature 4, label smoothing",
            $"{notebook.Displays.Last(shown => shown.Value is TrainingCard).Value}"
        );
        await notebook.RunAsync($"{Train} --seed 7");
        Assert.NotEqual(losses[0], Run.Steps.Select(step => step.Loss));
    }

    [Fact]
    public async Task A_run_goes_on_with_its_teacher_and_says_where_it_was_where_it_is_gone()
    {
        var (teacher, whole, parted) = (
            Path.Combine(folder, "teacher.safetensors"),
            Path.Combine(folder, "whole"),
            Path.Combine(folder, "parted")
        );
        await notebook.RunAsync($"{Train} --output {teacher}");
        var options = $"--seed 7 --teacher {teacher} --kd-temperature 2 --task-loss-weight 0.25 --mixup 0.5";
        await notebook.RunAsync($"{Two} {options} --run {whole}");
        var expected = Run.Steps.Select(step => step.Loss).ToArray();
        await notebook.RunAsync($"{Two} {options} --run {parted}");
        // As an interrupt in the second epoch leaves it.
        File.Delete(Directory.GetFiles(parted, "state-*.safetensors").Order(StringComparer.Ordinal).Last());
        var moved = teacher + ".moved.safetensors";
        File.Move(teacher, moved);
        Assert.Equal(
            $"The run has a teacher, {teacher}, which is not there any more: put it back, or say with --teacher where it is by now.",
            await notebook.RefusalOf($"tresnet-train --run {parted} --resume")
        );
        await notebook.RunAsync($"tresnet-train --run {parted} --resume --teacher {moved}");

        Assert.Equal(expected, Run.Steps.Select(step => step.Loss));
        Assert.Equal(
            "tresnet_nano",
            Checkpoint.Describe(Path.Combine(parted, "best.safetensors")).Provenance["teacher"]
        );
        File.Move(moved, teacher);
        await notebook.RunAsync($"tresnet-train --run {parted} --resume --epochs 3");
        Assert.Equal(12, Run.Steps.Count);
    }

    [Fact]
    public async Task Each_of_several_runs_has_the_teacher()
    {
        var teacher = Path.Combine(folder, "teacher.safetensors");
        await notebook.RunAsync($"{Train} --output {teacher}");
        await notebook.RunAsync($"{Train} --folds 2 --teacher {teacher} --run {folder}/folds");

        Assert.All(
            notebook.Get<IReadOnlyList<TrainingRun>>("runs"),
            run => Assert.Equal("tresnet_nano", run.Folder!.Describe().Teacher)
        );
    }

    [Fact]
    public async Task Several_labels_are_taught_each_by_itself()
    {
        var own = Path.Combine(folder, "labels");
        var images = TinyLabels.Write(Directory.CreateDirectory(own).FullName);
        var teacher = Path.Combine(folder, "teacher.safetensors");
        await notebook.RunAsync($"tresnet-train {images} --epochs 1 --batch-size 16 --output {teacher}");

        await notebook.RunAsync($"tresnet-train {images} --epochs 1 --batch-size 16 --teacher {teacher}");

        Assert.Contains(
            Said(),
            text => text.EndsWith("1 x asymmetric loss + 1 x binary KL divergence from the teacher at temperature 4.")
        );
        Assert.Contains(
            "was trained for several labels an image",
            await notebook.RefusalOf($"tresnet-train --data {folder} --epochs 1 --teacher {teacher}")
        );
    }

    [Fact]
    public async Task The_range_test_has_the_loss_of_the_training()
    {
        var teacher = Path.Combine(folder, "teacher.safetensors");
        await notebook.RunAsync($"{Train} --output {teacher}");

        await notebook.RunAsync($"tresnet-lr-find --data {folder} --batch-size 8 --num-it 20 --teacher {teacher}");

        Assert.Contains(Said(), text => text.StartsWith("The teacher is tresnet_nano (teacher.safetensors)"));
    }

    [Fact]
    public async Task What_means_nothing_or_teaches_nothing_is_refused()
    {
        Assert.Equal(
            "--kd-temperature is for a training with a teacher: name one with --teacher, or leave it out.",
            await notebook.RefusalOf($"{Train} --kd-temperature 2")
        );
        Assert.StartsWith(
            "--kd-temperature means nothing to --kd-loss-type hard",
            await notebook.RefusalOf($"{Train} --teacher x --kd-loss-type hard --kd-temperature 2")
        );
        Assert.Equal(
            $"--teacher {folder} is a folder without a run in it, which has state-*.safetensors: name that of a run, or a file of weights.",
            await notebook.RefusalOf($"{Train} --teacher {folder}")
        );
        Assert.StartsWith("There is no file nobody", await notebook.RefusalOf($"{Train} --teacher nobody"));
        var silent = Path.Combine(folder, "silent.dat");
        using (var network = Models.Create("tresnet_nano", numClasses: 4))
        {
            network.Save(silent);
            notebook.SetVariable("net", network);
            Assert.StartsWith(
                $"--teacher {silent} does not say which network it is of",
                await notebook.RefusalOf($"{Train} --teacher {silent}")
            );
            Assert.Contains(
                "the network that is trained",
                await notebook.RefusalOf($"{Train} --model net --teacher net")
            );
        }
    }

    private IEnumerable<string> Said() =>
        notebook.Displays.Select(shown => shown.Value).OfType<View>().SelectMany(view => view.Parts).OfType<string>();
}
