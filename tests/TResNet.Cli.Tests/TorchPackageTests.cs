using Notebook;
using Notebook.Outputs;
using Notebook.Runner;
using TResNet.Compute;
using TResNet.Interactive;

namespace TResNet.Cli.Tests;

/// <summary>The packages that notebooks of TorchSharp begin with are the ones that the program has.</summary>
public sealed class TorchPackageTests
{
    [Fact]
    public async Task Packages_of_TorchSharp_are_not_restored()
    {
        using var host = new NotebookHost([new TResNetExtension()]);
        var libtorch = TorchLibrary.Name.Split(' ')[^1];

        Assert.Equal(
            [
                "TorchSharp 0.107.0 is part of this program.",
                "TorchSharp-cpu 0.107.0 is part of this program and stays what this session uses: 0.105.0 is not restored.",
                $"libtorch-cpu {libtorch} is part of this program.",
                "TorchSharp-cuda-linux 0.107.0 is part of this program. It uses a GPU where it was built with -p:Cuda=true.",
                "2",
            ],
            await host.RunTextsAsync(
                $"""
                #r "nuget: TorchSharp"
                #r "nuget: TorchSharp-cpu, 0.105.0"
                #r "nuget: libtorch-cpu, {libtorch}.1"
                #r "nuget: TorchSharp-cuda-linux, *"
                torch.ones(2).sum().item<float>()
                """
            )
        );
    }
}
