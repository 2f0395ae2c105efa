using TorchSharp;
using TResNet.Building;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Architectures;

/// <summary>What follows the last feature map, and networks without it.</summary>
public sealed class HeadTests
{
    [Theory]
    [InlineData("tresnet_nano", "head.fc.weight")]
    [InlineData("resnet18", "fc.weight")]
    [InlineData("resnetv2_50", "head.fc.weight")]
    [InlineData("mobilenetv2_100", "classifier.weight")]
    public void A_classifier_is_exchanged_for_one_of_other_classes(string name, string key)
    {
        using var scope = NewDisposeScope();
        using var network = Models.Create(name, 10);
        network.to(ScalarType.Float64);
        network.eval();
        var body = network
            .state_dict()
            .Where(p => p.Key != key)
            .ToDictionary(p => p.Key, p => p.Value.sum().ToDouble());

        network.reset_classifier(7);

        Assert.Equal(7, network.NumClasses);
        Assert.Equal(7, network.state_dict()[key].shape[0]);
        Assert.Equal(ScalarType.Float64, network.state_dict()[key].dtype);
        var kept = network
            .state_dict()
            .Where(p => body.ContainsKey(p.Key) && !p.Key.EndsWith("bias", StringComparison.Ordinal));
        Assert.All(kept, p => Assert.Equal(body[p.Key], p.Value.sum().ToDouble()));
        var x = randn(2, 3, 32, 32, dtype: ScalarType.Float64);
        Assert.Equal([2L, 7], network.call(x).shape);

        network.reset_classifier(3, GlobalPool.CatAvgMax);
        Assert.Equal([2L, 3], network.call(x).shape);
        Assert.DoesNotContain(network.modules(), m => m.training);

        network.reset_classifier(0, GlobalPool.Avg);
        Assert.True(network.forward_features(x).mean([2, 3]).Equals(network.call(x)));
        Assert.DoesNotContain(key, network.state_dict().Keys);
        Assert.Equal(
            $"{name} was asked for -1 classes: it takes at least 1, or 0 for features without a classifier.",
            Assert.Throws<TResNetException>(() => network.reset_classifier(-1)).Message
        );
    }

    [Fact]
    public void One_label_of_many_or_many_labels_are_predicted()
    {
        using var scope = NewDisposeScope();
        var architecture = Models.TResNetNano();
        var single = architecture.Build(5);
        var multi = (architecture with { MultiLabel = true }).Build(5);
        multi.load_state_dict(single.state_dict());
        single.eval();
        multi.eval();
        var x = rand(3, 3, 32, 32);

        var logits = single.call(x).detach();
        Assert.True(single.predict(x).allclose(logits.softmax(1)));
        Assert.True(multi.predict(x).allclose(logits.sigmoid()));
        Assert.True(multi.call(x).detach().Equals(logits));
    }

    [Fact]
    public void Many_samples_of_dropout_have_the_mean_of_one_and_less_spread()
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        double[] Logits(int samples)
        {
            var network = (Models.TResNetNano() with { DropRate = 0.5, DropoutSamples = samples }).Build(1);
            using var _ = no_grad();
            network.get_parameter("head.fc.weight")!.fill_(1);
            network.train();
            var map = ones(2000, 256, 1, 1);
            return [.. network.forward_head(map).flatten().data<float>().Select(v => (double)v)];
        }

        static double Variance(double[] values) => values.Select(v => Math.Pow(v - values.Average(), 2)).Average();
        var (one, eight) = (Logits(1), Logits(8));
        Assert.Equal(256, one.Average(), 2.0);
        Assert.Equal(256, eight.Average(), 2.0);

        // Bernoulli: 256 features of variance 1 each, and an eighth of that.
        Assert.InRange(Variance(one), 220, 295);
        Assert.InRange(Variance(eight), 27, 37);
    }

    [Fact]
    public void Dropping_stops_in_evaluation()
    {
        using var scope = NewDisposeScope();
        var plain = Models.TResNetNano();
        var dropping = plain with { DropRate = 0.5, DropoutSamples = 3, DropPathRate = 0.5 };
        var (a, b) = (plain.Build(10), dropping.Build(10));
        b.load_state_dict(a.state_dict());
        a.eval();
        b.eval();
        var x = randn(2, 3, 32, 32);
        Assert.True(a.call(x).Equals(b.call(x)));
    }

    [Fact]
    public void A_feature_network_has_the_weights_up_to_its_last_map_and_no_more()
    {
        using var scope = NewDisposeScope();
        using var whole = Models.Create("tresnet_nano");
        using var features = Models.CreateFeatures("tresnet_nano", outIndices: [0, -2]);
        Assert.Equal([2, 8], features.FeatureInfo.Select(f => f.Reduction));
        Assert.Equal(["body.layer1", "body.layer3"], features.FeatureInfo.Select(f => f.Module));
        var state = features.state_dict();
        Assert.Equal(
            whole
                .state_dict()
                .Keys.Where(k =>
                    k.StartsWith("body.", StringComparison.Ordinal) && !k.Contains("layer4", StringComparison.Ordinal)
                ),
            state.Keys
        );

        whole.load_state_dict(state, strict: false);
        whole.eval();
        features.eval();
        var x = randn(2, 3, 64, 48);
        var maps = features.call(x);
        Assert.Equal([2L, 16, 32, 24], maps[0].shape);
        Assert.Equal([2L, 128, 8, 6], maps[1].shape);
        var same = whole.forward_intermediates(x, [0, 2]);
        Assert.True(maps[0].Equals(same[0]) && maps[1].Equals(same[1]));
        maps[1].sum().backward();
        Assert.NotNull(features.get_parameter("body.conv1.conv.weight")!.grad);
    }

    [Fact]
    public void Asking_for_a_map_that_is_not_there_lists_those_that_are()
    {
        Assert.Equal(
            "resnet18 was asked for the feature maps [5]: it has 5, with reductions 2, 4, 8, 16, 32; name them from 0 to 4, or from -1 backwards.",
            Assert.Throws<TResNetException>(() => Models.CreateFeatures("resnet18", [5])).Message
        );
    }

    [Fact]
    public void Feature_maps_leave_no_tensors_behind()
    {
        using var features = Models.CreateFeatures("tresnet_nano");
        features.eval();
        using var _ = no_grad();
        using var x = randn(1, 3, 32, 32);
        foreach (var map in features.call(x))
        {
            map.Dispose();
        }

        var before = LiveTensors.Settled();
        foreach (var map in features.call(x))
        {
            map.Dispose();
        }

        LiveTensors.AssertNoneBeyond(before);
    }
}
