using TorchSharp;
using TResNet.Cli.Tests.Packages;

namespace TResNet.Cli.Tests;

/// <summary>docs/gpu.md quotes what the program says.</summary>
public sealed class GpuDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(PackageFeed.Root, "docs", "gpu.md"));

    [Fact]
    public async Task What_a_machine_without_a_GPU_is_told_stands_in_the_table()
    {
        var doctor = await ShellRun.Of(["doctor"]);
        if (torch.cuda.is_available())
        {
            return;
        }

        var train = await ShellRun.Of(["train", "--device", "cuda"]);

        var line = doctor.Output.Split('\n').Single(each => each.StartsWith("– CUDA", StringComparison.Ordinal));
        Assert.Contains($"| `{line["– CUDA".Length..].Trim()}` |", Document);
        Assert.Equal(1, train.Code);
        Assert.Contains($"| `{train.Errors["tresnet: ".Length..].Trim()}` |", Document);
    }

    [Theory]
    [InlineData("was not found beside the program nor among NuGet's packages")]
    [InlineData("libtorch cannot be loaded (")]
    public void What_is_said_where_libtorch_is_not_to_be_had_stands_in_both(string sentence)
    {
        Assert.Contains(sentence, Document);
        Assert.Contains(
            sentence,
            File.ReadAllText(Path.Combine(PackageFeed.Root, "src", "TResNet", "Compute", "TorchLibrary.cs"))
        );
    }
}
