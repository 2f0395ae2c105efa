using System.Globalization;

namespace TResNet.Charts.Svg;

/// <summary>Text that is legible on what is drawn: at a contrast of at least 4.5 (WCAG 2.1, 1.4.3), on light and on dark pages.</summary>
internal static class Contrast
{
    /// <summary>What <see href="https://www.w3.org/TR/WCAG21/#contrast-minimum">WCAG</see> asks of text.</summary>
    public const double Least = 4.5;

    // Pages and their ink as pictures have them that stand alone; front ends' own are close.
    private static readonly (double Page, double Ink)[] Schemes =
    [
        (Light("#ffffff"), Light("#24292f")),
        (Light("#16191f"), Light("#e6e8eb")),
    ];

    /// <summary>Black or white, whichever stands out more from an opaque colour: one of them has a contrast of 4.58 with any.</summary>
    /// <param name="color">As <c>#rrggbb</c>; another notation is taken for a dark one.</param>
    public static string TextOn(string color) =>
        IsHex(color) && Between(Light(color), 0) > Between(Light(color), 1) ? "#000000" : "#ffffff";

    /// <summary>
    /// The colour of a text on a colour that the page shows through, null for the page's own, and the opacity nearest to the one asked for at which
    /// that is legible in both schemes: between those for the page's ink and those for black there is a gap.
    /// </summary>
    /// <param name="color">As <c>#rrggbb</c>.</param>
    /// <param name="opacity">0 to 1.</param>
    public static (double Opacity, string? Ink) TextOn(string color, double opacity)
    {
        if (!IsHex(color))
        {
            return (opacity, null);
        }

        for (var away = 0; away <= 100; away++)
        {
            foreach (var tried in (double[])[opacity - away / 100.0, opacity + away / 100.0])
            {
                if (tried is < 0 or > 1)
                {
                    continue;
                }

                if (Schemes.All(each => Between(Blend(color, tried, each.Page), each.Ink) >= Least))
                {
                    return (tried, null);
                }

                foreach (var (ink, light) in new[] { ("#000000", 0.0), ("#ffffff", 1.0) })
                {
                    if (Schemes.All(each => Between(Blend(color, tried, each.Page), light) >= Least))
                    {
                        return (tried, ink);
                    }
                }
            }
        }

        return (opacity, TextOn(color));
    }

    /// <summary>The ratio between two relative luminances, 1 to 21.</summary>
    public static double Between(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    /// <summary>The relative luminance of a colour, 0 to 1.</summary>
    /// <param name="color">As <c>#rrggbb</c>.</param>
    public static double Light(string color) =>
        0.2126 * Linear(Channel(color, 0)) + 0.7152 * Linear(Channel(color, 1)) + 0.0722 * Linear(Channel(color, 2));

    private static double Blend(string color, double opacity, double page)
    {
        // A page's grey stands for its colour; the channels are mixed as browsers do, before the luminance is taken.
        var grey = page <= 0.0031308 ? page * 12.92 : 1.055 * Math.Pow(page, 1 / 2.4) - 0.055;
        double Mixed(int channel) => Linear(Channel(color, channel) * opacity + grey * (1 - opacity));
        return 0.2126 * Mixed(0) + 0.7152 * Mixed(1) + 0.0722 * Mixed(2);
    }

    private static bool IsHex(string color) => color.Length == 7 && color[0] == '#';

    private static double Channel(string color, int index) =>
        int.Parse(color.AsSpan(1 + 2 * index, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;

    private static double Linear(double channel) =>
        channel <= 0.04045 ? channel / 12.92 : Math.Pow((channel + 0.055) / 1.055, 2.4);
}
