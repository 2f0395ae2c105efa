using System.Globalization;
using System.Net;
using System.Text;
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Train;

/// <summary>
/// A training as one piece: where it stands, its numbers, its curves and its epochs. While it runs, one card is replaced by the next of the
/// same shape, with a picture in place of a chart, so that nothing on the page moves. In text it is a line while it runs, and a table at the end.
/// </summary>
public sealed record TrainingCard
{
    /// <summary>The network and the data.</summary>
    public required string Title { get; init; }

    /// <summary>How far it has come.</summary>
    public required string Subtitle { get; init; }

    /// <summary>What it does now.</summary>
    public required RunState State { get; init; }

    /// <summary>The part done, 0 to 1.</summary>
    public required double Done { get; init; }

    /// <summary>The numbers, in order.</summary>
    public required IReadOnlyList<CardNumber> Numbers { get; init; }

    /// <summary>The curves; none when null.</summary>
    public Figure? Curves { get; init; }

    /// <summary>What stands below the curves: tables and sentences, as in a <see cref="View"/>.</summary>
    public IReadOnlyList<object> Parts { get; init; } = [];

    /// <summary>The card in one line of text while it runs; null at the end.</summary>
    public ProgressLine? Line { get; init; }

    /// <summary>The card as a view for a terminal, where numbers are part of the headline.</summary>
    public View ToView() =>
        new()
        {
            Title = Title,
            Subtitle = Subtitle,
            Parts = Parts,
        };

    /// <summary>The card as HTML.</summary>
    public string ToHtml()
    {
        var done = (100 * Math.Clamp(Done, 0, 1)).ToString("0.#", CultureInfo.InvariantCulture);
        var html = new StringBuilder("<div class=\"tresnet-card\">");
        html.Append($"<div class=\"tresnet-cardhead\"><p class=\"tresnet-title\">{Encode(Title)}</p>");
        html.Append(
            $"<span class=\"tresnet-state tresnet-{Class}\">{State.ToString().ToLowerInvariant()}</span></div>"
        );
        html.Append($"<p class=\"tresnet-cardsub\">{Encode(Subtitle)}</p>");
        html.Append($"<div class=\"tresnet-bar tresnet-{Class}\"><div style=\"width:{done}%\"></div></div>");
        html.Append("<dl class=\"tresnet-numbers\">");
        foreach (var number in Numbers)
        {
            var hint = number.Hint is null ? "" : $" title=\"{Encode(number.Hint)}\"";
            var alarm = number.IsAlarming ? " class=\"tresnet-alarm\"" : "";
            html.Append($"<div{hint}><dt>{Encode(number.Name)}</dt><dd{alarm}>{Encode(number.Text)}</dd></div>");
        }

        html.Append("</dl>");
        if (Curves is not null)
        {
            html.Append(
                Line is null ? Curves.ToInnerHtml() : $"<div class=\"tresnet-figure\">{Curves.ToPicture()}</div>"
            );
        }

        return Style.Wrap(html.Append(string.Concat(Parts.Select(View.PartHtml))).Append("</div>").ToString());
    }

    /// <summary>The line and the epochs while it runs; at the end the headline, the epochs and what else there is to say.</summary>
    public override string ToString() =>
        Line is null ? ToView().ToString() : string.Join("\n\n", [Line.ToString(), .. Parts.Select(part => $"{part}")]);

    private string Class => State.ToString().ToLowerInvariant();

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>A number on a <see cref="TrainingCard"/>.</summary>
/// <param name="Name">What it is, in a word or two.</param>
/// <param name="Text">The number and its unit.</param>
/// <param name="Hint">Shown when it is pointed at; nothing when null.</param>
/// <param name="IsAlarming">Whether something should be done about it.</param>
public sealed record CardNumber(string Name, string Text, string? Hint = null, bool IsAlarming = false);

/// <summary>What a training does.</summary>
public enum RunState
{
    /// <summary>It takes steps.</summary>
    Running,

    /// <summary>It looks at the validation images.</summary>
    Evaluating,

    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>It was stopped by a person, or has steps left.</summary>
    Interrupted,

    /// <summary>It was ended by an error.</summary>
    Failed,
}
