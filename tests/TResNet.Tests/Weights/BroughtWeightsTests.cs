using FsCheck.Xunit;
using TorchSharp;
using TResNet.Building;
using TResNet.Files;
using TResNet.Weights;
using TResNet.Weights.Formats;
using static TorchSharp.torch;

namespace TResNet.Tests.Weights;

/// <summary>Weights as people bring them: wrapped, with another head, for other images, in TorchSharp's format.</summary>
public sealed class BroughtWeightsTests : IDisposable
{
    private static readonly string[] Wrappers =
    [
        "module.",
        "_orig_mod.",
        "model.",
        "backbone.",
        "net.",
        "classifier_network.",
        "lit.core.",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("brought").FullName;
    private readonly Network saved = Models.Create("tresnet_nano", 5);

    public BroughtWeightsTests()
    {
        using var _ = no_grad();
        manual_seed(3);
        foreach (var tensor in saved.state_dict().Values.Where(t => t.is_floating_point()))
        {
            tensor.normal_();
        }
    }

    public void Dispose()
    {
        saved.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_prefix_of_seven_names_is_taken_off()
    {
        const string Prefix = "lit.core.lit.core.module.module.module.";
        Write("deep.pth", name => Prefix + name);
        Assert.Equal(Prefix, LoadsWhole("deep.pth").Prefix);
    }

    [Property(MaxTest = 30)]
    public void Prefixes_in_any_order_and_depth_are_taken_off(int[] which)
    {
        var prefix = string.Concat(which.Take(5).Select(i => Wrappers[(i & int.MaxValue) % Wrappers.Length]));
        Write("w.pth", name => prefix + name);
        var loaded = LoadsWhole("w.pth");
        Assert.Equal(prefix, loaded.Prefix);
        Assert.Equal(
            prefix.Length == 0 ? "98 tensors loaded." : $"98 tensors loaded, without '{prefix}' before their names.",
            loaded.ToString()["w.pth (PyTorch): ".Length..]
        );
    }

    [Fact]
    public void A_compiled_part_of_a_network_has_its_wrapper_in_the_middle_of_names()
    {
        Write("c.pth", name => name.Replace("body.layer1.", "body.layer1._orig_mod.", StringComparison.Ordinal));
        Assert.Equal("", LoadsWhole("c.pth").Prefix);
    }

    [Fact]
    public void What_stands_beside_the_network_is_left_out_and_named()
    {
        Write("l.ckpt.pth", name => "model." + name, ("criterion.weight", ones(5)), ("n_averaged", tensor(7L)));
        var loaded = LoadsWhole("l.ckpt.pth");
        Assert.Equal(["criterion.weight", "n_averaged"], loaded.Skipped.Order());
        Assert.Contains(
            "2 entries not needed (criterion.weight, n_averaged)",
            loaded.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_average_goes_first_and_two_equals_are_refused()
    {
        using var other = Models.Create("tresnet_nano", 5);
        var others = other.state_dict().Select(t => ($"student.{t.Key}", t.Value)).ToArray();
        Write("ema.pth", name => "teacher." + name, others);
        Assert.Equal("teacher.", LoadsWhole("ema.pth").Prefix);

        Write("two.pth", name => "left." + name, [.. other.state_dict().Select(t => ($"right.{t.Key}", t.Value))]);
        var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(other, PathOf("two.pth")));
        Assert.Contains("holds two such networks, under 'left.' and 'right.'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_saved_as_one_element_and_the_other_way_round_are_loaded()
    {
        Write("n.pth", name => name, reshape: t => t.dim() == 0 ? t.reshape(1) : t);
        LoadsWhole("n.pth");
        // A 1x1 convolution is the linear layer.
        Write("c.pth", name => name, reshape: t => t.dim() == 2 ? t.unsqueeze(2).unsqueeze(3) : t);
        LoadsWhole("c.pth");
    }

    [Theory]
    [InlineData("MIIL's bottleneck head", "head.fc.embedding_generator.0.weight", "head.fc.FC.weight")]
    [InlineData("ML-Decoder", "head.decoder.query_embed.weight", "head.decoder.duplicate_pooling")]
    [InlineData("a head with a hidden layer", "head.pre_logits.fc.weight", "head.fc.weight")]
    [InlineData("a head with a normalisation", "head.norm.weight", "head.fc.weight")]
    [InlineData("another, with 'head.1.weight'", "head.1.weight", "head.4.bias")]
    public void Another_head_starts_afresh_when_asked_and_is_told_else(string head, string one, string two)
    {
        Write(
            "h.pth",
            name => name.StartsWith("head.", StringComparison.Ordinal) ? "-" : name,
            (one, ones(3)),
            (two, ones(5))
        );
        using var network = Models.Create("tresnet_nano", 5);
        var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(network, PathOf("h.pth")));
        Assert.Contains(
            $"has another head than this network's linear classifier: {head}.",
            error.Message,
            StringComparison.Ordinal
        );

        var loaded = Checkpoint.Load(network, PathOf("h.pth"), resetClassifier: true);
        Assert.Equal(96, loaded.Loaded.Count);
        Assert.Equal(head, loaded.OtherHead);
        Assert.EndsWith($"since the file's head is {head}.", loaded.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, network.get_parameter("head.fc.bias")!.abs().sum().ToDouble());
    }

    [Fact]
    public void A_distilled_networks_second_head_is_not_needed()
    {
        Write("d.pth", name => name, ("head_dist.weight", ones(5, 8)), ("head_dist.bias", ones(5)));
        Assert.Equal(2, LoadsWhole("d.pth").Skipped.Count);
    }

    [Theory]
    [InlineData("tresnet_nano", 3, 1)]
    [InlineData("tresnet_nano", 1, 3)]
    [InlineData("tresnet_nano", 3, 4)]
    [InlineData("tresnet_nano", 3, 8)]
    [InlineData("resnet18", 3, 1)]
    [InlineData("resnet18", 3, 5)]
    [InlineData("resnet50d", 1, 3)]
    [InlineData("efficientnet_b0", 3, 2)]
    public void Another_number_of_input_channels_is_fitted_so_that_equal_channels_give_the_same(
        string name,
        int from,
        int to
    )
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var source = Models.Create(name, 5, from);
        using var target = Models.Create(name, 5, to);
        Checkpoint.Save(source, PathOf("channels.pth"));
        var loaded = Checkpoint.Load(target, PathOf("channels.pth"));
        Assert.Equal((from, to), loaded.InputChannels);

        // timm's rule keeps the sum over channels where the new ones repeat the old ones wholly, and for one channel.
        source.eval();
        target.eval();
        var grey = rand(1, 1, 64, 64);
        var (before, after) = (source.call(grey.expand(1, from, 64, 64)), target.call(grey.expand(1, to, 64, 64)));
        if (to == 1 || to % from == 0)
        {
            Assert.True(after.allclose(before, 1e-3, 1e-4), $"{before} {after}");
        }

        // The rule itself, at a pixel of the first convolution: 3 to 4 repeats the first channel, times 3/4.
        var (old, fitted) = (First(source), First(target));
        var expected =
            to == 1
                ? old[0].view(-1, from, old.shape[2], old.shape[3])[0].sum(dim: 0L)
                : old[0, (to - 1) % from] * ((double)from / to);
        Assert.True(fitted[0, to - 1].allclose(expected, 1e-5, 1e-6));

        static Tensor First(Network network) => network.state_dict().Values.First(t => t.dim() == 4);
    }

    [Fact]
    public void TorchSharps_own_files_are_read_and_written()
    {
        saved.save(PathOf("theirs.dat"));
        Assert.Equal("TorchSharp", LoadsWhole("theirs.dat").Format);

        Checkpoint.Save(saved, PathOf("ours.dat"));
        Assert.Equal(File.ReadAllBytes(PathOf("theirs.dat")), File.ReadAllBytes(PathOf("ours.dat")));
        using var network = Models.Create("tresnet_nano", 5);
        network.load(PathOf("ours.dat"));
        Assert.True(saved.get_parameter("head.fc.weight")!.Equals(network.get_parameter("head.fc.weight")!));
    }

    [Fact]
    public void A_damaged_file_of_TorchSharp_gives_one_sentence()
    {
        using var small = nn.Sequential(("conv", nn.Conv2d(2, 3, 3)), ("bn", nn.BatchNorm2d(3)));
        small.save(PathOf("whole.dat"));
        var whole = File.ReadAllBytes(PathOf("whole.dat"));
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var bytes = i % 2 == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
            if (bytes.Length > 0)
            {
                bytes[random.Next(Math.Min(40, bytes.Length))] = (byte)random.Next(256);
            }

            File.WriteAllBytes(PathOf("damaged.dat"), bytes);
            try
            {
                Checkpoint.Load(small, PathOf("damaged.dat"));
            }
            catch (TResNetException error)
            {
                Assert.DoesNotContain('\n', error.Message);
            }
        }
    }

    private LoadedCheckpoint LoadsWhole(string name)
    {
        using var network = Models.Create("tresnet_nano", 5);
        var loaded = Checkpoint.Load(network, PathOf(name));
        var state = network.state_dict();
        Assert.Equal(state.Count, loaded.Loaded.Count);
        Assert.All(saved.state_dict(), t => Assert.True(t.Value.Equals(state[t.Key]), t.Key));
        return loaded;
    }

    /// <summary>Writes the network's weights under other names, leaving out those named "-", with others behind.</summary>
    private void Write(string file, Func<string, string> rename, params (string Name, Tensor Value)[] others) =>
        Write(file, rename, t => t, others);

    private void Write(
        string file,
        Func<string, string> rename,
        Func<Tensor, Tensor> reshape,
        params (string Name, Tensor Value)[] others
    )
    {
        using var _ = no_grad();
        var write = CheckpointFile.WriterFor(file);
        TensorSource[] tensors =
        [
            .. saved
                .state_dict()
                .Select(t => (Name: rename(t.Key), t.Value))
                .Where(t => t.Name != "-")
                .Concat(others)
                .Select(t => TensorSource.Of(t.Name, reshape(t.Value))),
        ];
        AtomicFile.Write(PathOf(file), stream => write(stream, tensors));
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
