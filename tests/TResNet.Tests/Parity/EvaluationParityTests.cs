using System.Text.Json;
using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Layers;
using TResNet.Weights.Names;
using static TorchSharp.torch;

namespace TResNet.Tests.Parity;

/// <summary>Logits and stage statistics of the public implementations, at the tolerances of fixtures/README.md.</summary>
public sealed class EvaluationParityTests
{
    private const double Single = 1e-4;
    private const double Double = 1e-9;

    // timm's EvoNorm takes its variances in float32 whatever it is given.
    private const double SingleWithin = 1e-6;

    [Theory]
    [InlineData("tresnet_m")]
    [InlineData("tresnet_m_r224")]
    [InlineData("tresnet_l")]
    [InlineData("tresnet_xl")]
    [InlineData("tresnet_v2_l")]
    [InlineData("resnet18")]
    [InlineData("resnet34")]
    [InlineData("resnet50")]
    [InlineData("resnet50_os16")]
    [InlineData("resnet50_os8")]
    [InlineData("resnet18_max")]
    [InlineData("resnet18_catavgmax")]
    [InlineData("resnet101")]
    [InlineData("resnet50d")]
    [InlineData("resnet50d_os16")]
    [InlineData("resnet50d_os8")]
    [InlineData("wide_resnet50_2")]
    [InlineData("resnetblur50")]
    [InlineData("resnetaa50d")]
    [InlineData("resnext50_32x4d")]
    [InlineData("seresnet50")]
    [InlineData("seresnext50_32x4d")]
    [InlineData("ecaresnet50d")]
    [InlineData("cecaresnet50d")]
    [InlineData("skresnet50")]
    [InlineData("skresnext50_32x4d")]
    [InlineData("resnest50d")]
    [InlineData("resnetv2_50")]
    [InlineData("resnetv2_50d_evos")]
    [InlineData("resnetv2_50d_evob")]
    [InlineData("regnetx_002")]
    [InlineData("regnetx_032")]
    [InlineData("regnety_002")]
    [InlineData("regnety_032")]
    [InlineData("mobilenetv2_100")]
    [InlineData("mnasnet_100")]
    [InlineData("efficientnet_b0")]
    [InlineData("efficientnet_b1")]
    [InlineData("efficientnet_b2")]
    [InlineData("mixnet_s")]
    [InlineData("mixnet_m")]
    [InlineData("mixnet_l")]
    [InlineData("mixnet_xl")]
    [InlineData("resnet18_ml_decoder")]
    [InlineData("mobilenetv2_100_ml_decoder")]
    public void A_network_computes_what_timm_computes(string name)
    {
        var fixture = Fixture.Load(name);
        using var network = FilledNetwork.Timm(fixture);
        AssertWeights(fixture, network, key => key);
        AssertOutputs(fixture, network);
    }

    [Theory]
    [InlineData("official_ml_decoder_tresnet_m")]
    [InlineData("official_ml_decoder_resnet18_groups")]
    public void An_ML_Decoder_computes_what_the_official_one_computes(string name)
    {
        var fixture = Fixture.Load(name);
        using var network = FilledNetwork.OfficialDecoder(fixture);
        AssertWeights(fixture, network, key => MLDecoderNames.ToTimm(key));
        AssertOutputs(fixture, network);
    }

    private static void AssertWeights(Fixture fixture, Network network, Func<string, string> ours)
    {
        Assert.Equal(fixture.Root.GetProperty("num_state_tensors").GetInt32(), network.state_dict().Count);
        foreach (var check in fixture.Root.GetProperty("weight_checks").EnumerateArray())
        {
            var weight = network.state_dict()[ours(check.GetProperty("key").GetString()!)];
            Assert.Equal(Fixture.Numbers(check.GetProperty("shape")).Select(v => (long)v), weight.shape);
            Fixture.AssertClose(
                check.GetProperty("first4"),
                [.. weight.flatten().data<float>().Take(4).Select(v => (double)v)],
                Double,
                check.GetProperty("key").GetString()!
            );
        }
    }

