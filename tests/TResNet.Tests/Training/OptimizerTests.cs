using TorchSharp;
using TorchSharp.Modules;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>Optimisers against their formulas, in float64, one number at a time.</summary>
public sealed class OptimizerTests
{
    private const int Steps = 12;
    private const double Rate = 0.03;
    private const double Decay = 0.1;
    private static readonly double[] Start = [0.7, -1.3, 0.02, 2.5, -0.4, 0.9];

    public static TheoryData<OptimizerKind, double> Kinds
    {
        get
        {
            var data = new TheoryData<OptimizerKind, double>();
            foreach (var kind in Enum.GetValues<OptimizerKind>())
            {
                data.Add(kind, Decay);
                data.Add(kind, 0);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_optimiser_is_its_formula(OptimizerKind kind, double decay)
    {
        var options = Of(kind) with { WeightDecay = decay };
        Assert.All(
            Expected(kind, decay, options).Zip(Trained(options)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6)
        );
    }

    // TorchSharp's own convert numbers to Scalars that nothing holds: the finaliser may free one between two instructions of libtorch that read it.
    [Fact]
    public void None_is_one_of_TorchSharp() =>
        Assert.All(
            Enum.GetValues<OptimizerKind>(),
            kind =>
            {
                using var net = nn.Linear(2, 1);
                using var optimizer = OptimizerFactory.Create(net, new TrainingOptions { Optimizer = kind });
                Assert.Same(typeof(Trainer).Assembly, optimizer.GetType().Assembly);
            }
        );

    [Theory]
    [InlineData(OptimizerKind.RMSpropTF)]
    [InlineData(OptimizerKind.RMSprop)]
    public void Without_momentum_too(OptimizerKind kind)
    {
        var options = Of(kind) with { Momentum = 0, WeightDecay = 0 };
        Assert.All(
            Expected(kind, 0, options).Zip(Trained(options)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6)
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Epsilon_and_betas_are_what_was_asked_for(OptimizerKind kind, double decay)
    {
        var options = Of(kind) with
        {
            WeightDecay = decay,
            OptEps = kind.HasEpsilon() ? 0.02 : null,
            Beta1 = kind.HasBetas() ? 0.8 : null,
            Beta2 = kind.HasBetas() ? 0.95 : null,
        };
        Assert.All(
            Expected(kind, decay, options.Validate()).Zip(Trained(options)),
            pair => Assert.Equal(pair.First, pair.Second, 1e-6)
        );
    }

    [Fact]
    public void What_an_optimiser_has_no_use_for_is_refused()
    {
        Assert.Equal(
            "An epsilon of 0.1 means nothing to SGD: leave it out.",
            Assert.Throws<TResNetException>(() => new TrainingOptions { OptEps = 0.1 }.Validate()).Message
        );
        Assert.Equal(
            "A beta of 0.5 means nothing to RMSpropTF, which has a momentum instead: leave it out.",
            Assert
                .Throws<TResNetException>(() =>
                    new TrainingOptions { Optimizer = OptimizerKind.RMSpropTF, Beta2 = 0.5 }.Validate()
                )
                .Message
        );
        Assert.StartsWith(
            "The second beta is 1, but",
            Assert
                .Throws<TResNetException>(() =>
                    new TrainingOptions { Optimizer = OptimizerKind.Adam, Beta2 = 1 }.Validate()
                )
                .Message
        );
    }

    [Theory]
    [InlineData(ClipMode.Norm)]
    [InlineData(ClipMode.Value)]
    [InlineData(ClipMode.Agc)]
    public void Gradients_are_bounded_as_timm_does(ClipMode mode)
    {
        using var scope = NewDisposeScope();
        using var net = nn.Sequential(("one", nn.Linear(3, 2)), ("fc", nn.Linear(2, 1)));
        var parameters = net.parameters().ToArray();
        using (no_grad())
        {
            parameters[0].copy_(tensor(new float[] { 3, 0, 4, 0, 0, 0 }, [2, 3]));
            parameters[1].copy_(tensor(new float[] { 0.3f, 0.4f }));
        }

        var sum = (parameters[0] * tensor(new float[] { 6, 8, 0, 3e-4f, 4e-4f, 0 }, [2, 3])).sum();
        sum = sum + (parameters[1] * tensor(new float[] { 0, -2 })).sum() + (parameters[2] * 5).sum();
        sum.backward();

        GradientClip.Apply(net, new TrainingOptions { ClipGrad = 0.5, ClipMode = mode });

        // Rows of the first weight have gradients of norm 10 and 0.0005, over weights of norm 5 and 0 (which counts as 0.001); the bias 2 over 0.5.
        var whole = 0.5 / (Math.Sqrt(100 + 25e-8 + 4 + 50) + 1e-6);
        double[] expected = mode switch
        {
            ClipMode.Norm => [6 * whole, 8 * whole, 0, 3e-4 * whole, 4e-4 * whole, 0, 0, -2 * whole, 5 * whole],
            ClipMode.Value => [0.5, 0.5, 0, 3e-4, 4e-4, 0, 0, -0.5, 0.5],
            _ => [1.5, 2, 0, 3e-4, 4e-4, 0, 0, -0.25, 5],
        };
        float[] actual =
        [
            .. parameters.Take(3).SelectMany(p => p.grad is { } g ? g.data<float>().ToArray() : []).Take(9),
        ];
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    private static TrainingOptions Of(OptimizerKind kind) =>
        new()
        {
            Optimizer = kind,
            LearningRate = Rate,
            Momentum = 0.9,
        };

    private static double Gradient(int step, int at) => Math.Sin(3.7 * step + 1.3 * at) * (at + 1) / (1 + 0.1 * step);

    private static double[] Trained(TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        using var net = nn.Linear(3, 2, hasBias: false).to(ScalarType.Float64);
        var weight = net.parameters().Single();
        using (no_grad())
        {
            weight.copy_(tensor(Start, [2, 3]));
        }

        using var optimizer = OptimizerFactory.Create(net, options);
        for (var step = 1; step <= Steps; step++)
        {
            net.zero_grad();
            var gradient = Enumerable.Range(0, Start.Length).Select(at => Gradient(step, at)).ToArray();
            (weight * tensor(gradient, [2, 3])).sum().backward();
            optimizer.step();
        }

        return weight.data<double>().ToArray();
    }

    private static double[] Expected(OptimizerKind kind, double decay, TrainingOptions options)
    {
        var x = (double[])Start.Clone();
        var n = x.Length;
        var (m, v) = (new double[n], new double[n]);
        Array.Fill(v, kind == OptimizerKind.RMSpropTF ? 1 : 0);
        var product = 1.0;
        var e = options.OptEps ?? kind.Epsilon();
        var b1 = kind.HasBetas() ? options.Beta1 ?? kind.Betas().First : options.Momentum;
        var b2 = options.Beta2 ?? kind.Betas().Second;
        for (var t = 1; t <= Steps; t++)
        {
            var (c1, c2) = (1 - Math.Pow(b1, t), 1 - Math.Pow(b2, t));
            var g = Enumerable.Range(0, n).Select(at => Gradient(t, at)).ToArray();
            var mu = b1 * (1 - 0.5 * Math.Pow(0.96, t * 0.004));
            var next = b1 * (1 - 0.5 * Math.Pow(0.96, (t + 1) * 0.004));
            product *= mu;
            if (kind == OptimizerKind.Lamb)
            {
                var norm = Math.Sqrt(g.Sum(each => each * each));
                g = [.. g.Select(each => each / Math.Max(norm, 1))];
            }

            var update = new double[n];
            for (var i = 0; i < n; i++)
            {
                var d = g[i] + decay * x[i];
                switch (kind)
                {
                    case OptimizerKind.SGD or OptimizerKind.Momentum:
                        m[i] = t == 1 ? d : b1 * m[i] + d;
                        update[i] = kind == OptimizerKind.SGD ? d + b1 * m[i] : m[i];
                        break;
                    case OptimizerKind.RMSprop:
                        v[i] = 0.9 * v[i] + 0.1 * d * d;
                        m[i] = b1 * m[i] + d / (Math.Sqrt(v[i]) + e);
                        update[i] = m[i];
                        break;
                    case OptimizerKind.RMSpropTF:
                        v[i] += 0.1 * (d * d - v[i]);
                        m[i] = b1 * m[i] + Rate * d / Math.Sqrt(v[i] + e);
                        update[i] = m[i] / Rate;
                        break;
                    case OptimizerKind.Lion:
                        update[i] = Math.Sign(b1 * m[i] + (1 - b1) * g[i]) + decay * x[i];
                        m[i] = b2 * m[i] + (1 - b2) * g[i];
                        break;
                    default:
                        var isDecoupled = kind is OptimizerKind.AdamW or OptimizerKind.Lamb;
                        var used = isDecoupled ? g[i] : d;
                        m[i] = b1 * m[i] + (1 - b1) * used;
                        v[i] = b2 * v[i] + (1 - b2) * used * used;
                        var root = Math.Sqrt(v[i] / c2) + e;
                        update[i] = kind switch
                        {
                            OptimizerKind.NAdam => (
                                (1 - mu) * used / (1 - product) + next * m[i] / (1 - product * next)
                            ) / root,
                            OptimizerKind.RAdam => Rectified(t, b2, c1, c2, m[i], v[i], e),
                            _ => m[i] / c1 / root + (isDecoupled ? decay * x[i] : 0),
                        };
                        break;
                }
            }

            var trust = 1.0;
            if (kind == OptimizerKind.Lamb && decay > 0)
            {
                trust = Math.Sqrt(x.Sum(each => each * each)) / Math.Sqrt(update.Sum(each => each * each));
            }

            for (var i = 0; i < n; i++)
            {
                x[i] -= Rate * trust * update[i];
            }
        }

        return x;
    }

    private static double Rectified(int t, double b2, double c1, double c2, double m, double v, double e)
    {
        var longest = 2 / (1 - b2) - 1;
        var length = longest - 2 * t * Math.Pow(b2, t) / c2;
        return length <= 5
            ? m / c1
            : m
                / c1
                * Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
                * Math.Sqrt(c2)
                / (Math.Sqrt(v) + e);
    }
}
