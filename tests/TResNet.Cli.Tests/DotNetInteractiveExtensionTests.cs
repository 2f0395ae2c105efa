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
        using var host = await StartAsync();
        await RunAsync(host, $"#i \"nuget:{feed.Packages}\"\n#r \"nuget: TResNet.DotNetInteractive\"");

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
