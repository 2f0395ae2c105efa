using System.CommandLine;
using TResNet.Building;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Profiling;
using TResNet.Profiling.Counting;
using TResNet.Training;
using TResNet.Training.Runs;
using TResNet.Weights;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>An ablation is one option: <c>--set attention=eca</c>.</summary>
public sealed class SwitchCommandTests : IDisposable
{
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("switches").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Build_shows_a_variant_under_its_own_name()
    {
        await notebook.RunAsync(
            "tresnet-build --model tresnet_nano --set attention=eca --set stem=7x7 --num-classes 10"
        );

        var network = notebook.Get<Network>("model");
        Assert.Equal(Models.Describe("tresnet_nano").With(["stem=7x7", "attention=eca"]), network.Architecture);
        var view = Assert.IsType<View>(notebook.Displays[0].Value);
        Assert.Equal("tresnet_nano + stem=7x7 + attention=eca", view.Title);
        Assert.Equal(network.Info.Parameters, Models.Describe(view.Title!).Info.Parameters);
        Assert.Null(network.Info.Top1);
    }

    [Fact]
    public async Task Train_names_the_variant_in_its_chart_and_run()
    {
        TinyData.Write(folder, images: 16);

        await notebook.RunAsync($"tresnet-train --set norm=evonorm-b0 --data {folder} --epochs 1 --batch-size 8");

        Assert.Equal("tresnet_nano + norm=evonorm-b0", notebook.Get<TrainingRun>("run").Model);
        var card = Assert.Single(notebook.Displays.Select(shown => shown.Value).OfType<TrainingCard>());
        Assert.StartsWith("tresnet_nano + norm=evonorm-b0 on", card.ToString());
    }

    [Fact]
    public async Task Profile_puts_variants_side_by_side()
    {
        await notebook.RunAsync(
            "tresnet-profile --model tresnet_nano tresnet_nano+attention=none --set pool=max --batch-size 2 --rounds 1"
        );

        var profile = notebook.Get<ProfileResult>("profile");
        Assert.Equal(
            ["tresnet_nano + pool=max", "tresnet_nano + attention=none + pool=max"],
            profile.Throughputs.Select(result => result.Model)
        );
        Assert.True(profile.Summaries[0].Parameters > profile.Summaries[1].Parameters);
    }

    [Fact]
    public async Task Weights_that_do_not_fit_a_variant_are_refused()
    {
        var file = Path.Combine(folder, "nano.safetensors");
        using (var nano = Models.Create("tresnet_nano"))
        {
            Checkpoint.Save(nano, file);
        }

        var refusal = await notebook.RefusalOf(
            $"tresnet-build --model tresnet_nano --set block=basic --weights {file}"
        );

        Assert.Contains("nano.safetensors", refusal);
        Assert.DoesNotContain('\n', refusal);
        Assert.Empty(notebook.VariableNames);
    }

    [Theory]
    [InlineData(
        "--model tresnet_m --set atention=eca",
        "tresnet_m has no switch 'atention': did you mean attention? Its switches are stem,"
    )]
    [InlineData(
        "--model tresnet_m --set attention=ecca",
        "attention cannot be 'ecca', did you mean eca? It takes none, ceca, coord, eca or se."
    )]
    [InlineData(
        "--model tresnet_m --set attention",
        "attention is given no value: it takes none, ceca, coord, eca or se, as in attention=none."
    )]
    [InlineData(
        "--model efficientnet_b0 --set stem=deep",
        "efficientnet_b0 has no switch 'stem'. Its switches are activation,"
    )]
    [InlineData(
        "--model tresnet_m --set drop-rate=2",
        "tresnet_m was given a drop rate of 2: it takes 0 to 1 exclusive."
    )]
    public async Task A_switch_that_is_not_there_is_refused(string options, string sentence)
    {
        foreach (var command in new[] { "build", "profile", "train" })
        {
            var refusal = await notebook.RefusalOf($"tresnet-{command} {options}");

            Assert.StartsWith(sentence, refusal);
            Assert.DoesNotContain('\n', refusal);
        }

        Assert.Empty(notebook.VariableNames);
    }

    [Theory]
    [InlineData("build")]
    [InlineData("train")]
    [InlineData("profile")]
    public async Task A_network_that_is_built_cannot_be_switched(string command)
    {
        await notebook.RunAsync("tresnet-build --model tresnet_nano");

        Assert.Equal(
            "--set pool=max is for a network that is about to be built, and the variable model holds one that is: name a listed network, such as tresnet_m.",
            await notebook.RefusalOf($"tresnet-{command} --model model --set pool=max")
        );
    }

    [Fact]
    public void Names_complete_and_so_do_values_behind_them()
    {
        Assert.Equal(["attention-placement=", "attention="], Completions("--set atten"));
        Assert.Equal(
            ["attention=ceca", "attention=coord", "attention=eca", "attention=none", "attention=se"],
            Completions("--set attention=").Order()
        );
        Assert.Equal(
            ["output_stride=16", "output_stride=32", "output_stride=8"],
            Completions("--set output_stride=").Order()
        );
        Assert.Equal(Models.TResNetM().Switches.Count, Completions("--set ").Length);
    }

    private string[] Completions(string line) =>
        [
            .. TResNetCommands
                .All(notebook, "tresnet-")
                .Single(command => command.Name == "tresnet-build")
                .Parse(line)
                .GetCompletions()
                .Select(item => item.Label),
        ];
}
