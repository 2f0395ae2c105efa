using System.Text.Json.Nodes;
using Notebook.Documents;
using Tests;
using TResNet.Cli.Tests.Packages;

namespace TResNet.Cli.Tests;

/// <summary>TResNet's package in Microsoft's tool itself: packed, restored from a folder into an empty cache, and used cell by cell.</summary>
/// <param name="feed">The packages.</param>
[Collection(PackageFeed.Name)]
public sealed class DotNetInteractiveExtensionTests(PackageFeed feed)
{
    [FactIfDotNetInteractive]
    public async Task Its_magics_variables_and_names_are_there_as_in_the_kernel_of_our_own()
    {
        using var host = await StartAsync();

        var referenced = await RunAsync(host, $"#i \"nuget:{feed.Packages}\"\n#r \"nuget: TResNet.DotNetInteractive\"");
        Assert.DoesNotContain("Exception", referenced.Text);

        Assert.Contains("tresnet_m ", (await RunAsync(host, "#!tresnet-models tresnet*")).Text);
        await RunAsync(host, "var which = \"tresnet_nano\";");
        Assert.Contains("tresnet_nano", (await RunAsync(host, "#!tresnet-build --model @which --num-classes 10")).Text);

        // The variable with its type, the names, and libtorch, which does not load there by itself.
        Assert.Equal("10\n", (await RunAsync(host, "model.NumClasses")).Text);
        Assert.Equal("6\n", (await RunAsync(host, "(int)torch.ones(2, 3).sum().item<float>()")).Text);

        var profiled = await RunAsync(
            host,
            "#!tresnet-profile --model resnet18 --batch-size 1 --input-size 32 --rounds 1 --round-time 0"
        );
        Assert.Contains("resnet18", profiled.Text);
        Assert.Contains("Profile", (await RunAsync(host, "profile.GetType().Name")).Text);

        // The data set comes out of the package.
        var trained = await RunAsync(
            host,
            "#!tresnet-train --model tresnet_nano --data fashion-mnist --in-chans 1 --epochs 1 --batch-size 256"
        );
        Assert.Contains("tresnet_nano", trained.Text);
        Assert.Contains("TrainingRun", (await RunAsync(host, "run.GetType().Name")).Text);
    }

    [FactIfDotNetInteractive]
    public async Task What_is_wrong_is_one_sentence_and_the_host_goes_on()
    {
        var host = await SharedAsync();

        var option = await host.RunAsync("#!tresnet-build --nonsense 3", "csharp", Patience, default);
        Assert.Equal(CellStatus.Failed, option.Status);
        Assert.Contains("--nonsense", option.Error);
        Assert.DoesNotContain("   at ", option.Error);

        var name = await host.RunAsync("#!tresnet-build --model tresnet_x", "csharp", Patience, default);
        Assert.Equal(CellStatus.Failed, name.Status);
        Assert.Contains("'tresnet_x'", name.Error);
        Assert.DoesNotContain("   at ", name.Error);

        Assert.Contains("--model", (await RunAsync(host, "#!tresnet-build --help")).Text);
        Assert.Equal("2\n", (await RunAsync(host, "1 + 1")).Text);
    }

    [FactIfDotNetInteractive]
    public async Task A_cancel_stops_a_training_between_two_steps_and_leaves_its_run()
    {
        var host = await SharedAsync();
        using var limit = new CancellationTokenSource(Patience);
        var training = await SendAsync(
            host,
            "SubmitCode",
            "#!tresnet-train --model tresnet_nano --data fashion-mnist --in-chans 1 --epochs 50",
            limit.Token
        );

        // The card is there and has been updated: steps are being done.
        await NextAsync(host, training, limit.Token, "DisplayedValueUpdated");
        await host.SendAsync("Cancel", [], limit.Token);
        var end = await NextAsync(host, training, limit.Token, "CommandFailed", "CommandSucceeded");

        Assert.Equal("CommandFailed", (string?)end["eventType"]);
        Assert.Equal("TrainingRun", (await RunAsync(host, "run.GetType().Name")).Text.Trim());
        Assert.Equal("True", (await RunAsync(host, "run.Epochs.Count < 50")).Text.Trim());
        Assert.Equal("10", (await RunAsync(host, "model.NumClasses")).Text.Trim());
        Assert.Contains("tresnet_nano", (await RunAsync(host, "#!tresnet-build --model model")).Text);
    }

