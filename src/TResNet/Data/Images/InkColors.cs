// Inks without a colour profile, as PIL mixes them: a pixel is the product of what each ink and black let through.

namespace TResNet.Data.Images;

/// <summary>Makes colours of inks.</summary>
internal static class InkColors
{
    /// <summary>What is left of the light.</summary>
    /// <param name="left">What an ink lets through, 255 for all.</param>
    /// <param name="black">What black lets through.</param>
    public static byte Product(int left, int black)
    {
        // PIL rounds what the inks take away rather than what is left.
        var taken = (255 - left) * black + 128;
        return (byte)Math.Max(0, black - ((taken + (taken >> 8)) >> 8));
    }
}
