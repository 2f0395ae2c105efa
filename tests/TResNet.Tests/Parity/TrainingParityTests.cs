using System.Text.Json;
using TorchSharp;
using TResNet.Building;
using TResNet.Checkpoints;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Parity;

/// <summary>One training step and three more of the public implementations: loss, gradients, running statistics, losses after SGD steps.</summary>
public sealed class TrainingParityTests
{
    // One activation crossing a ReLU's kink moves a float32 gradient by about 0.3 %, and its largest element by 0.8 %: so far are the float32 and the
    // float64 of the official fixture apart.
    private const double SingleGradient = 5e-3;
    private const double Single = 1e-3;
    private const double Double = 1e-7;

    [Theory]
    [InlineData("tresnet_m_train_r64", ScalarType.Float32)]
    [InlineData("tresnet_m_train_r64", ScalarType.Float64)]
    public void Training_steps_follow_timm(string name, ScalarType type)
    {
        var fixture = Fixture.Load(name);
        using var network = FilledNetwork.Timm(fixture);
        AssertSteps(fixture, network, network.state_dict().Keys.ToDictionary(k => k, k => k), type);
    }

    [Theory]
    [InlineData("official_tresnet_m_train_r64", ScalarType.Float32, false)]
    [InlineData("official_tresnet_m_train_r64", ScalarType.Float64, false)]
    [InlineData("official_tresnet_m_signed_train_r64", ScalarType.Float64, true)]
    public void Training_steps_with_in_place_ABN_weights_follow_the_official_implementation(
        string name,
        ScalarType type,
        bool flipped
    )
    {
        var fixture = Fixture.Load(name);
        using var network = FilledNetwork.Official(fixture, AbnWeight.Magnitude, flipped);
        var official = FilledNetwork.OfficialKeys(network).ToDictionary(p => p.Value, p => p.Key);
        AssertSteps(fixture, network, official, type);
    }

    private static void AssertSteps(Fixture fixture, Network network, Dictionary<string, string> names, ScalarType type)
    {
        FilledNetwork.ScaleLastNorms(network, fixture.Root.GetProperty("last_bn_gamma_factor").GetDouble());
        var tolerance = type == ScalarType.Float64 ? Double : Single;
        var expected = fixture.Root.GetProperty(type == ScalarType.Float64 ? "fp64" : "fp32");
        network.to(type);
        network.train();
        using var scope = NewDisposeScope();
        var input = Fill.TrainingInput(fixture.Side).to(type);
        var targets = tensor(new long[] { 3, 7 });
        var optimizer = optim.SGD(network.parameters(), 0.001);
        Tensor Step(out Tensor logits)
        {
            optimizer.zero_grad();
            logits = network.call(input);
            var loss = nn.functional.cross_entropy(logits, targets);
            loss.backward();
            return loss;
        }

        var loss = Step(out var logits);
        Fixture.AssertClose(expected.GetProperty("loss").GetDouble(), loss.ToDouble(), tolerance, "loss");
        for (var n = 0; n < 2; n++)
        {
            var row = logits.detach()[n].to(ScalarType.Float64).data<double>().ToArray();
            Fixture.AssertClose(expected.GetProperty("logits_first16")[n], row, tolerance, "logits");
        }

        AssertGradients(expected, network, names, type == ScalarType.Float64 ? Double : SingleGradient);
        AssertRunningStatistics(expected, network, names, tolerance);
        optimizer.step();
        foreach (var later in expected.GetProperty("losses_after_1_2_3_sgd_steps").EnumerateArray())
        {
            Fixture.AssertClose(later.GetDouble(), Step(out var unused).ToDouble(), tolerance, "loss after a step");
            optimizer.step();
        }

        network.eval();
        using var _ = no_grad();
        var evaluated = network.call(input).to(ScalarType.Float64);
        for (var n = 0; n < 2; n++)
        {
            Fixture.AssertClose(
                expected.GetProperty("eval_logits_first4_after_4_sgd_steps_and_4_train_forwards")[n],
                evaluated[n].data<double>().ToArray(),
                type == ScalarType.Float64 ? 1e-6 : 1e-2,
                "logits after four steps"
            );
        }
    }

    private static void AssertGradients(
        JsonElement expected,
        Network network,
        Dictionary<string, string> names,
        double tolerance
    )
    {
        var parameters = network.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var gradient in expected.GetProperty("grads").EnumerateObject())
        {
            var actual = parameters[names[gradient.Name]].grad!.to(ScalarType.Float64).flatten();
            var l2 = gradient.Value.GetProperty("l2").GetDouble();
            Fixture.AssertClose(1, actual.norm().item<double>() / l2, tolerance, gradient.Name + ", l2");
            Fixture.AssertClose(
                1,
                actual.abs().sum().item<double>() / gradient.Value.GetProperty("abs_sum").GetDouble(),
                tolerance,
                gradient.Name + ", abs_sum"
            );
            Fixture.AssertClose(
                1,
                actual.abs().max().item<double>() / gradient.Value.GetProperty("max_abs").GetDouble(),
                2 * tolerance,
                gradient.Name + ", max_abs"
            );
            var first = Fixture.Numbers(gradient.Value.GetProperty("first4"));
            for (var i = 0; i < first.Length; i++)
            {
                Assert.True(
                    Math.Abs(first[i] - actual[i].item<double>())
                        <= tolerance * gradient.Value.GetProperty("max_abs").GetDouble(),
                    $"{gradient.Name}[{i}]: {actual[i].item<double>()} instead of {first[i]}."
                );
            }
        }

        var total = Math.Sqrt(parameters.Values.Sum(p => p.grad!.to(ScalarType.Float64).square().sum().item<double>()));
        Fixture.AssertClose(
            1,
            total / expected.GetProperty("grad_total_l2").GetDouble(),
            tolerance,
            "l2 of the whole gradient"
        );
    }

    private static void AssertRunningStatistics(
        JsonElement expected,
        Network network,
        Dictionary<string, string> names,
        double tolerance
    )
    {
        var state = network.state_dict();
        foreach (var norm in expected.GetProperty("running").EnumerateObject())
        {
            var prefix = names[norm.Name + ".weight"][..^"weight".Length];
            var mean = state[prefix + "running_mean"].to(ScalarType.Float64);
            var variance = state[prefix + "running_var"].to(ScalarType.Float64);
            Fixture.AssertClose(
                norm.Value.GetProperty("mean_first4"),
                mean.data<double>().ToArray(),
                tolerance,
                norm.Name
            );
            Fixture.AssertClose(
                norm.Value.GetProperty("mean_abs_sum").GetDouble(),
                mean.abs().sum().item<double>(),
                tolerance,
                norm.Name
            );
            Fixture.AssertClose(
                norm.Value.GetProperty("var_first4"),
                variance.data<double>().ToArray(),
                tolerance,
                norm.Name
            );
            Fixture.AssertClose(
                norm.Value.GetProperty("var_sum").GetDouble(),
                variance.sum().item<double>(),
                tolerance,
                norm.Name
            );
            Assert.Equal(1, state[prefix + "num_batches_tracked"].item<long>());
        }
    }
}
