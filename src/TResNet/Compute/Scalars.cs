using TorchSharp;

namespace TResNet.Compute;

/// <summary>
/// Numbers that are never collected. TorchSharp makes a <see cref="Scalar"/> of each number that an operator is given, of the 1 in <c>x.add_(y)</c>
/// too, and holds it no longer than it takes to hand its address over: libtorch may read it after the collector has freed it.
/// </summary>
internal static class Scalars
{
    /// <summary>1, for any element type.</summary>
    public static readonly Scalar One = 1;
}
