using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Graphs;
using TResNet.Layers;
using static TorchSharp.torch;
using static TResNet.Tests.Graphs.LoweringAssert;

namespace TResNet.Tests.Graphs;

/// <summary>Networks lower themselves into graphs that compute what they compute.</summary>
public sealed class LoweringTests
{
    public static TheoryData<string> Names => [.. Models.List().Select(info => info.Name)];

    /// <summary>Small networks that between them have every switch.</summary>
    public static TheoryData<string, string> Switches
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in new[] { "tresnet_nano", "resnet18", "efficientnet_b0", "mixnet_s" })
            {
                foreach (var each in Models.Describe(name).Switches)
                {
                    data.Add(name, each.Name);
                }
            }

            return data;
        }
    }

    // No operation gates rows and columns, as coordinate attention does, nor is one a product of two activations, as in an ML-Decoder: such a layer
    // is called, in a plan too.
    private static readonly string[] CalledWhole = ["coord", "ml-decoder"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_listed_network_lowers_without_a_rest(string name)
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.Create(name, 40));
        using var graph = LowersTo(network, Images(2, 64), what: name);
        HasNoOpaque(graph, name);
    }

    [Theory]
    [MemberData(nameof(Switches))]
    public void Every_choice_of_every_switch_lowers(string name, string setting)
    {
        var architecture = Models.Describe(name);
        foreach (var choice in architecture.Switches.Single(each => each.Name == setting).Choices)
        {
            using var scope = NewDisposeScope();
            var variant = architecture.With(setting, choice);
            using var network = Randomised(() => variant.Build(10));
            using var graph = LowersTo(network, Images(2, 64), what: $"{variant}");
            if (!CalledWhole.Contains(choice))
            {
                HasNoOpaque(graph, $"{variant}");
            }
        }
    }

    [Theory]
    [InlineData("norm=evonorm-s0", "pre-activation=true")]
    [InlineData("norm=inplace-abn", "stem=deep", "downsampling=blur")]
    [InlineData("stem=7x7", "downsampling=blur", "output-stride=8")]
    [InlineData("stem=deep", "downsampling=average", "output-stride=16", "shortcut=average")]
    [InlineData("attention=ceca", "attention-placement=end", "block=bottleneck")]
    public void Switches_lower_together(params string[] settings)
    {
        using var scope = NewDisposeScope();
        var variant = Models.TResNetNano().With(settings);
        using var network = Randomised(() => variant.Build(10));
        using var graph = LowersTo(network, Images(2, 64), what: $"{variant}");
        HasNoOpaque(graph, $"{variant}");
    }

    [Fact]
    public void Every_naming_lowers()
    {
        foreach (var names in Enum.GetValues<ParameterNames>())
        {
            foreach (var first in new[] { false, true })
            {
                using var scope = NewDisposeScope();
                var variant = Models.TResNetNano() with
                {
                    Names = names,
                    StemKind = StemKind.Deep,
                    PreActivation = first,
                };
                using var network = Randomised(() => variant.Build(10));
                using var graph = LowersTo(network, Images(2, 32), what: $"{names} {first}");
                HasNoOpaque(graph, $"{names}");
            }
        }
    }

    [Theory]
    [InlineData("tresnet_nano", GlobalPool.Avg)]
    [InlineData("tresnet_nano", GlobalPool.Max)]
    [InlineData("tresnet_nano", GlobalPool.CatAvgMax)]
    [InlineData("resnetv2_50", GlobalPool.CatAvgMax)]
    [InlineData("mobilenetv2_100", GlobalPool.Max)]
    public void Heads_lower_with_and_without_a_classifier(string name, GlobalPool pool)
    {
        using var scope = NewDisposeScope();
        var architecture = Models.Describe(name) with { GlobalPool = pool, DropRate = 0.3, DropoutSamples = 3 };
        using var network = Randomised(() => architecture.Build(7));
        using var classified = LowersTo(network, Images(2, 64));
        network.reset_classifier(0);
        using var features = LowersTo(network, Images(2, 64));
        HasNoOpaque(features, name);
    }

    [Theory]
    [InlineData("tresnet_m", 32)]
    [InlineData("resnet50", 8)]
    [InlineData("resnetv2_50", 32)]
    [InlineData("regnety_002", 32)]
    [InlineData("resnet50d", 16)]
    [InlineData("efficientnet_b0", 32)]
    public void Feature_maps_lower(string name, int outputStride)
    {
        using var scope = NewDisposeScope();
        using var all = Randomised(() => Models.CreateFeatures(name, outputStride: outputStride));
        using var graph = LowersTo(all, Images(2, 64), what: name);
        HasNoOpaque(graph, name);

        // Later maps first, and one of them twice: what comes after the last one is not there.
        using var some = Randomised(() => Models.CreateFeatures(name, [1, 0, 1], outputStride: outputStride));
        using var shorter = LowersTo(some, Images(2, 64), what: name);
        Assert.InRange(shorter.Values.Count, 1, graph.Values.Count - 1);
    }

    [Fact]
    public void A_graph_takes_other_numbers_of_images_and_sides()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var name in new[] { "tresnet_nano", "resnest50d", "skresnet50", "cecaresnet50d", "mixnet_s" })
        {
            using var network = Randomised(() => Models.Create(name, 10));
            using var graph = Graph.Of(network, 2, 3, 64, 64);
            foreach (var images in new[] { Images(1, 64), Images(3, 96) })
            {
                AllNear([network.call(images)], Interpreter.Run(graph, images), what: name);
            }
        }
    }

    [Fact]
    public void What_is_lowered_is_evaluation_and_the_network_of_now()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() =>
            (Models.TResNetNano() with { DropRate = 0.5, DropPathRate = 0.5 }).Build(10)
        );
        var images = Images(2, 32);
        using var _ = no_grad();
        var expected = network.call(images);
        network.train();
        using var graph = Graph.Of(network, 2, 3, 32, 32);
        Assert.True(network.training);
        foreach (var parameter in network.parameters())
        {
            parameter.zero_();
        }

        AllNear([expected], Interpreter.Run(graph, images));
    }

    [Fact]
    public void Other_types_are_lowered_to_float32()
    {
        using var scope = NewDisposeScope();
        using var network = Randomised(() => Models.TResNetNano().Build(10)).to(ScalarType.BFloat16);
        using var graph = Graph.Of(network, 2, 3, 32, 32);
        Assert.All(
            graph.Values.SelectMany(value => value.Operation.Weights),
            weight => Assert.Equal(ScalarType.Float32, weight.dtype)
        );
    }

    [Fact]
    public void An_input_that_the_network_cannot_take_is_refused_in_its_words()
    {
        using var network = Models.TResNetNano().Build(10);
        foreach (var shape in new long[][] { [1, 1, 32, 32], [1, 3, 33, 32], [3, 32, 32] })
        {
            using var scope = NewDisposeScope();
            var wanted = Assert.Throws<TResNetException>(() => network.call(zeros(shape))).Message;
            Assert.Equal(wanted, Assert.Throws<TResNetException>(() => Graph.Of(network, shape)).Message);
        }
    }
}
