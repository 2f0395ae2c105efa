using TorchSharp;
using TResNet.Building;
using TResNet.Graphs.TorchScript;
using TResNet.Tests.Weights;
using TResNet.Weights;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Tests.Graphs;

/// <summary>What is written as TorchScript computes in libtorch, and in PyTorch, what the network computes.</summary>
public sealed class TorchScriptTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("script").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("tresnet_nano+norm=inplace-abn+activation=elu")]
    [InlineData("tresnet_nano+pre-activation=true+activation=mish")]
    [InlineData("tresnet_nano+attention=coord+head=ml-decoder+num-of-groups=4")]
    [InlineData("resnet50d+output-stride=8")]
    [InlineData("resnetblur50+pool=catavgmax")]
    [InlineData("cecaresnet50d+pool=max")]
    [InlineData("ecaresnet50d")]
    [InlineData("skresnet50")]
    [InlineData("resnest50d")]
    [InlineData("resnetv2_50d_evos")]
    [InlineData("resnetv2_50d_evob")]
    [InlineData("regnety_002")]
    [InlineData("efficientnet_b0")]
    [InlineData("mobilenetv2_100")]
    [InlineData("mixnet_s")]
    public void A_network_is_the_same_in_libtorch(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var network = Randomised(() => Models.Create(name, 10));
        foreach (var fold in new[] { false, true })
        {
            TorchScriptFile.Write(network, [1, 3, 256, 256], PathOf("network.pt"), fold);
            using var loaded = jit.load<Tensor, Tensor>(PathOf("network.pt"));
            foreach (var images in new[] { Images(1, 64), rand(3, 3, 64, 96) })
            {
                AllNear([network.call(images)], [loaded.call(images)], what: $"{name}, folded: {fold}");
            }
        }
    }

    [FactIfPyTorch]
    public void PyTorch_loads_a_network_and_its_feature_maps_and_computes_the_same()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var network = Randomised(() =>
            Models.Create("tresnet_nano+norm=evonorm-s0+attention=coord+head=ml-decoder", 10)
        );
        using var features = Randomised(() => Models.CreateFeatures("resnest50d", [0, -1]));
        var images = Images(3, 64);
        TorchScriptFile.Write(network, [1, 3, 256, 256], PathOf("network.pt"));
        TorchScriptFile.Write(features, [1, 3, 256, 256], PathOf("features.pt"));
        var maps = features.call(images);
        using var tensors = new Tensors();
        tensors.register_buffer("images", images);
        tensors.register_buffer("logits", network.call(images));
        tensors.register_buffer("map_0", maps[0]);
        tensors.register_buffer("map_1", maps[1]);
        tensors.Save(PathOf("expected.pth"));
        File.WriteAllText(
            PathOf("compare.py"),
            """
            import sys, torch
            folder = sys.argv[1]
            expected = torch.load(folder + "/expected.pth")
            images = expected["images"]
            network = torch.jit.load(folder + "/network.pt")
            maps = torch.jit.load(folder + "/features.pt")(images)
            pairs = [(network(images), expected["logits"]), (maps[0], expected["map_0"]), (maps[1], expected["map_1"])]
            print(max(((a - b).abs().max() / b.abs().max()).item() for a, b in pairs), len(network(images[:1])), len(maps))
            """
        );

        var printed = FactIfPyTorchAttribute.Run(PathOf("compare.py"), folder).Trim().Split(' ');

        Assert.InRange(double.Parse(printed[0], System.Globalization.CultureInfo.InvariantCulture), 0, 1e-4);
        Assert.Equal(["1", "2"], printed[1..]);
    }

    [Fact]
    public void Tensors_keep_their_names_and_what_cannot_be_written_is_refused()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create("resnet18", 10));
        TorchScriptFile.Write(network, [1, 3, 64, 64], PathOf("network.pt"));
        using var loaded = jit.load<Tensor, Tensor>(PathOf("network.pt"));
        var names = loaded.named_buffers().Select(each => each.name).ToHashSet();
        Assert.Subset(names, new HashSet<string> { "conv1_weight", "layer4_1_bn2_running_var", "fc_bias" });
        using var unknown = nn.Sequential(nn.ReLU(), nn.GroupNorm(1, 3));
        var refused = Assert.Throws<TResNetException>(() =>
            TorchScriptFile.Write(unknown, [1, 3, 64, 64], PathOf("refused.pt"))
        );
        Assert.Contains("GroupNorm has no operators in TorchScript here", refused.Message);
        using (no_grad())
        {
            network.get_parameter("fc.weight")!.fill_(double.NaN);
        }

        Assert.Contains(
            "fc_weight are not finite",
            Assert
                .Throws<TResNetException>(() => TorchScriptFile.Write(network, [1, 3, 64, 64], PathOf("refused.pt")))
                .Message
        );
        Assert.False(File.Exists(PathOf("refused.pt")));
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private sealed class Tensors() : nn.Module("tensors");
}
