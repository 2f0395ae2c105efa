namespace TResNet.Onnx;

/// <summary>The numbers of a feature map in eight bits: scale times (number - zero point).</summary>
/// <param name="Scale">Above 0.</param>
/// <param name="ZeroPoint">The number that stands for 0.</param>
/// <param name="Type">The type.</param>
internal readonly record struct QuantizationParameters(float Scale, int ZeroPoint, QuantType Type)
{
    /// <summary>The steps of eight bits.</summary>
    public const int Steps = byte.MaxValue;

    /// <summary>The numbers that hold a range; 0 is always one of them, so that borders and ReLUs are exact.</summary>
    /// <param name="range">What is to be held.</param>
    /// <param name="type">The type.</param>
    public static QuantizationParameters Of(ValueRange range, QuantType type)
    {
        var (low, high) = (Math.Min(range.Low, 0), Math.Max(range.High, 0));
        var scale = (float)((high - low) / Steps);
        var least = type == QuantType.QUInt8 ? (int)byte.MinValue : sbyte.MinValue;

        // A map of zeros, or of numbers that float32 has no steps between.
        return float.IsNormal(scale)
            ? new QuantizationParameters(scale, least + (int)Math.Clamp(Math.Round(-low / scale), 0, Steps), type)
            : new QuantizationParameters(1, least, type);
    }
}

/// <summary>What the numbers of a feature map lie in.</summary>
/// <param name="Low">The smallest.</param>
/// <param name="High">The largest.</param>
internal readonly record struct ValueRange(double Low, double High);
