namespace TResNet.Data.Transforms;

/// <summary>A colour.</summary>
/// <param name="Red">From 0 (dark) to 255.</param>
/// <param name="Green">From 0 to 255.</param>
/// <param name="Blue">From 0 to 255.</param>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    /// <summary>The colour that becomes 0 in a network's input.</summary>
    public static Rgb MeanOf(Normalize normalize)
    {
        return new(Byte(0), Byte(1), Byte(2));

        byte Byte(int channel) => (byte)Math.Clamp(Math.Round(255 * normalize.Mean[channel]), 0, 255);
    }
}
