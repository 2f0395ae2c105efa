namespace TResNet.Layers;

/// <summary>Channel counts that suit the hardware.</summary>
internal static class ChannelRounding
{
    private const int Eight = 8;

    /// <summary>The nearest multiple of a number, at least that number, and never less than nine tenths of the channels asked for.</summary>
    internal static int Divisible(double channels, int divisor = Eight)
    {
        var rounded = Math.Max(divisor, (int)(channels + (divisor / 2)) / divisor * divisor);
        return rounded < 0.9 * channels ? rounded + divisor : rounded;
    }
}
