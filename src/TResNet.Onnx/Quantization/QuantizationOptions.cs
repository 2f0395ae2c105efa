using TResNet.Data.Loading;

namespace TResNet.Onnx;

/// <summary>
/// How a network is written with weights and feature maps of eight bits: ONNX Runtime's static QDQ form
/// (https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html), with normalisations folded and a scale for each output channel of a weight.
/// </summary>
/// <example><code>
/// network.ToOnnx("small.onnx", new OnnxOptions { Quantization = new QuantizationOptions { Images = train } });
/// </code></example>
public sealed record QuantizationOptions
{
    /// <summary>The images that say how large the numbers in a feature map become: as the network takes them, and like those that it will see.</summary>
    public required ImageDataset Images { get; init; }

    /// <summary>How many of the images are looked at, from the first to the last at equal distances; at least 1, all where there are fewer.</summary>
    public int CalibrationImages { get; init; } = 128;

    /// <summary>How ranges are chosen from what was seen.</summary>
    public CalibrationMethod CalibrateMethod { get; init; } = CalibrationMethod.Percentile;

    /// <summary>The type of the feature maps. Weights are signed in both.</summary>
    public QuantType ActivationType { get; init; } = QuantType.QUInt8;

    /// <summary>
    /// Whether weights take seven bits, for processors that add products in sixteen: x86 without VNNI, whose sums would be cut with unsigned feature maps.
    /// </summary>
    public bool ReduceRange { get; init; }

    /// <summary>Throws where an option is out of range.</summary>
    internal void Validate()
    {
        if (CalibrationImages < 1)
        {
            throw new TResNetException(
                $"{CalibrationImages} images were to be calibrated on: it takes a number above 0, 128 where nothing speaks for another."
            );
        }

        if (!Enum.IsDefined(CalibrateMethod))
        {
            throw new TResNetException(
                $"There is no calibration {CalibrateMethod}: take {Spelling.Either(Enum.GetNames<CalibrationMethod>())}."
            );
        }

        if (!Enum.IsDefined(ActivationType))
        {
            throw new TResNetException(
                $"There are no feature maps of {ActivationType}: take {Spelling.Either(Enum.GetNames<QuantType>())}."
            );
        }
    }
}

/// <summary>How the range of a feature map is chosen, by the names of ONNX Runtime's tools.</summary>
public enum CalibrationMethod
{
    /// <summary>From the smallest number to the largest.</summary>
    MinMax,

    /// <summary>What 99.999 % of the numbers lie in.</summary>
    Percentile,

    /// <summary>The range whose rounded numbers are distributed most like the numbers (the smallest divergence of Kullback and Leibler).</summary>
    Entropy,
}

/// <summary>A type of eight bits, by the names of ONNX Runtime's tools.</summary>
public enum QuantType
{
    /// <summary>0 to 255.</summary>
    QUInt8,

    /// <summary>-128 to 127.</summary>
    QInt8,
}
