using TResNet.Interactive.Charts;

namespace TResNet.Interactive.Formatting;

/// <summary>A chart that is about to be redrawn: its picture alone, since an interactive chart would be set up anew each time.</summary>
/// <param name="Figure">The chart.</param>
public sealed record StaticFigure(Figure Figure)
{
    /// <summary>The chart in one line of text.</summary>
    public override string ToString() => Figure.ToString();
}
