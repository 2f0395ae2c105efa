using System.Globalization;
using TResNet.Graphs;

namespace TResNet.Onnx;

/// <summary>The types of a graph's feature maps in eight bits.</summary>
internal sealed class QuantizedGraph
{
    /// <summary>What the sentence of <see cref="Describe"/> is called in a file's metadata.</summary>
    public const string Word = "quantization";

    private readonly IReadOnlyDictionary<Value, QuantizationParameters> types;
    private readonly QuantizationOptions options;
    private readonly long images;

    private QuantizedGraph(
        IReadOnlyDictionary<Value, QuantizationParameters> types,
        QuantizationOptions options,
        long images
    ) => (this.types, this.options, this.images) = (types, options, images);

    /// <summary>Whether weights take seven bits.</summary>
    public bool ReduceRange => options.ReduceRange;

    /// <summary>Calibrates a graph, of which blurs become convolutions and SiLUs products.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="options">How.</param>
    /// <param name="together">How many images are computed together.</param>
    /// <exception cref="TResNetException">A range is not finite, or no image can be read.</exception>
    public static QuantizedGraph Of(Graph graph, QuantizationOptions options, int together)
    {
        BlurConvolutions.Run(graph);
        SplitSiLUs.Run(graph);
        var calibration = Calibration.Of(graph, Watched(QuantizedValues.Of(graph)), options, together);
        FlatLeakyReLUs.Run(graph, calibration.Ranges);
        var types = QuantizedValues
            .Of(graph)
            .ToDictionary(
                value => value,
                value => QuantizationParameters.Of(calibration.Ranges[Origin(value)], options.ActivationType)
            );
        return new QuantizedGraph(types, options, calibration.Images);
    }

    /// <summary>The type of a value; null where it stays float32.</summary>
    public QuantizationParameters? TypeOf(Value value) => types.TryGetValue(value, out var type) ? type : null;

    /// <summary>What was done, in one sentence.</summary>
    public string Describe() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"int8 in QDQ form: weights QInt8 by channel{(ReduceRange ? " in seven bits" : "")}, feature maps {options.ActivationType}, {options.CalibrateMethod} of {images} images of {options.Images.Name}."
        );

    private static HashSet<Value> Watched(IReadOnlySet<Value> rounded) => [.. rounded.Select(Origin)];

    private static Value Origin(Value value)
    {
        while (QuantizedValues.Moved(value) is { } x)
        {
            value = x;
        }

        return value;
    }
}
