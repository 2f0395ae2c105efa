using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Layers;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Parity;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

/// <summary>The head with queries, beside what Parity/EvaluationParityTests compare with the authors' code.</summary>
public sealed class MLDecoderTests
{
    private static readonly string[] Small = ["head=ml-decoder", "num-of-groups=4", "decoder-embedding=64"];

    [Theory]
    [InlineData(100, 80, 80, 1)]
    [InlineData(100, 100, 100, 1)]
    [InlineData(100, 1000, 100, 10)]
    [InlineData(200, 9605, 200, 49)]
    [InlineData(7, 30, 7, 5)]
    [InlineData(100, 1, 1, 1)]
    public void Classes_share_as_many_queries_as_there_are(int asked, int classes, long groups, long each)
    {
        using var scope = NewDisposeScope();
        using var head = new MLDecoder(16, classes, new MLDecoderOptions(asked, DecoderEmbedding: 32));
        var state = head.state_dict();

        Assert.Equal([groups, 32, each], state["duplicate_pooling"].shape);
        Assert.Equal([groups, 32], state["query_embed.weight"].shape);
        Assert.Equal([2L, classes], head.call(randn(2, 16, 3, 5)).shape);
    }

    [Fact]
    public void Each_class_of_a_group_has_weights_of_its_own_on_its_groups_query()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var head = new MLDecoder(16, 7, new MLDecoderOptions(3, DecoderEmbedding: 32));
        head.eval();
        var x = randn(2, 16, 4, 4);
        var before = head.call(x);

        // Of groups of three, class 4 is the second of the second group.
        head.get_parameter("duplicate_pooling")![1, .., 1].zero_();
        var after = head.call(x);

