using System.Text.Json.Nodes;
using Tests;

namespace TResNet.Cli.Tests.Packages;

/// <summary>The .NET tool, installed from the folder of packages alone and used with an empty home, from a folder that nothing is written to.</summary>
/// <param name="feed">The packages.</param>
[Collection(PackageFeed.Name)]
public sealed class ToolTests(PackageFeed feed) : IAsyncLifetime
{
    // Where a home is empty, nothing of this machine's packages is found.
    private readonly string home = Directory.CreateTempSubdirectory("tresnet-home-").FullName;

    private string Tools => Path.Combine(feed.Folder, "tools");

    private string Program => Path.Combine(Tools, "tresnet");

    public async Task InitializeAsync()
    {
        if (File.Exists(Program))
        {
            return;
        }

        var (code, said) = await feed.RunAsync(
            "dotnet",
            ["tool", "install", "tresnet", "--tool-path", Tools, "--configfile", feed.Config],
            Elsewhere()
        );
        Assert.True(code == 0, said);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(home, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task It_finds_all_that_it_needs_in_its_own_folder_and_writes_nothing_there()
    {
        var before = State(Tools);

        var doctor = await RunAsync("doctor");
        Assert.True(doctor.Code == 0, doctor.Said);
        Assert.Contains("TorchSharp 0.107.0, libtorch 2.10.0", doctor.Said);
        Assert.Contains($"{Tools}/.store/tresnet/", doctor.Said);
        Assert.Contains("each agrees with a plain loop", doctor.Said);
        Assert.Contains("8,000 images to train on, 2,000 held out", doctor.Said);
        Assert.DoesNotContain("decoded whole", doctor.Said);
        Assert.Contains("beside the program, goes into reports", doctor.Said);
        Assert.Contains("Ready: all that is needed is there.", doctor.Said);

        Assert.Contains("tresnet_xl", (await RunAsync("models", "tresnet*")).Said);
        var weights = Path.Combine(home, "nano.safetensors");
        var trained = await RunAsync([
            "train",
            "--model",
            "tresnet_nano",
            "--epochs",
            "1",
            "--batch-size",
            "256",
            "--output",
            weights,
        ]);
        Assert.True(trained.Code == 0, trained.Said);
        Assert.True(File.Exists(weights), trained.Said);
        Assert.Contains("tresnet_nano", (await RunAsync("weights", weights)).Said);

        Assert.Equal(before, State(Tools));
    }

    [Fact]
    public async Task It_runs_notebooks_with_packages_of_TorchSharp_and_pages_with_charts()
    {
        var (notebook, page) = (Path.Combine(home, "a.dib"), Path.Combine(home, "a.html"));
        await File.WriteAllTextAsync(
            notebook,
            """
            #!csharp
            #r "nuget: TorchSharp-cpu"
            torch.ones(2, 3).sum().item<float>()
            #!csharp
            #!tresnet-build --model tresnet_nano
            #!csharp
            model.GetType().Name
            """
        );

        var run = await RunAsync("run", notebook, "--html", page);

        Assert.True(run.Code == 0, run.Said);
        var shown = await File.ReadAllTextAsync(page);
        Assert.Contains("TorchSharp-cpu 0.107.0 is part of this program.", shown);
        Assert.Contains("StagedNetwork", shown);
    }

    [FactIfNbclient]
    public async Task The_kernel_that_it_registers_runs_a_cell_in_Jupyter()
    {
        var installed = await RunAsync("jupyter", "install", "--prefix", home, "--name", "packed");
        Assert.True(installed.Code == 0, installed.Said);
        var spec = await File.ReadAllTextAsync(Path.Combine(home, "share/jupyter/kernels/packed/kernel.json"));
        Assert.Equal(Program, (string?)JsonNode.Parse(spec)!["argv"]![0]);

        var (code, said) = await feed.RunAsync(
            FactIfNbclientAttribute.Python,
            [
                "-c",
                """
                import nbclient, nbformat.v4 as v4
                notebook = v4.new_notebook(cells=[v4.new_code_cell("#!tresnet-build --model tresnet_nano"), v4.new_code_cell("model.NumClasses")])
                nbclient.NotebookClient(notebook, timeout=120, kernel_name="packed").execute()
                print(notebook.cells[1].outputs[0].data["text/plain"])
                """,
            ],
            [
                .. Elsewhere(),
                new("JUPYTER_PATH", Path.Combine(home, "share/jupyter")),
                new("JUPYTER_RUNTIME_DIR", Path.Combine(home, "runtime")),
            ]
        );
        Assert.True(code == 0, said);
        Assert.Equal("1000", said.Trim());
    }

    private Task<(int Code, string Said)> RunAsync(params string[] arguments) =>
        feed.RunAsync(Program, arguments, Elsewhere(), home);

    private IEnumerable<KeyValuePair<string, string?>> Elsewhere() =>
        [
            new("HOME", home),
            new("DOTNET_CLI_HOME", home),
            new("NUGET_PACKAGES", null),
            new("NUGET_FALLBACK_PACKAGES", null),
        ];

    private static IEnumerable<(string, long, DateTime)> State(string folder) =>
        [
            .. new DirectoryInfo(folder)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => (file.FullName, file.Length, file.LastWriteTimeUtc))
                .Order(),
        ];
}
