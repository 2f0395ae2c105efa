using System.Globalization;
using TResNet.Graphs;

namespace TResNet.Weights.ByGraph;

/// <summary>The functions and pools on the ways into a layer from those before it, whatever operators exporters make of them.</summary>
/// <remarks>
/// A SiLU is a sigmoid here, and a hard sigmoid or swish the clip that they are made of, since products and sums have no name: which functions there are tells networks apart.
/// </remarks>
internal sealed class LayerFunctions
{
    /// <summary>max(x, 0).</summary>
    public const string ReLU = "relu";

    /// <summary>min(max(x, 0), 6), which the hard functions have within.</summary>
    public const string ReLU6 = "relu6";

    /// <summary>1 / (1 + exp(-x)), as SiLUs and gates have it.</summary>
    public const string Sigmoid = "sigmoid";

    /// <summary>The hyperbolic tangent.</summary>
    public const string Tanh = "tanh";

    /// <summary>log(1 + exp(x)), which Mish has within.</summary>
    public const string Softplus = "softplus";

    /// <summary>x times the normal distribution's function of x.</summary>
    public const string Gelu = "gelu";

    /// <summary>Shares that sum to 1.</summary>
    public const string Softmax = "softmax";

    /// <summary>Means, of windows or of the whole.</summary>
    public const string Mean = "mean";

    /// <summary>The largest number of the whole.</summary>
    public const string Max = "max";

    // No network has as many.
    private const int Most = 32;

    private readonly SortedSet<string>? words;

    private LayerFunctions(SortedSet<string>? words) => this.words = words;

    /// <summary>None.</summary>
    public static LayerFunctions None { get; } = new(new(StringComparer.Ordinal));

    /// <summary>Something that has no name here, which is like all.</summary>
    public static LayerFunctions Unknown { get; } = new(null);

    /// <summary>A leaky ReLU.</summary>
    public static string LeakyReLU(double slope) =>
        slope == 0 ? ReLU : string.Create(CultureInfo.InvariantCulture, $"leaky_relu({slope:0.####})");

    /// <summary>An ELU.</summary>
    public static string Elu(double alpha) => string.Create(CultureInfo.InvariantCulture, $"elu({alpha:0.####})");

    /// <summary>A clip; a ReLU, where nothing is above.</summary>
    public static string Clip(double low, double high) =>
        (low, high) switch
        {
            (0, 6) => ReLU6,
            (0, > 1e6) => ReLU,
            _ => string.Create(CultureInfo.InvariantCulture, $"clip({low:0.####}, {high:0.####})"),
        };

    /// <summary>The largest number of each window.</summary>
    public static string MaxPool(long kernel, long stride) => $"max_pool({kernel}/{stride})";

    /// <summary>All of several.</summary>
    public static LayerFunctions All(IEnumerable<LayerFunctions> several)
    {
        var together = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var each in several)
        {
            if (each.words is null)
            {
                return Unknown;
            }

            together.UnionWith(each.words);
        }

        return together.Count > Most ? Unknown : new(together);
    }

    /// <summary>These and more.</summary>
    public LayerFunctions With(params IEnumerable<string> more) =>
        words is null ? this : All([this, new(new(more, StringComparer.Ordinal))]);

    /// <summary>What an operation of a network's graph computes beside products and sums.</summary>
    public static IEnumerable<string> Of(Operation operation) =>
        operation switch
        {
            Pointwise pointwise => Of(pointwise.Activation),
            Graphs.MaxPool pool => [MaxPool(pool.Kernel.Height, pool.Stride.Height)],
            GlobalMax => [Max],
            AveragePool or GlobalMean => [Mean],
            PartSoftmax => [Softmax],
            _ => [],
        };

    /// <summary>Whether they are the same, as far as both are known.</summary>
    public bool IsLike(LayerFunctions other) =>
        words is null || other.words is null || Compared(other.words).SetEquals(other.Compared(words));

    /// <summary>Their names; <c>none</c> where there are none.</summary>
    public override string ToString() =>
        words is null ? "?"
        : words.Count == 0 ? "none"
        : string.Join(" and ", words);

    // Exporters drop a ReLU before a clip that begins at 0, and the mean of a map of one pixel.
    private HashSet<string> Compared(SortedSet<string> others) =>
        [
            .. words!.Where(word =>
                word switch
                {
                    ReLU => !words!.Contains(ReLU6),
                    Mean or Max => others.Overlaps([Mean, Max]),
                    _ => true,
                }
            ),
        ];

    private static IEnumerable<string> Of(Nonlinearity activation) =>
        activation.Kind switch
        {
            NonlinearityKind.LeakyReLU => [LeakyReLU(activation.Alpha)],
            NonlinearityKind.Clip => [Clip(activation.Alpha, activation.Beta)],
            NonlinearityKind.Sigmoid or NonlinearityKind.SiLU => [Sigmoid],
            NonlinearityKind.Hardswish or NonlinearityKind.Hardsigmoid => [ReLU6],
            NonlinearityKind.Tanh => [Tanh],
            NonlinearityKind.ELU => [Elu(activation.Alpha)],
            NonlinearityKind.GELU => [Gelu],
            NonlinearityKind.Mish => [Tanh, Softplus],
            _ => [],
        };
}
