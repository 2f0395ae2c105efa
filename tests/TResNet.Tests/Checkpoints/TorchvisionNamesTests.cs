using System.Text.Json;
using TResNet.Checkpoints;
using static TorchSharp.torch;

namespace TResNet.Tests.Checkpoints;

/// <summary>Files of the real torchvision give its logits; fixtures/torchvision_models.py is its side.</summary>
public sealed class TorchvisionNamesTests : IDisposable
{
    private const double Tolerance = 1e-5;
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "fixtures", "torchvision_models.py");

    private readonly string folder = Directory.CreateTempSubdirectory("torchvision").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [FactIfPyTorch("torchvision")]
    public void Every_family_that_both_have_gives_torchvisions_logits()
    {
        (string Theirs, string Ours, bool IsRenamed)[] networks =
        [
            ("resnet18", "resnet18", false),
            ("resnet50", "resnet50", false),
            ("wide_resnet50_2", "wide_resnet50_2", false),
            ("resnext50_32x4d", "resnext50_32x4d", false),
            ("mobilenet_v2", "mobilenetv2_100", true),
            ("mnasnet1_0", "mnasnet_100", true),
            ("efficientnet_b0", "efficientnet_b0", true),
            ("efficientnet_b2", "efficientnet_b2", true),
            ("regnet_x_400mf", "regnetx_004_tv", true),
            ("regnet_x_800mf", "regnetx_008", true),
            ("regnet_y_400mf", "regnety_004", true),
            ("regnet_y_1_6gf", "regnety_016", true),
        ];
        using var expected = JsonDocument.Parse(
            FactIfPyTorchAttribute.Run([Script, folder, .. networks.Select(n => n.Theirs)])
        );
        foreach (var (theirs, ours, isRenamed) in networks)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            using var network = Models.Create(ours);
            var loaded = Checkpoint.Load(network, Path.Combine(folder, theirs + ".pth"));
            Assert.Equal(isRenamed ? "torchvision" : null, loaded.NamesOf);
            Assert.Empty(loaded.Skipped);
            network.eval();
            var logits = network.call(linspace(-1, 1, 3 * 96 * 96).reshape(1, 3, 96, 96)).data<float>().ToArray();
            var wanted = expected.RootElement.GetProperty(theirs).EnumerateArray().Select(v => v.GetDouble()).ToArray();
            var size = wanted.Max(Math.Abs);
            Assert.All(
                logits.Zip(wanted),
                pair =>
                    Assert.True(
                        Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Max(1, size),
                        $"{theirs}: {pair}"
                    )
            );
        }
    }

    [FactIfPyTorch("torchvision")]
    public void The_network_that_torchvision_has_in_another_shape_is_named()
    {
        FactIfPyTorchAttribute.Run(Script, folder, "regnet_x_400mf");
        using var network = Models.Create("regnetx_004");
        var error = Assert.Throws<TResNetException>(() =>
            Checkpoint.Load(network, Path.Combine(folder, "regnet_x_400mf.pth"))
        );
        Assert.Contains("(with the names of torchvision)", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "torchvision's network of this name is regnetx_004_tv here.",
            error.Message,
            StringComparison.Ordinal
        );
    }
}