        var changed = (after - before).abs().amax([0]).gt(1e-6).data<bool>().ToArray();
        Assert.Equal([false, false, false, false, true, false, false], changed);
        Assert.Equal(0, after[.., 4].abs().max().ToDouble(), 1e-6);
    }

    [Fact]
    public void Where_in_the_map_a_feature_is_does_not_matter_and_how_large_the_map_is_neither()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var head = new MLDecoder(16, 5, new MLDecoderOptions(DecoderEmbedding: 32));
        head.eval();
        var x = randn(2, 16, 3, 4);

        var logits = head.call(x);

        Assert.True(head.call(x.flip(2, 3)).allclose(logits, 1e-4, 1e-5));
        Assert.True(head.call(x.repeat(1, 1, 2, 1)).allclose(logits, 1e-4, 1e-5));
        Assert.False(head.call(x + 1).allclose(logits, 1e-2, 1e-2));
        Assert.True(head.call(MemoryFormat.ToChannelsLast(x)).allclose(logits, 1e-4, 1e-5));
    }

    [Fact]
    public void Queries_stay_what_they_are_and_dropout_is_for_training()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var network = Models.Describe("tresnet_nano").With(Small).Build(10).to(ScalarType.Float64);
        var queries = network.get_parameter("head.query_embed.weight")!;
        var before = queries.clone();
        using var sgd = optim.SGD(network.parameters(), 0.1, weight_decay: 0.1);
        network.train();
        var x = randn(4, 3, 32, 32, dtype: ScalarType.Float64);

        var map = network.forward_features(x).detach();
        Assert.False(network.forward_head(map).allclose(network.forward_head(map)));
        nn.functional.cross_entropy(network.call(x), tensor(new long[] { 1, 2, 3, 4 })).backward();
        sgd.step();

        Assert.False(queries.requires_grad);
        Assert.True(queries.Equals(before));
        network.eval();
        Assert.True(network.forward_head(map).Equals(network.forward_head(map)));
    }

    [Fact]
    public void It_is_counted_by_hand()
    {
        using var linear = Models.TResNetNano().Build(10);
        using var network = Models.Describe("tresnet_nano").With(Small).Build(10);

        var (plain, summary) = (Summarizer.Summarize(linear, 3, 64, 64), Summarizer.Summarize(network, 3, 64, 64));

        // 256 channels on 4 x 4 places; 4 queries of 64 for 10 classes, so 3 for each.
        const long Embed = 256 * 64;
        const long Attention = 4 * 64 * 64;
        const long Layers = 2 * 64 * 2048;
        const long Pooling = 4 * 64 * 3;
        var biases = 64 + 4 * 64 + 2048 + 64 + 10;
        Assert.Equal(
            plain.Parameters - 2570 + Embed + Attention + Layers + Pooling + biases + (3 * 2 * 64) + (4 * 64),
            summary.Parameters
        );
        var products = 2 * 4 * 16 * 64;
        var projections = (4 + 2 * 16 + 4) * 64 * 64;
        Assert.Equal(
            plain.MultiplyAdds - 2560 + 16 * Embed + projections + products + 4 * Layers + Pooling,
            summary.MultiplyAdds
        );
        Assert.Equal(plain.Activations, summary.Activations);
        Assert.Equal(summary.Parameters, network.parameters().Sum(each => each.numel()));
    }

    [Theory]
    [InlineData(ThroughputMode.Inference)]
    [InlineData(ThroughputMode.Training)]
    public void It_is_profiled_layer_by_layer(ThroughputMode mode)
    {
        using var network = Models.Describe("tresnet_nano").With(Small).Build(10);
        var options = new ThroughputOptions
        {
            BatchSize = 4,
            WarmUp = 0,
            Rounds = 1,
            Mode = mode,
        };

        var profile = LayerProfiler.Measure(network, [3, 32, 32], options);

        Assert.Equal(
            4 * Summarizer.Summarize(network, 3, 32, 32).MultiplyAdds,
            profile.Layers.Sum(layer => layer.MultiplyAdds)
        );
        var head = Assert.Single(profile.Layers, layer => layer.Name == "head");
        Assert.Equal(LayerKind.Attention, head.Kind);
        Assert.True(head.ForwardWork.Operations > 0);
        Assert.Contains(profile.Layers, layer => layer.Name == "head.decoder.layers.0.linear1");
    }

    [Fact]
    public void Its_fixed_queries_hide_nothing_of_what_training_keeps()
    {
        using var linear = Models.Create("tresnet_nano");
        using var network = Models.Describe("tresnet_nano").With("head", "ml-decoder").Build();
        var options = new ThroughputOptions { BatchSize = 50_000, Mode = ThroughputMode.Training };

        var (plain, decoder) = (
            MemoryEstimate.LeastOf(linear, [3, 64, 64], options),
            MemoryEstimate.LeastOf(network, [3, 64, 64], options)
        );

        Assert.Equal(plain, decoder);
        Assert.True(
            decoder > MemoryEstimate.LeastOf(network, [3, 64, 64], options with { Mode = ThroughputMode.Inference })
        );
    }

    [Theory]
    [InlineData("tresnet_nano", "head.duplicate_pooling")]
    [InlineData("resnet18", "fc.duplicate_pooling")]
    [InlineData("regnetx_002", "head.duplicate_pooling")]
    [InlineData("resnetv2_50", "head.duplicate_pooling")]
    [InlineData("mobilenetv2_100", "classifier.duplicate_pooling")]
    public void It_is_exchanged_for_one_of_other_classes_and_taken_away(string name, string key)
    {
        using var scope = NewDisposeScope();
        using var network = Models.Describe(name).With(Small).Build(10);
        network.to(ScalarType.Float64);
        network.eval();
        Assert.Equal([4L, 64, 3], network.state_dict()[key].shape);

        network.reset_classifier(3);

        Assert.Equal([3L, 64, 1], network.state_dict()[key].shape);
        Assert.Equal(ScalarType.Float64, network.state_dict()[key].dtype);
        Assert.DoesNotContain(network.modules(), m => m.training);
        var x = randn(2, 3, 32, 32, dtype: ScalarType.Float64);
        Assert.Equal([2L, 3], network.call(x).shape);
        Assert.Contains(
            "was given Max pooling for its classifier: an ML-Decoder reads the whole feature map; leave globalPool out.",
            Assert.Throws<TResNetException>(() => network.reset_classifier(3, GlobalPool.Max)).Message,
            StringComparison.Ordinal
        );

        network.reset_classifier(0);
        Assert.True(network.forward_features(x).mean([2, 3]).Equals(network.call(x)));
        Assert.DoesNotContain(key, network.state_dict().Keys);
        network.reset_classifier(5);
        Assert.Equal([2L, 5], network.call(x).shape);
    }

    [Fact]
    public void Feature_maps_are_those_of_the_network_without_it()
    {
        using var scope = NewDisposeScope();
        using var linear = Models.TResNetNano().BuildFeatures();
        using var network = Models.Describe("tresnet_nano").With(Small).BuildFeatures();

        Assert.Equal(linear.state_dict().Keys, network.state_dict().Keys);
        network.load_state_dict(linear.state_dict());
        var x = randn(1, 3, 64, 64);
        Assert.All(linear.call(x).Zip(network.call(x)), pair => Assert.True(pair.First.Equals(pair.Second)));
    }

    [Theory]
    [InlineData("tresnet_nano")]
    [InlineData("resnet18")]
    [InlineData("mobilenetv2_100")]
    public void Optimised_it_gives_what_it_gives(string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var network = Models.Describe(name).With(Small).Build(10);
        FilledNetwork.Fill(network, 4);
        network.eval();
        using var fast = network.Optimize(randn(2, 3, 64, 64));

        foreach (var (batch, side) in new[] { (2, 64), (3, 32), (1, 96) })
        {
            var images = randn(batch, 3, side, side);
            var difference = (fast.call(images) - network.call(images)).abs().max().ToDouble();
            Assert.True(difference < 1e-4, $"{batch} images of {side} pixels differ by {difference}.");
        }
    }

    [Fact]
    public void It_leaves_no_tensors_behind()
    {
        using var network = Models.Describe("tresnet_nano").With(Small).Build(10);
        using var x = randn(2, 3, 32, 32);
        network.train();
        network.call(x).Dispose();
        var before = LiveTensors.Settled();

        network.call(x).Dispose();

        LiveTensors.AssertNoneBeyond(before);
    }

    [Fact]
    public void Adaptive_clipping_leaves_its_last_layer_alone()
    {
        using var network = Models.Describe("tresnet_nano").With(Small).Build(10);
        network.call(ones(2, 3, 32, 32)).sum().backward();
        var gradients = network
            .named_parameters()
            .Where(p => p.parameter.grad is not null)
            .ToDictionary(p => p.name, p => p.parameter.grad!.mul_(1e3).clone());

        GradientClip.Apply(network, new TrainingOptions { ClipGrad = 1e-3, ClipMode = ClipMode.Agc });

        string[] same =
        [
            .. gradients.Where(p => network.get_parameter(p.Key)!.grad!.Equals(p.Value)).Select(p => p.Key),
        ];
        Assert.Contains("head.duplicate_pooling", same);
        Assert.Contains("head.duplicate_pooling_bias", same);
        Assert.DoesNotContain("head.embed_standart.weight", same);
        Assert.DoesNotContain("head.decoder.layers.0.norm3.bias", same);
    }

    [Fact]
    public void What_a_classifier_begins_with_is_its_last_layers()
    {
        using var scope = NewDisposeScope();
        using var network = Models.Describe("tresnet_nano").With(Small).Build(10);
        var before = network.state_dict().ToDictionary(p => p.Key, p => p.Value.clone());

        network.BeginHead(0.25, -3);

        Assert.True(
            network.state_dict()["head.duplicate_pooling"].Equals(before["head.duplicate_pooling"].detach() * 0.25)
        );
        Assert.True(network.get_parameter("head.duplicate_pooling_bias")!.eq(-3).all().ToBoolean());
        Assert.All(
            network.state_dict().Where(p => !p.Key.Contains("duplicate_pooling", StringComparison.Ordinal)),
            p => Assert.True(p.Value.Equals(before[p.Key]), p.Key)
        );
    }
}
