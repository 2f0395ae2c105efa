using System.Globalization;
using System.Net;

namespace TResNet.Interactive.Formatting;

/// <summary>
/// How far something has come. A notebook shows a bar and replaces it; a terminal rewrites one line; where the output is a file, only
/// milestones are written.
/// </summary>
/// <param name="Text">The state in one line.</param>
/// <param name="Done">The part done, 0 to 1.</param>
/// <param name="IsMilestone">Whether a log should keep the line, for example at the end of an epoch.</param>
public sealed record ProgressLine(string Text, double Done, bool IsMilestone = false)
{
    /// <summary>The bar with the text above.</summary>
    public string ToHtml() =>
        Style.Wrap(
            $"<p>{WebUtility.HtmlEncode(Text)}</p><div class=\"tresnet-bar\"><div style=\"width:{(100 * Math.Clamp(Done, 0, 1)).ToString("0.#", CultureInfo.InvariantCulture)}%\"></div></div>"
        );

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
