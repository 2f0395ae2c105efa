using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Tests.Layers;

public sealed class ActivationTests
{
    private static readonly double[] Points = [-7, -3.5, -1, -0.25, 0.5, 1, 3, 5.75, 8];

    public static TheoryData<string> Kinds => ["ReLU", "LeakyReLU", "ReLU6", "SiLU", "Mish", "ELU"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_activation_in_place_has_its_formulas_values_and_derivatives(string kind)
    {
        var (activation, formula) = Known(kind);
        using var scope = NewDisposeScope();
        var x = tensor(Points, requires_grad: true);
        var y = activation.ApplyInPlace(x * 1);
        y.sum().backward();
        var (values, slopes) = (y.data<double>().ToArray(), x.grad!.data<double>().ToArray());
        for (var i = 0; i < Points.Length; i++)
        {
            const double h = 1e-6;
            Assert.Equal(formula(Points[i]), values[i], 1e-12);
            Assert.Equal((formula(Points[i] + h) - formula(Points[i] - h)) / (2 * h), slopes[i], 1e-8);
        }
    }

    private static (Activation Activation, Func<double, double> Formula) Known(string kind) =>
        kind switch
        {
            "ReLU" => (Activation.ReLU, x => Math.Max(x, 0)),
            "LeakyReLU" => (Activation.LeakyReLU(0.01), x => x < 0 ? 0.01 * x : x),
            "ReLU6" => (Activation.ReLU6, x => Math.Clamp(x, 0, 6)),
            "SiLU" => (Activation.SiLU, x => x / (1 + Math.Exp(-x))),
            "ELU" => (Activation.ELU, x => x < 0 ? Math.Exp(x) - 1 : x),
            _ => (Activation.Mish, x => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))),
        };
}
