using System.Globalization;
using System.Net;

namespace TResNet.Interactive.Tables;

/// <summary>
/// How far something has come. A notebook shows a bar and replaces it; a terminal rewrites one line; where the output is a file, only
/// milestones are written.
/// </summary>
/// <param name="Text">The state in one line.</param>
/// <param name="Done">The part done, 0 to 1.</param>
/// <param name="IsMilestone">Whether a log should keep the line, for example at the end of an epoch.</param>
public sealed record ProgressLine(string Text, double Done, bool IsMilestone = false)
{
    private const int Usual = 100;
    private readonly IReadOnlyList<(string Text, int Rank)> parts = [];

    /// <summary>A line of parts that leaves some out where there is no room for all.</summary>
    /// <param name="parts">The parts and their ranks: those of the highest rank are left out first, and those of rank 0 never.</param>
    /// <param name="done">The part done, 0 to 1.</param>
    /// <param name="isMilestone">Whether a log should keep the line.</param>
    internal static ProgressLine Of(IReadOnlyList<(string Text, int Rank)> parts, double done, bool isMilestone) =>
        new(parts, done, isMilestone);

    private ProgressLine(IReadOnlyList<(string Text, int Rank)> parts, double done, bool isMilestone)
        : this(Fit(parts, Usual), done, isMilestone) => this.parts = parts;

    /// <summary>The text in so many letters, without what matters least and at last without its end.</summary>
    public string Within(int width)
    {
        var text = parts.Count == 0 || Text.Length <= width ? Text : Fit(parts, width);
        return text.Length <= width ? text : $"{text[..Math.Max(0, width - 1)]}…";
    }

    private static string Fit(IReadOnlyList<(string Text, int Rank)> parts, int width)
    {
        var kept = parts.ToList();
        while (kept.Sum(part => part.Text.Length + 3) - 3 > width && kept.Any(part => part.Rank > 0))
        {
            kept.Remove(kept.MaxBy(part => part.Rank));
        }

        return string.Join(" · ", kept.Select(part => part.Text));
    }

    /// <summary>The bar with the text above.</summary>
    public string ToHtml() =>
        Style.Wrap(
            $"<p>{WebUtility.HtmlEncode(Text)}</p><div class=\"tresnet-bar\"><div style=\"width:{(100 * Math.Clamp(Done, 0, 1)).ToString("0.#", CultureInfo.InvariantCulture)}%\"></div></div>"
        );

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
