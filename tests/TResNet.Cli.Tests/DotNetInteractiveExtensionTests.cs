using System.Diagnostics;

namespace TResNet.Cli.Tests;

/// <summary>TResNet's package in Microsoft's tool itself: packed, restored from a folder into an empty cache, and used cell by cell.</summary>
/// <param name="feed">The packages.</param>
public sealed class DotNetInteractiveExtensionTests(DotNetInteractiveExtensionTests.Feed feed)
    : IClassFixture<DotNetInteractiveExtensionTests.Feed>
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

    private Task<DotNetInteractive> StartAsync()
    {
        var packages =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return DotNetInteractive.StartAsync(
            FactIfDotNetInteractive.Tool,
            feed.Folder,
            default,
            // Ours are unpacked anew; what they need is there already.
            new Dictionary<string, string>
            {
                ["NUGET_PACKAGES"] = Path.Combine(feed.Folder, "cache"),
                ["NUGET_FALLBACK_PACKAGES"] = packages,
            }
        );
    }

    /// <summary>The packages of this checkout, packed once for all tests when one of them first asks.</summary>
    public sealed class Feed : IDisposable
    {
        private static readonly string[] Projects =
        [
            "Notebook.Abstractions",
            "TResNet",
            "TResNet.Charts",
            "TResNet.Onnx",
            "TResNet.Interactive",
            "TResNet.DotNetInteractive",
        ];

        private readonly Lazy<string> packages;

        public Feed() => packages = new(Pack);

        /// <summary>A folder for the packages, and for what is restored from them.</summary>
        public string Folder { get; } = Directory.CreateTempSubdirectory("tresnet-packages-").FullName;

        /// <summary>The folder of the packages.</summary>
        public string Packages => packages.Value;

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private string Pack()
        {
            var packed = Path.Combine(Folder, "feed");
            var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!);
            foreach (var project in Projects)
            {
                var source = Path.Combine(DocumentationCellTests.Root(), "src", project);
                var start = new ProcessStartInfo(
                    "dotnet",
                    ["pack", source, "--no-build", "-c", configuration, "-o", packed]
                )
                {
                    RedirectStandardOutput = true,
                };
                using var pack = Process.Start(start)!;
                var said = pack.StandardOutput.ReadToEnd();
                pack.WaitForExit();
                Assert.True(pack.ExitCode == 0, said);
            }

            return packed;
        }
    }
}
