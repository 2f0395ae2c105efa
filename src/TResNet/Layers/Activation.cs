using TResNet.Graphs;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>A non-linearity, as data.</summary>
public readonly record struct Activation
{
    internal Activation(ActivationKind kind, double slope = 0) => (Kind, Slope) = (kind, slope);

    /// <summary>Which one.</summary>
    internal ActivationKind Kind { get; }

    /// <summary>Of the leaky ReLU: the factor of negative values.</summary>
    public double Slope { get; }

    /// <summary>Nothing.</summary>
    public static Activation Identity => new(ActivationKind.Identity);

    /// <summary>max(x, 0).</summary>
    public static Activation ReLU => new(ActivationKind.ReLU);

    /// <summary>min(max(x, 0), 6).</summary>
    public static Activation ReLU6 => new(ActivationKind.ReLU6);

    /// <summary>x sigmoid(x), also called swish.</summary>
    public static Activation SiLU => new(ActivationKind.SiLU);

    /// <summary>x tanh(log(1 + exp(x))).</summary>
    public static Activation Mish => new(ActivationKind.Mish);

    /// <summary>x, or exp(x) - 1 where x is negative (Clevert et al., arXiv 1511.07289).</summary>
    public static Activation ELU => new(ActivationKind.ELU);

    /// <summary>x, or slope * x where x is negative.</summary>
    public static Activation LeakyReLU(double slope) => new(ActivationKind.LeakyReLU, slope);

    /// <summary>What the native kernels call it; null where they do not have it.</summary>
    internal KernelActivation? InKernels =>
        Kind switch
        {
            ActivationKind.Identity => KernelActivation.Identity,
            ActivationKind.ReLU => KernelActivation.ReLU,
            ActivationKind.LeakyReLU => KernelActivation.LeakyReLU,
            ActivationKind.ELU => KernelActivation.ELU,
            _ => null,
        };

    /// <summary>Applies it and takes the tensor over: the argument must not be used afterwards.</summary>
    internal Tensor ApplyInPlace(Tensor x)
    {
        if (Kind == ActivationKind.Identity)
        {
            return x;
        }

        var result = Kind switch
        {
            ActivationKind.ReLU => x.relu_(),
            ActivationKind.ReLU6 => nn.functional.relu6(x, inplace: true),
            ActivationKind.SiLU => nn.functional.silu(x, inplace: true),
            ActivationKind.ELU => nn.functional.elu(x, 1, inplace: true),
            // Its gradient needs the input as it was.
            ActivationKind.Mish => nn.functional.mish(x),
            _ => nn.functional.leaky_relu(x, Slope, inplace: true),
        };
        // Methods in place give their tensor itself, functions another that shares its memory.
        if (!ReferenceEquals(result, x))
        {
            x.Dispose();
        }

        return result;
    }

    /// <summary>The same for graphs.</summary>
    internal Nonlinearity ToNonlinearity() =>
        Kind switch
        {
            ActivationKind.Identity => Nonlinearity.Identity,
            ActivationKind.ReLU => Nonlinearity.ReLU,
            ActivationKind.ReLU6 => Nonlinearity.ReLU6,
            ActivationKind.SiLU => Nonlinearity.SiLU,
            ActivationKind.ELU => Nonlinearity.ELU(1),
            ActivationKind.Mish => Nonlinearity.Mish,
            _ => Nonlinearity.LeakyReLU(Slope),
        };

    /// <summary>For tables: <c>LeakyReLU(0.001)</c>.</summary>
    public override string ToString() =>
        Kind == ActivationKind.LeakyReLU ? FormattableString.Invariant($"LeakyReLU({Slope})") : Kind.ToString();
}

/// <summary>The non-linearities that networks here use.</summary>
internal enum ActivationKind
{
    /// <summary>Nothing.</summary>
    Identity,

    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>x, or slope * x where x is negative.</summary>
    LeakyReLU,

    /// <summary>min(max(x, 0), 6).</summary>
    ReLU6,

    /// <summary>x sigmoid(x).</summary>
    SiLU,

    /// <summary>x tanh(log(1 + exp(x))).</summary>
    Mish,

    /// <summary>x, or exp(x) - 1 where x is negative.</summary>
    ELU,
}