    [Fact]
    public void Official_weights_under_mapped_names_give_the_official_outputs()
    {
        var fixture = Fixture.Load("official_tresnet_m");
        using var network = FilledNetwork.Official(fixture, AbnWeight.Plain);

        // |weight| + 1e-5 is a float32 in a converted checkpoint, so float64 has nothing more to say.
        AssertSingle(fixture, network);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_sign_of_an_in_place_ABN_weight_does_not_matter(bool flipped)
    {
        var fixture = Fixture.Load("official_tresnet_m");
        using var network = FilledNetwork.Official(fixture, AbnWeight.Magnitude, flipped);
        AssertOutputs(fixture, network);
    }

    [Fact]
    public void Layers_compiled_as_TorchScript_change_nothing()
    {
        var fixture = Fixture.Load("tresnet_m");
        using var plain = FilledNetwork.Timm(fixture);
        using var scripted = ((StagedArchitecture)Models.Describe("tresnet_m") with { Scripted = true }).Build();
        scripted.load_state_dict(plain.state_dict());
        plain.eval();
        scripted.eval();
        using var _ = no_grad();
        using var input = Fill.EvaluationInput(fixture.Side);
        Assert.True(plain.call(input).Equals(scripted.call(input)));
    }

    private static void AssertOutputs(Fixture fixture, Network network)
    {
        AssertSingle(fixture, network);
        using var _ = no_grad();
        network.to(ScalarType.Float64);
        AssertOutputs(
            fixture.Root.GetProperty("fp64"),
            network,
            Fill.EvaluationInput(fixture.Side).to(ScalarType.Float64),
            fixture.File.Contains("_evo", StringComparison.Ordinal) ? SingleWithin : Double
        );
    }

    private static void AssertSingle(Fixture fixture, Network network)
    {
        Assert.Equal(fixture.Root.GetProperty("num_params").GetInt64(), network.parameters().Sum(p => p.numel()));
        network.eval();
        using var _ = no_grad();
        AssertOutputs(fixture.Root.GetProperty("fp32"), network, Fill.EvaluationInput(fixture.Side), Single);
    }

    private static void AssertOutputs(JsonElement expected, Network network, Tensor input, double tolerance)
    {
        using var scope = NewDisposeScope();
        var stages = new Dictionary<string, Tensor>();
        foreach (var (name, module) in network.named_modules())
        {
            if (expected.GetProperty("stages").TryGetProperty(name, out JsonElement _))
            {
                ((nn.Module<Tensor, Tensor>)module).register_forward_hook(
                    (_, _, output) =>
                    {
                        stages[name] = output.detach().to(ScalarType.Float64, copy: true).DetachFromDisposeScope();
                        return output;
                    }
                );
            }
        }

        var logits = network.call(input).to(ScalarType.Float64);
        for (var n = 0; n < 2; n++)
        {
            var row = logits[n];
            var what = $"logits of sample {n}";
            Fixture.AssertClose(
                expected.GetProperty("logits_first16")[n],
                row.data<double>().ToArray(),
                tolerance,
                what
            );
            Fixture.AssertClose(
                expected.GetProperty("sum")[n].GetDouble(),
                row.sum().item<double>(),
                10 * tolerance,
                what + ", sum"
            );
            Fixture.AssertClose(
                expected.GetProperty("abs_sum")[n].GetDouble(),
                row.abs().sum().item<double>(),
                tolerance,
                what + ", abs_sum"
            );
            Fixture.AssertClose(
                expected.GetProperty("std")[n].GetDouble(),
                row.std(unbiased: false).item<double>(),
                tolerance,
                what + ", std"
            );
            Assert.Equal(expected.GetProperty("argmax")[n].GetInt64(), row.argmax().item<long>());
        }

        var compared = 0;
        foreach (var stage in expected.GetProperty("stages").EnumerateObject())
        {
            var actual = stages[stage.Name];
            Assert.Equal(Fixture.Numbers(stage.Value.GetProperty("shape")).Select(v => (long)v), actual.shape);
            Fixture.AssertClose(
                stage.Value.GetProperty("mean").GetDouble(),
                actual.mean().item<double>(),
                tolerance,
                stage.Name
            );
            Fixture.AssertClose(
                stage.Value.GetProperty("std").GetDouble(),
                actual.std(unbiased: false).item<double>(),
                tolerance,
                stage.Name
            );
            Fixture.AssertClose(
                stage.Value.GetProperty("abs_mean").GetDouble(),
                actual.abs().mean().item<double>(),
                tolerance,
                stage.Name
            );
            Fixture.AssertClose(
                stage.Value.GetProperty("first4"),
                actual[0].flatten()[TensorIndex.Slice(0, 4)].data<double>().ToArray(),
                tolerance,
                stage.Name
            );
            Fixture.AssertClose(
                stage.Value.GetProperty("last4"),
                actual[1].flatten()[TensorIndex.Slice(-4)].data<double>().ToArray(),
                tolerance,
                stage.Name
            );
            compared++;
        }

        Assert.True(compared >= 4, $"Only {compared} stages were compared.");
    }
}
