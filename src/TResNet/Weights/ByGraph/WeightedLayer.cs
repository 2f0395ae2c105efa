namespace TResNet.Weights.ByGraph;

/// <summary>A convolution or linear layer with the normalisation right behind it, or a normalisation alone: what of a graph has weights.</summary>
/// <param name="Label">What has to be the same in two graphs: shape, stride and groups.</param>
/// <param name="Before">The positions of the nearest layers with weights before it, through whatever has none.</param>
internal sealed record WeightedLayer(string Label, IReadOnlySet<int> Before)
{
    /// <summary>The name of the convolution's weight; null where it is not learned, or there is none.</summary>
    public string? Weight { get; init; }

    /// <summary>The name of its bias.</summary>
    public string? Bias { get; set; }

    /// <summary>Whether its weight is [in, out] and not [out, in].</summary>
    public bool IsTransposed { get; init; }

    /// <summary>The normalisation.</summary>
    public NormalisationNames? Norm { get; set; }

    /// <summary>What a convolution is called in both graphs. A linear layer is one of 1x1.</summary>
    public static string Convolution(IEnumerable<long> shape, long stride, long dilation, long groups) =>
        $"{string.Join('x', shape)}/{stride} dilation {dilation} groups {groups}";

    /// <summary>What a linear layer is called that nothing follows: its outputs are classes, which may be others.</summary>
    public static string Head(long features) => $"head {features}";

    /// <summary>What a normalisation alone is called.</summary>
    public static string Normalisation(long channels) => $"normalisation {channels}";
}

/// <summary>The tensors of a normalisation.</summary>
/// <param name="Weight">The name of its scale.</param>
/// <param name="Bias">The name of its shift.</param>
/// <param name="Mean">The name of the means.</param>
/// <param name="Variance">The name of the variances.</param>
/// <param name="Epsilon">What is added to them.</param>
/// <param name="ScalesByMagnitude">Whether it scales by |weight| + epsilon, as the official TResNet does.</param>
internal sealed record NormalisationNames(
    string Weight,
    string Bias,
    string Mean,
    string Variance,
    double Epsilon,
    bool ScalesByMagnitude = false
);
