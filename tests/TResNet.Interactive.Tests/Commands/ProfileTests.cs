using Notebook;
using TResNet.Building;
using TResNet.Charts;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>What the profile command does with interrupts, traces, names and options that have no say.</summary>
public sealed class ProfileTests : IDisposable
{
    private const string Quick = "tresnet-profile --model tresnet_nano --batch-size 2 --rounds 1";
    private readonly RecordingNotebook notebook = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_an_interrupt_made_short_does_not_take_the_place_of_a_whole_result()
    {
        await notebook.RunAsync("tresnet-profile --model tresnet_nano --batch-size 2 --rounds 3 --totals");
        var whole = Assert.Single(notebook.Store.Load());

        using var stop = notebook.StopAt("round 2 of 1000");
        await notebook.RunAsync(
            "tresnet-profile --model tresnet_nano --batch-size 2 --rounds 1000 --totals",
            stop.Token
        );

        var profile = notebook.Get<ProfileResult>("profile");
        Assert.True(profile.Interrupted);
        Assert.Equal(2, Assert.Single(profile.Throughputs).Rounds.Count);
        Assert.Equal(whole.Date, Assert.Single(notebook.Store.Load()).Date);
    }

    [Fact]
    public async Task The_ceiling_is_known_without_layers()
    {
        await notebook.RunAsync(Quick + " --totals");

        var profile = notebook.Get<ProfileResult>("profile");
        Assert.Empty(profile.Layers);
        Assert.True(profile.Ceiling!.Gigaflops > 0);
        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Contains("of ceiling", table.Columns.Select(column => column.Header));
    }

    [Fact]
    public async Task An_interrupt_before_the_layers_leaves_an_earlier_trace_as_it_is_and_says_so()
    {
        var file = Path.Combine(folder, "trace.json");
        File.WriteAllText(file, "an earlier one");
        using var stop = notebook.StopAt("round 1 of");

        await notebook.RunAsync(Quick + $" --trace {file}", stop.Token);

        Assert.Equal("an earlier one", File.ReadAllText(file));
        Assert.Contains($"no time line was written to {file}", notebook.Displays[^1].Value.ToString());
        Assert.NotNull(notebook.Get<ProfileResult>("profile").Ceiling);
    }

    [Fact]
    public async Task The_layers_measured_before_a_network_is_refused_are_in_the_trace()
    {
        var file = Path.Combine(folder, "trace.json");
        await notebook.RunAsync("tresnet-build --model tresnet_nano --name broken");
        notebook
            .Get<Network>("broken")
            .register_forward_pre_hook((_, _) => throw new TResNetException("The second network is refused."));

        var refusal = await notebook.RefusalOf(
            $"tresnet-profile --model tresnet_nano broken --batch-size 2 --rounds 1 --trace {file}"
        );

        Assert.Equal("The second network is refused.", refusal);
        Assert.Contains("tresnet_nano, inference", File.ReadAllText(file));
    }

    [Fact]
    public async Task A_network_named_twice_is_measured_once_by_commas_and_patterns_too()
    {
        await notebook.RunAsync(
            "tresnet-profile --models tresnet_nano,tresnet_nan? tresnet_nano+attention=se --batch-size 2 --rounds 1 --totals"
        );

        Assert.Equal("tresnet_nano", Assert.Single(notebook.Get<ProfileResult>("profile").Throughputs).Model);
    }

    [Theory]
    [InlineData("--rounds 3", "so --rounds would do nothing: leave it out")]
    [InlineData("--trace x.json --layers --budget 1", "so --budget, --layers and --trace would do nothing: leave them")]
    [InlineData("--weights a.pth --totals", "so --weights and --totals would do nothing: leave them out")]
    [InlineData("--mode both", "--batch-size auto is for training: leave --mode both out")]
    public async Task Options_that_a_search_for_the_largest_batch_does_not_hear_are_refused(string options, string says)
    {
        var refusal = await notebook.RefusalOf($"tresnet-profile --model tresnet_nano --batch-size auto {options}");

        Assert.Contains(says, refusal);
        Assert.Empty(notebook.Displays);
    }

    [Theory]
    [InlineData("tresnet-profile", "--trace")]
    [InlineData("tresnet-profile", "--weights")]
    [InlineData("tresnet-throughput", "--results")]
    [InlineData("tresnet-ablate", "--model")]
    [InlineData("tresnet-paper", "<table>")]
    [InlineData("tresnet-train", "--run")]
    [InlineData("tresnet-train", "--data")]
    [InlineData("tresnet-validate", "--val-data")]
    [InlineData("tresnet-build", "--weights")]
    [InlineData("tresnet-models", "<pattern>")]
    [InlineData("tresnet-predict", "<images>")]
    public async Task An_option_without_text_is_one_sentence(string command, string name)
    {
        string[] words = name.StartsWith('<') ? [command, ""] : [command, name, ""];

        var refused = await Assert.ThrowsAsync<CommandException>(() => notebook.RunAsync(words));

        Assert.StartsWith($"{name} is empty, as a shell's variable is that was never set", refused.Message);
        Assert.Empty(notebook.Displays);
    }

    [Fact]
    public async Task An_interrupt_between_two_searches_is_said()
    {
        using var stop = new CancellationTokenSource();
        await notebook.RunAsync("tresnet-build --model tresnet_nano --name other");
        notebook.Displays.Clear();

        // The second network's look at one image comes after the first is found and before its own first step.
        notebook
            .Get<Network>("other")
            .register_forward_pre_hook(
                (_, input) =>
                {
                    stop.Cancel();
                    return input;
                }
            );
        await notebook.RunAsync(
            $"tresnet-profile --model tresnet_nano other --batch-size auto --memory-limit {MemoryRoom.Limit(64)}MiB",
            stop.Token
        );

        var table = Assert.IsType<Table>(notebook.Displays[0].Value);
        Assert.Single(table.Rows);
        Assert.StartsWith("Interrupted: what was found until then.", table.Note);
    }

    [Fact]
    public async Task Images_without_room_are_refused_before_any_work()
    {
        var refusal = await notebook.RefusalOf("tresnet-profile --model tresnet_nano --input-size 400000 --totals");

        Assert.StartsWith("There is not enough memory for an image of 400000x400000 pixels", refusal);
        Assert.Contains("choose smaller images", refusal);
    }
}