    [FactIfDotNetInteractive]
    public async Task The_tour_runs_from_its_first_cell_to_its_last()
    {
        using var host = await StartAsync();
        await ReferenceAsync(host);

        var tour = DibFormat.Parse(ShortTour.Of(File.ReadAllText(Path.Combine(PackageFeed.Root, "tresnet.dib"))));
        var cells = tour.Cells.Where(cell => cell.Language == CellLanguage.CSharp).ToArray();

        Assert.True(cells.Length >= 6, $"Only {cells.Length} cells.");
        foreach (var cell in cells)
        {
            await RunAsync(host, cell.Source);
        }

        Assert.Equal("True", (await RunAsync(host, "run.Epochs.Count == 1 && evaluation.Top1 > 0.3")).Text.Trim());
        // Out of the packages, each from its own.
        var natives = await RunAsync(
            host,
            """string.Join('\n', System.IO.File.ReadLines("/proc/self/maps").Select(each => each[(each.IndexOf('/') + 1)..]).Distinct())"""
        );
        Assert.Contains("/tresnet.kernels/0.1.0/runtimes/linux-x64/native/libtresnet_kernels.so", natives.Text);
    }

    [FactIfDotNetInteractive]
    public async Task The_tutorials_run_in_their_quick_form()
    {
        using var host = await StartAsync();
        await ReferenceAsync(host);

        // `./build.sh notebooks` runs all of them, which takes minutes.
        var isWhole = Environment.GetEnvironmentVariable("TRESNET_TUTORIALS") == "all";
        var tutorials = Directory
            .GetFiles(Path.Combine(PackageFeed.Root, "notebooks"), "*.ipynb")
            .Order()
            // The last starts the program tresnet several times, which that host is not.
            .Where(path => !Path.GetFileName(path).StartsWith("13", StringComparison.Ordinal))
            .Where(path => isWhole || Path.GetFileName(path)[..2] is "04" or "08" or "10")
            .ToArray();
        Assert.InRange(tutorials.Length, isWhole ? 12 : 3, int.MaxValue);
        foreach (var tutorial in tutorials)
        {
            var cells = DocumentFormats.Read(tutorial).Cells.Where(cell => cell.Language == CellLanguage.CSharp);
            var last = "";
            foreach (var cell in cells)
            {
                var code = ShortTutorial.Of(cell.Source);
                last = (
                    await RunAsync(host, code.Replace("quick = false", "quick = true", StringComparison.Ordinal))
                ).Text;
            }

            Assert.Contains("Each value is within its range.", last);
        }
    }

    [FactIfDotNetInteractive]
    public async Task Packages_of_TorchSharp_referenced_after_it_are_the_ones_that_are_loaded()
    {
        using var host = await StartAsync();
        await ReferenceAsync(host);

        await RunAsync(host, "#r \"nuget: TorchSharp\"\n#r \"nuget: TorchSharp-cpu, 0.107.0\"");

        // Were there two, the compiler would say CS0433 or CS1503.
        Assert.Equal(
            "3",
            (
                await RunAsync(
                    host,
                    """
                    using TorchSharp;
                    using static TorchSharp.torch;
                    Tensor three = ones(3).sum();
                    var nano = Models.Create("tresnet_nano");
                    nano.call(rand(1, 3, 32, 32)).Dispose();
                    three.item<float>()
                    """
                )
            ).Text.Trim()
        );
    }

    [FactIfDotNetInteractive]
    public async Task A_list_is_given_by_repeating_by_commas_as_JSON_and_as_a_variable()
    {
        var host = await SharedAsync();
        const string Build = "#!tresnet-build --model tresnet_nano --num-classes 10 ";
        await RunAsync(host, "var both = new[] { \"attention=eca\", \"stem=deep\" };");

        foreach (
            var given in (string[])
                [
                    "--set attention=eca --set stem=deep",
                    "--set attention=eca,stem=deep",
                    """--set ["attention=eca","stem=deep"]""",
                    "--set @both",
                ]
        )
        {
            Assert.StartsWith("tresnet_nano + stem=deep + attention=eca", (await RunAsync(host, Build + given)).Text);
        }

        foreach (
            var given in (string[])
                ["tresnet_nano resnet18", "tresnet_nano,resnet18", """["tresnet_nano", "resnet18"]"""]
        )
        {
            var profile = await RunAsync(
                host,
                $"#!tresnet-profile --model {given} --batch-size 1 --input-size 32 --rounds 1 --round-time 0"
            );
            Assert.Contains("tresnet_nano", profile.Text);
            Assert.Contains("resnet18", profile.Text);
        }
    }

