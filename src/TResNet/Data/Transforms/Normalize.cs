// torchvision's Normalize, with the numbers that timm names (IMAGENET_DEFAULT_MEAN and its relatives): what a network was trained to see.

namespace TResNet.Data.Transforms;

/// <summary>How pixels become a network's input: <c>(value / 255 - mean) / std</c>, for each of red, green and blue.</summary>
public sealed record Normalize
{
    private Normalize(double[] mean, double[] std) =>
        (Mean, Std) = (new ValueList<double>(mean), new ValueList<double>(std));

    /// <summary>From 0 to 1: TResNet.</summary>
    public static Normalize ZeroToOne { get; } = new([0, 0, 0], [1, 1, 1]);

    /// <summary>By mean and standard deviation of ImageNet's colours: ResNet and most others.</summary>
    public static Normalize ImageNet { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>From -1 to 1, as Inception had it.</summary>
    public static Normalize MinusOneToOne { get; } = new([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]);

    /// <summary>What is taken away from red, green and blue, on a scale from 0 to 1.</summary>
    public IReadOnlyList<double> Mean { get; }

    /// <summary>What the rest is divided by.</summary>
    public IReadOnlyList<double> Std { get; }

    /// <summary>Other numbers than the three known ones.</summary>
    /// <param name="mean">Three finite numbers.</param>
    /// <param name="std">Three finite numbers above 0.</param>
    /// <exception cref="TResNetException">A number is missing or out of range.</exception>
    public static Normalize Of(IReadOnlyList<double> mean, IReadOnlyList<double> std) =>
        mean.Count == 3 && std.Count == 3 && mean.All(double.IsFinite) && std.All(s => double.IsFinite(s) && s > 0)
            ? new([.. mean], [.. std])
            : throw new TResNetException(
                $"Mean ({string.Join(", ", mean)}) and deviation ({string.Join(", ", std)}) have to be three numbers each, the deviations above 0."
            );

    /// <summary>The mean and the deviation.</summary>
    public override string ToString() => $"mean ({string.Join(", ", Mean)}), std ({string.Join(", ", Std)})";
}
