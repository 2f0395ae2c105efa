// Compound scaling: EfficientNet, arXiv 1905.11946, section 3.3, equation 3; rounding as the authors' implementation does it.
using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>Widens and deepens a network by two coefficients; the third, resolution, is the input's side.</summary>
internal static class CompoundScaling
{
    /// <summary>The network with all widths times one coefficient and all repeats times another.</summary>
    /// <param name="architecture">The baseline.</param>
    /// <param name="width">Factor of channels, more than 0; results are rounded to multiples of 8.</param>
    /// <param name="depth">Factor of repeats, more than 0.</param>
    /// <param name="rounding">How a stage's number of blocks becomes whole.</param>
    /// <exception cref="TResNetException">A coefficient is not positive.</exception>
    public static InvertedArchitecture Scale(
        this InvertedArchitecture architecture,
        double width,
        double depth,
        DepthRounding rounding = DepthRounding.Up
    )
    {
        if (!(width > 0 && depth > 0))
        {
            throw new TResNetException(
                FormattableString.Invariant(
                    $"{architecture.Info.Name} was scaled by width {width} and depth {depth}: both have to be more than 0."
                )
            );
        }

        return architecture with
        {
            StemWidth = ChannelRounding.Divisible(architecture.StemWidth * width),
            HeadWidth = ChannelRounding.Divisible(architecture.HeadWidth * width),
            Stages =
            [
                .. architecture.Stages.Select(rows =>
                    Deepen(rows, depth, rounding)
                        .Select(row => row with { Width = ChannelRounding.Divisible(row.Width * width) })
                        .ToArray()
                ),
            ],
        };
    }

    /// <summary>Scales a stage's number of blocks and shares it among its rows, last row first: first rows are the least worth repeating.</summary>
    private static IEnumerable<BlockRow> Deepen(IReadOnlyList<BlockRow> rows, double depth, DepthRounding rounding)
    {
        var before = rows.Sum(row => row.Repeats);
        var after =
            rounding == DepthRounding.Up ? Math.Ceiling(before * depth) : Math.Max(1, Math.Round(before * depth));
        var deepened = new Stack<BlockRow>();
        foreach (var row in rows.Reverse())
        {
            var repeats = Math.Max(1, (int)Math.Round((double)row.Repeats / before * after));
            deepened.Push(row with { Repeats = repeats });
            before -= row.Repeats;
            after -= repeats;
        }

        return deepened;
    }
}

/// <summary>How a scaled number of blocks becomes whole.</summary>
internal enum DepthRounding
{
    /// <summary>Up, so that any factor above 1 deepens every stage (EfficientNet).</summary>
    Up,

    /// <summary>To the nearest, so that short stages stay short (MixNet).</summary>
    Nearest,
}
