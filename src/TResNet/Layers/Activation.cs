using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>A non-linearity, as data.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Slope">Of the leaky ReLU: the factor of negative values.</param>
public readonly record struct Activation(ActivationKind Kind, double Slope = 0)
{
    /// <summary>Nothing.</summary>
    public static Activation Identity => new(ActivationKind.Identity);

    /// <summary>max(x, 0).</summary>
    public static Activation ReLU => new(ActivationKind.ReLU);

    /// <summary>x, or slope * x where x is negative.</summary>
    public static Activation LeakyReLU(double slope) => new(ActivationKind.LeakyReLU, slope);

    /// <summary>Applies it and takes the tensor over: the argument must not be used afterwards.</summary>
    internal Tensor ApplyInPlace(Tensor x)
    {
        switch (Kind)
        {
            case ActivationKind.Identity:
                return x;
            case ActivationKind.ReLU:
                using (x)
                {
                    return x.relu_();
                }
            default:
                using (x)
                {
                    return nn.functional.leaky_relu(x, Slope, inplace: true);
                }
        }
    }

    /// <summary>For tables: <c>LeakyReLU(0.001)</c>.</summary>
    public override string ToString() =>
        Kind == ActivationKind.LeakyReLU ? FormattableString.Invariant($"LeakyReLU({Slope})") : Kind.ToString();
}

/// <summary>The non-linearities that networks here use.</summary>
public enum ActivationKind
{
    /// <summary>Nothing.</summary>
    Identity,

    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>x, or slope * x where x is negative.</summary>
    LeakyReLU,
}
