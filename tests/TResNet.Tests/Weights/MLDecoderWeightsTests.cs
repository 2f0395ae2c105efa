using TorchSharp;
using TResNet.Building;
using TResNet.Files;
using TResNet.Tests.Parity;
using TResNet.Weights;
using TResNet.Weights.Formats;
using static TorchSharp.torch;

namespace TResNet.Tests.Weights;

/// <summary>Checkpoints with an ML-Decoder: timm's and the official names, other classes, other heads.</summary>
public sealed class MLDecoderWeightsTests : IDisposable
{
    private const string Head = "head=ml-decoder";
    private readonly string folder = Directory.CreateTempSubdirectory("decoder").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("tresnet_nano", "the official TResNet")]
    [InlineData("resnet18", "the official ML-Decoder")]
    public void The_official_names_are_taken(string name, string source)
    {
        using var saved = Build(name, 7, Head);
        var bodies = name == "tresnet_nano" ? FilledNetwork.OfficialKeys(saved) : [];
        var heads = FilledNetwork.OfficialDecoderKeys(saved);
        var path = Write(saved, key => heads[key] == key ? bodies.GetValueOrDefault(key, key) : heads[key]);
        using var network = Build(name, 7, Head);

        var loaded = Checkpoint.Load(network, path);

        Assert.Equal(source, loaded.NamesOf);
        Assert.Equal(network.state_dict().Count, loaded.Loaded.Count);
        Assert.All(
            network.state_dict().Where(p => !p.Key.Contains("bn.weight", StringComparison.Ordinal)),
            p => Assert.True(p.Value.Equals(saved.state_dict()[p.Key]), p.Key)
        );
        var converted = Path.Combine(folder, "converted.safetensors");
        Checkpoint.Convert(path, converted);
        Assert.Empty(Checkpoint.Load(network, converted).Renamed);
    }

    [Fact]
    public void For_other_classes_the_decoder_stays_and_what_is_of_classes_starts_afresh()
    {
        using var saved = Build("tresnet_nano", 30, Head, "num-of-groups=10");
        using var network = Build("tresnet_nano", 25, Head, "num-of-groups=10");
        using var fewer = Build("tresnet_nano", 4, Head, "num-of-groups=10");
        var path = Write(saved, key => key);

        var refused = Assert.Throws<TResNetException>(() => Checkpoint.Load(network, path)).Message;
        Assert.Contains(
            "'head.duplicate_pooling_bias' is [30] there and [25] here. Build it with the same classes",
            refused,
            StringComparison.Ordinal
        );

        var loaded = Checkpoint.Load(network, path, resetClassifier: true);
        Assert.Equal(["head.duplicate_pooling", "head.duplicate_pooling_bias"], loaded.Reset.Order());
        Assert.Equal(30, loaded.ClassesInFile);
        AssertSame(saved, network, "head.query_embed.weight", "head.decoder.layers.0.linear1.weight");
        AssertFresh(network);

        loaded = Checkpoint.Load(fewer, path, resetClassifier: true);
        Assert.Equal(
            ["head.duplicate_pooling", "head.duplicate_pooling_bias", "head.query_embed.weight"],
            loaded.Reset.Order()
        );
        AssertSame(saved, fewer, "head.embed_standart.weight", "head.decoder.layers.0.norm3.bias");
        Assert.Equal(1, fewer.get_parameter("head.query_embed.weight")!.std().ToDouble(), 0.1);
        AssertFresh(fewer);
    }

    [Fact]
    public void A_decoder_of_other_sizes_says_what_to_set()
    {
        using var saved = Build("tresnet_nano", 30, Head, "num-of-groups=10", "decoder-embedding=64");
        using var network = Build("tresnet_nano", 30, Head);
        using var linear = Build("tresnet_nano", 30);
        var path = Write(saved, key => key);

        Assert.EndsWith(
            " Build it with --set num-of-groups=10 --set decoder-embedding=64, as it was trained.",
            Assert.Throws<TResNetException>(() => Checkpoint.Load(network, path)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has another head than this network's linear classifier: ML-Decoder. Build it with --set head=ml-decoder --set num-of-groups=10 --set decoder-embedding=64 to load the whole.",
            Assert.Throws<TResNetException>(() => Checkpoint.Load(linear, path)).Message,
            StringComparison.Ordinal
        );

        var loaded = Checkpoint.Load(network, path, resetClassifier: true);
        Assert.Equal(19, loaded.Reset.Count);
        Assert.EndsWith(
            "since the file's head is an ML-Decoder of other sizes.",
            loaded.ToString(),
            StringComparison.Ordinal
        );
        AssertSame(saved, network, "body.conv1.conv.weight");
        AssertFresh(network);
        Assert.Equal("ML-Decoder", Checkpoint.Load(linear, path, resetClassifier: true).OtherHead);
    }

    [Theory]
    [InlineData("tresnet_nano", "head.")]
    [InlineData("resnet18", "fc.")]
    [InlineData("mobilenetv2_100", "classifier.")]
    public void On_a_backbone_with_a_linear_classifier_it_starts_afresh(string name, string prefix)
    {
        using var saved = Build(name, 30);
        using var network = Build(name, 8, Head);
        using (no_grad())
        {
            foreach (var (key, parameter) in network.named_parameters())
            {
                parameter.fill_(7);
            }
        }

        var path = Write(saved, key => key);
        Assert.Contains(
            "has another head than this network's ML-Decoder: a linear classifier. Its other weights fit: train with --weights",
            Assert.Throws<TResNetException>(() => Checkpoint.Load(network, path)).Message,
            StringComparison.Ordinal
        );

        var loaded = Checkpoint.Load(network, path, resetClassifier: true);

        Assert.Equal("a linear classifier", loaded.OtherHead);
        Assert.Equal(19, loaded.Reset.Count);
        Assert.EndsWith("since the file's head is a linear classifier.", loaded.ToString(), StringComparison.Ordinal);
        Assert.Contains(" and 16 more), ", loaded.ToString(), StringComparison.Ordinal);
        AssertFresh(network, prefix);
        Assert.False(network.get_parameter($"{prefix}query_embed.weight")!.requires_grad);
        Assert.Equal(1, network.get_parameter($"{prefix}decoder.layers.0.norm1.weight")!.mean().ToDouble());
    }

    private static Network Build(string name, int classes, params string[] settings) =>
        Models.Describe(name).With(settings).Build(classes);

    private static void AssertSame(Network saved, Network network, params string[] names) =>
        Assert.All(names, name => Assert.True(saved.state_dict()[name].Equals(network.state_dict()[name]), name));

    /// <summary>Xavier's standard deviation for [groups, width, each], and no bias.</summary>
    private static void AssertFresh(Network network, string prefix = "head.")
    {
        var pooling = network.get_parameter($"{prefix}duplicate_pooling")!;
        var shape = pooling.shape;
        var expected = Math.Sqrt(2.0 / ((shape[0] + shape[1]) * shape[2]));
        Assert.Equal(expected, pooling.std().ToDouble(), expected / 10);
        Assert.Equal(0, network.get_parameter($"{prefix}duplicate_pooling_bias")!.abs().sum().ToDouble());
    }

    private string Write(Network network, Func<string, string> rename)
    {
        using (no_grad())
        {
            manual_seed(3);
            foreach (var tensor in network.state_dict().Values.Where(t => t.is_floating_point()))
            {
                tensor.normal_();
            }
        }

        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.pth");
        TensorSource[] tensors = [.. network.state_dict().Select(p => TensorSource.Of(rename(p.Key), p.Value))];
        AtomicFile.Write(path, stream => CheckpointFile.WriterFor(path)(stream, tensors));
        return path;
    }
}
