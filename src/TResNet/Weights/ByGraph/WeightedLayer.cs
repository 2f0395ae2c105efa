namespace TResNet.Weights.ByGraph;

/// <summary>A convolution or linear layer with the normalisation right behind it, a normalisation alone, or one tensor that something else computes with: what of a graph has weights.</summary>
/// <param name="Label">What has to be the same in two graphs: shape, stride and groups.</param>
/// <param name="Before">The ways from the nearest layers with weights before it.</param>
internal sealed record WeightedLayer(string Label, IReadOnlySet<LayerPath> Before)
{
    /// <summary>The name of the convolution's weight; null where it is not learned, or there is none.</summary>
    public string? Weight { get; init; }

    /// <summary>The name of its bias.</summary>
    public string? Bias { get; set; }

    /// <summary>Whether its weight is [in, out] and not [out, in].</summary>
    public bool IsTransposed { get; init; }

    /// <summary>The name of the tensor, where it is one alone that is taken as it is.</summary>
    public string? Values { get; init; }

    /// <summary>That tensor's shape in the network.</summary>
    public IReadOnlyList<long> Shape { get; init; } = [];

    /// <summary>The functions on the ways from the layers before it.</summary>
    public LayerFunctions Functions { get; init; } = LayerFunctions.Unknown;

    /// <summary>The zeros around the map that a convolution reads; null where that is not known.</summary>
    public ZeroBorder? Border { get; init; }

    /// <summary>The steps of a convolution.</summary>
    public long Stride { get; init; } = 1;

    /// <summary>The normalisation.</summary>
    public NormalisationNames? Norm { get; set; }

    /// <summary>The names of all its tensors.</summary>
    public IEnumerable<string> Names =>
        new[] { Weight, Bias, Values, Norm?.Weight, Norm?.Bias, Norm?.Mean, Norm?.Variance }.OfType<string>();

    /// <summary>What a convolution is called in both graphs. A linear layer is one of 1x1.</summary>
    public static string Convolution(IEnumerable<long> shape, long stride, long dilation, long groups) =>
        $"{string.Join('x', shape)}/{stride} dilation {dilation} groups {groups}";

    /// <summary>What a linear layer is called that nothing follows: its outputs are classes, which may be others.</summary>
    public static string Head(long features) => $"head {features}";

    /// <summary>What a tensor is called that is multiplied.</summary>
    public const string Scale = "Mul";

    /// <summary>What a tensor is called that is added.</summary>
    public const string Shift = "Add";

    /// <summary>What a tensor is called that a product of matrices is with.</summary>
    public const string Factor = "MatMul";

    /// <summary>A tensor alone.</summary>
    /// <param name="use">What is computed with it: ONNX's name of the operator.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="before">The ways to what it is computed with.</param>
    public static WeightedLayer OfTensor(
        string use,
        string? name,
        IReadOnlyList<long> shape,
        IEnumerable<LayerPath> before
    ) =>
        new($"{use} {shape.Aggregate(1L, (product, side) => product * side)}", before.ToHashSet())
        {
            Values = name,
            Shape = shape,
        };

    /// <summary>What a normalisation alone is called.</summary>
    public static string Normalisation(long channels) => $"normalisation {channels}";
}

/// <summary>The tensors of a normalisation, or of a scale and a shift alone.</summary>
/// <param name="Weight">The name of its scale.</param>
/// <param name="Bias">The name of its shift; null for none.</param>
/// <param name="Mean">The name of the means; null for 0.</param>
/// <param name="Variance">The name of the variances; null for 1.</param>
/// <param name="Epsilon">What is added to them.</param>
/// <param name="ScalesByMagnitude">Whether it scales by |weight| + epsilon, as the official TResNet does.</param>
internal sealed record NormalisationNames(
    string Weight,
    string? Bias,
    string? Mean,
    string? Variance,
    double Epsilon,
    bool ScalesByMagnitude = false
);