    [FactIfDotNetInteractive]
    public async Task Names_options_and_values_are_completed_and_explained()
    {
        var host = await SharedAsync();

        Assert.Contains("#!tresnet-train", await CompletionsAsync(host, "#!tresnet"));
        Assert.Contains("--num-classes", await CompletionsAsync(host, "#!tresnet-build --"));
        Assert.Contains("tresnet_m", await CompletionsAsync(host, "#!tresnet-build --model "));
        Assert.Contains("adamw", await CompletionsAsync(host, "#!tresnet-train --opt "));
        Assert.Contains("attention=", await CompletionsAsync(host, "#!tresnet-build --set "));
        Assert.Contains("asl", await CompletionsAsync(host, "#!tresnet-recipes "));

        Assert.Contains("Builds a network and shows its layers", await HoverAsync(host, "#!tresnet-build", 5));
        Assert.Equal(
            "Passes over the training images.",
            await HoverAsync(host, "#!tresnet-train --epochs 3", "#!tresnet-train --ep".Length)
        );
    }

    // One for what leaves nothing behind that another test would notice: starting it and restoring the package takes seconds.
    private async Task<DotNetInteractive> SharedAsync()
    {
        if (feed.Host is null)
        {
            feed.Host = await StartAsync();
            await ReferenceAsync(feed.Host);
        }

        return feed.Host;
    }

    private Task ReferenceAsync(DotNetInteractive host) =>
        RunAsync(host, $"#i \"nuget:{feed.Packages}\"\n#r \"nuget: TResNet.DotNetInteractive\"");

    private static async Task<IReadOnlyList<string>> CompletionsAsync(DotNetInteractive host, string code)
    {
        using var limit = new CancellationTokenSource(Patience);
        var asked = await SendAsync(host, "RequestCompletions", code, limit.Token, code.Length);
        var answer = await NextAsync(host, asked, limit.Token, "CompletionsProduced");
        return [.. answer["event"]!["completions"]!.AsArray().Select(item => (string)item!["insertText"]!)];
    }

    private static async Task<string> HoverAsync(DotNetInteractive host, string code, int column)
    {
        using var limit = new CancellationTokenSource(Patience);
        var asked = await SendAsync(host, "RequestHoverText", code, limit.Token, column);
        var answer = await NextAsync(host, asked, limit.Token, "HoverTextProduced");
        return (string)answer["event"]!["content"]![0]!["value"]!;
    }

    private static Task<string> SendAsync(
        DotNetInteractive host,
        string type,
        string code,
        CancellationToken cancel,
        int? column = null
    )
    {
        var command = new JsonObject { ["code"] = code, ["targetKernelName"] = "csharp" };
        if (column is { } character)
        {
            command["linePosition"] = new JsonObject { ["line"] = 0, ["character"] = character };
        }

        return host.SendAsync(type, command, cancel);
    }

    /// <summary>The next event of some kinds that a command has brought about.</summary>
    private static async Task<JsonNode> NextAsync(
        DotNetInteractive host,
        string token,
        CancellationToken cancel,
        params string[] kinds
    )
    {
        while (true)
        {
            var line = await host.NextAsync(cancel);
            if (
                kinds.Contains((string?)line["eventType"])
                && (string?)line["command"]?["token"] is { } of
                && (of == token || of.StartsWith(token + ".", StringComparison.Ordinal))
            )
            {
                return line;
            }
        }
    }

    private static TimeSpan Patience => TimeSpan.FromMinutes(2);

    private static async Task<HostCell> RunAsync(DotNetInteractive host, string code)
    {
        var cell = await host.RunAsync(code, "csharp", Patience, default);
        Assert.True(cell.Status == CellStatus.Ran, $"{code}: {cell.Error}\n{cell.Text}");
        return cell;
    }

    private Task<DotNetInteractive> StartAsync() =>
        DotNetInteractive.StartAsync(FactIfDotNetInteractive.Tool, feed.Folder, default, feed.Environment);
}
