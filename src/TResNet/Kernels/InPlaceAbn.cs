using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>In-place ABN (arXiv 1712.02616).</summary>
internal static class InPlaceAbn
{
    /// <summary>Null where it has to be batch normalisation and activation.</summary>
    public static Tensor? Apply(Tensor x, AbnParts parts, Activation activation, bool training, bool inPlace) => null;
}

/// <summary>Batch normalisation and the activation behind it.</summary>
internal static class BatchNormAct
{
    /// <summary>Null where it has to be two operators.</summary>
    public static Tensor? Apply(Tensor x, AbnParts parts, Activation activation, bool training) => null;
}

/// <summary>x * y.</summary>
internal static class Product
{
    /// <summary>x * y.</summary>
    public static Tensor Apply(Tensor x, Tensor y) => x * y;
}

/// <summary>Concatenation.</summary>
internal static class Concatenation
{
    /// <summary>The tensors put together.</summary>
    public static Tensor Apply(Tensor[] parts, long dimension) => cat(parts, dimension);
}

/// <summary>max(x + shortcut, 0).</summary>
internal static class AddReLU
{
    /// <summary>max(x + shortcut, 0).</summary>
    public static Tensor Apply(Tensor x, Tensor shortcut)
    {
        using var sum = x + shortcut;
        return sum.relu();
    }

    /// <summary>max(x + shortcut, 0) in the place of x, which must not be used afterwards.</summary>
    public static Tensor ApplyInPlace(Tensor x, Tensor shortcut) => x.add_(shortcut).relu_();
}
