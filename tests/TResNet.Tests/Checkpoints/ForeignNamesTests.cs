using TResNet.Building;
using TResNet.Checkpoints;
using TResNet.Files;
using static TorchSharp.torch;

namespace TResNet.Tests.Checkpoints;

/// <summary>Names of libraries that are not installed here: their networks' own names, written down from their sources.</summary>
public sealed class ForeignNamesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("names").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_names_of_efficientnet_pytorch_are_taken_and_its_padding_told()
    {
        using var saved = Models.Create("efficientnet_b0", 10);
        // Blocks of each stage, numbered through (efficientnet_pytorch/utils.py, efficientnet()).
        int[] first = [0, 1, 3, 5, 8, 11, 15];
        var loaded = LoadRenamed(
            saved,
            name =>
                Block(
                    name,
                    (stage, block) => $"_blocks.{first[stage] + block}.",
                    expand: ("_expand_conv", "_bn0"),
                    depthwise: ("_depthwise_conv", "_bn1"),
                    project: ("_project_conv", "_bn2"),
                    squeeze: "_se_reduce",
                    excite: "_se_expand"
                ) ?? Outside(name, "_conv_stem", "_bn0", "_conv_head", "_bn1", "_fc")
        );
        Assert.Equal("efficientnet_pytorch", loaded.NamesOf);
        Assert.Contains(
            "fine-tune them, or expect a slightly lower accuracy",
            loaded.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_names_of_pycls_are_taken_for_EfficientNet()
    {
        using var saved = Models.Create("efficientnet_b1", 10);
        var loaded = LoadRenamed(
            saved,
            name =>
                Block(
                    name,
                    (stage, block) => $"s{stage + 1}.b{block + 1}.",
                    expand: ("exp", "exp_bn"),
                    depthwise: ("dwise", "dwise_bn"),
                    project: ("lin_proj", "lin_proj_bn"),
                    squeeze: "se.f_ex.0",
                    excite: "se.f_ex.2"
                ) ?? Outside(name, "stem.conv", "stem.bn", "head.conv", "head.conv_bn", "head.fc")
        );
        Assert.Equal("pycls", loaded.NamesOf);
    }

    [Fact]
    public void The_names_of_pycls_are_taken_for_RegNet()
    {
        using var saved = Models.Create("regnety_004", 10);
        (string Ours, string Theirs)[] parts =
        [
            (".downsample.conv.", ".proj."),
            (".downsample.bn.", ".bn."),
            (".conv1.conv.", ".f.a."),
            (".conv1.bn.", ".f.a_bn."),
            (".conv2.conv.", ".f.b."),
            (".conv2.bn.", ".f.b_bn."),
            (".conv3.conv.", ".f.c."),
            (".conv3.bn.", ".f.c_bn."),
            (".se.fc1.", ".f.se.f_ex.0."),
            (".se.fc2.", ".f.se.f_ex.2."),
        ];
        var loaded = LoadRenamed(
            saved,
            name => parts.Aggregate(name, (n, p) => n.Replace(p.Ours, p.Theirs, StringComparison.Ordinal))
        );
        Assert.Equal("pycls", loaded.NamesOf);
    }

    /// <summary>Saves a network under other names, loads it into a fresh one, and compares every tensor.</summary>
    private LoadedCheckpoint LoadRenamed(Network saved, Func<string, string> rename)
    {
        using var _ = no_grad();
        var random = new Random(5);
        foreach (var tensor in saved.state_dict().Values.Where(t => t.is_floating_point()))
        {
            tensor.uniform_(0.5, random.NextDouble() + 1);
        }

        var path = Path.Combine(folder, "renamed.pth");
        var write = CheckpointFile.WriterFor(path);
        AtomicFile.Write(
            path,
            stream => write(stream, [.. saved.state_dict().Select(t => TensorSource.Of(rename(t.Key), t.Value))])
        );
        using var fresh = Models.Create(saved.Info.Name, saved.NumClasses);
        var loaded = Checkpoint.Load(fresh, path);
        var state = fresh.state_dict();
        Assert.All(saved.state_dict(), t => Assert.True(t.Value.Equals(state[t.Key]), t.Key));
        return loaded;
    }

    private static string? Block(
        string name,
        Func<int, int, string> place,
        (string Conv, string Norm) expand,
        (string Conv, string Norm) depthwise,
        (string Conv, string Norm) project,
        string squeeze,
        string excite
    )
    {
        var parts = name.Split('.');
        if (parts[0] != "blocks")
        {
            return null;
        }

        var (stage, block) = (int.Parse(parts[1]), int.Parse(parts[2]));
        var isSeparable = stage == 0;
        var part = string.Join('.', parts[3..^1]);
        var theirs = part switch
        {
            "conv_dw" => depthwise.Conv,
            "bn1" when isSeparable => depthwise.Norm,
            "conv_pw" when isSeparable => project.Conv,
            "bn2" when isSeparable => project.Norm,
            "conv_pw" => expand.Conv,
            "bn1" => expand.Norm,
            "bn2" => depthwise.Norm,
            "conv_pwl" => project.Conv,
            "bn3" => project.Norm,
            "se.conv_reduce" => squeeze,
            "se.conv_expand" => excite,
            _ => throw new InvalidOperationException(name),
        };
        return $"{place(stage, block)}{theirs}.{parts[^1]}";
    }

    private static string Outside(
        string name,
        string stem,
        string stemNorm,
        string head,
        string headNorm,
        string classifier
    )
    {
        var dot = name.LastIndexOf('.');
        var theirs = name[..dot] switch
        {
            "conv_stem" => stem,
            "bn1" => stemNorm,
            "conv_head" => head,
            "bn2" => headNorm,
            _ => classifier,
        };
        return theirs + name[dot..];
    }
}
