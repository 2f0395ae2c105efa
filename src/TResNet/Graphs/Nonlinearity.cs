using System.Globalization;

namespace TResNet.Graphs;

/// <summary>A function of each number.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Alpha">The slope of the leaky ReLU, the lower bound of the clip, the factor of ELU.</param>
/// <param name="Beta">The upper bound of the clip.</param>
internal readonly record struct Nonlinearity(NonlinearityKind Kind, double Alpha = 0, double Beta = 0)
{
    internal static Nonlinearity Identity => default;

    internal static Nonlinearity ReLU => new(NonlinearityKind.LeakyReLU);

    internal static Nonlinearity ReLU6 => Clip(0, 6);

    internal static Nonlinearity Sigmoid => new(NonlinearityKind.Sigmoid);

    internal static Nonlinearity SiLU => new(NonlinearityKind.SiLU);

    internal static Nonlinearity Hardswish => new(NonlinearityKind.Hardswish);

    internal static Nonlinearity Hardsigmoid => new(NonlinearityKind.Hardsigmoid);

    internal static Nonlinearity Tanh => new(NonlinearityKind.Tanh);

    internal static Nonlinearity GELU => new(NonlinearityKind.GELU);

    internal static Nonlinearity Mish => new(NonlinearityKind.Mish);

    internal static Nonlinearity LeakyReLU(double slope) => new(NonlinearityKind.LeakyReLU, slope);

    internal static Nonlinearity Clip(double low, double high) => new(NonlinearityKind.Clip, low, high);

    internal static Nonlinearity ELU(double alpha) => new(NonlinearityKind.ELU, alpha);

    /// <summary>Whether it is none.</summary>
    internal bool IsIdentity => Kind == NonlinearityKind.Identity;

    /// <summary>Whether it is max(x, 0).</summary>
    internal bool IsReLU => Kind == NonlinearityKind.LeakyReLU && Alpha == 0;

    /// <summary>By PyTorch's name: <c>relu</c>, <c>leaky_relu(0.001)</c>; nothing for the identity.</summary>
    public override string ToString() =>
        Kind switch
        {
            NonlinearityKind.Identity => "",
            NonlinearityKind.LeakyReLU when Alpha == 0 => "relu",
            NonlinearityKind.LeakyReLU => string.Create(CultureInfo.InvariantCulture, $"leaky_relu({Alpha})"),
            NonlinearityKind.Clip when (Alpha, Beta) == (0, 6) => "relu6",
            NonlinearityKind.Clip => string.Create(CultureInfo.InvariantCulture, $"clip({Alpha}, {Beta})"),
            NonlinearityKind.ELU when Alpha != 1 => string.Create(CultureInfo.InvariantCulture, $"elu({Alpha})"),
            _ => Kind.ToString().ToLowerInvariant(),
        };
}

/// <summary>Which function of each number.</summary>
internal enum NonlinearityKind
{
    /// <summary>x.</summary>
    Identity,

    /// <summary>x, or alpha x where x is negative; ReLU, where alpha is 0.</summary>
    LeakyReLU,

    /// <summary>min(max(x, alpha), beta).</summary>
    Clip,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>x sigmoid(x).</summary>
    SiLU,

    /// <summary>x min(max(x + 3, 0), 6) / 6.</summary>
    Hardswish,

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    Hardsigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x, or alpha (exp(x) - 1) where x is negative.</summary>
    ELU,

    /// <summary>x times the normal distribution's function of x.</summary>
    GELU,

    /// <summary>x tanh(log(1 + exp(x))).</summary>
    Mish,
}
