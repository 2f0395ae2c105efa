using System.Net;
using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Tables;

/// <summary>
/// What is shown for a value: headlines, tables and charts from top to bottom. A notebook shows it as one piece of HTML; a terminal prints the
/// tables.
/// </summary>
public sealed record View
{
    /// <summary>The headline.</summary>
    public string? Title { get; init; }

    /// <summary>The quieter text after the headline.</summary>
    public string? Subtitle { get; init; }

    /// <summary>
    /// <see cref="Figure"/>, <see cref="IViewPart"/>, two of them <see cref="SideBySide"/>, or a sentence, in order.
    /// </summary>
    public IReadOnlyList<object> Parts { get; init; } = [];

    /// <summary>The parts one by one, also those that stand beside each other.</summary>
    public IEnumerable<object> AllParts =>
        Parts.SelectMany(part => part is SideBySide pair ? (object[])[pair.Left, pair.Right] : [part]);

    /// <summary>The view as HTML.</summary>
    public string ToHtml() => Style.Wrap(Headline() + string.Concat(Parts.Select(PartHtml)));

    /// <summary>The view as text; charts and diagrams, whose numbers are in the tables, are left out.</summary>
    public override string ToString()
    {
        var texts = AllParts
            .Where(part => part is not (Figure or IViewPart { IsPicture: true }))
            .Select(part => part.ToString()!);
        var headline = Subtitle is null ? Title : $"{Title} · {Subtitle}";
        return string.Join("\n\n", headline is null ? texts : texts.Prepend(headline));
    }

    private string Headline()
    {
        var subtitle = Subtitle is null
            ? ""
            : $" <span class=\"tresnet-sub\">· {WebUtility.HtmlEncode(Subtitle)}</span>";
        return Title is null ? "" : $"<p class=\"tresnet-title\">{WebUtility.HtmlEncode(Title)}{subtitle}</p>";
    }

    internal static string PartHtml(object part) =>
        part switch
        {
            Figure figure => figure.ToInnerHtml(),
            IViewPart own => own.ToInnerHtml(),
            SideBySide pair =>
                $"<div class=\"tresnet-beside\"><div>{PartHtml(pair.Left)}</div><div>{PartHtml(pair.Right)}</div></div>",
            _ => $"<p>{DisplayText.Linked(part.ToString()!)}</p>",
        };
}

/// <summary>Two parts of a <see cref="View"/> that stand beside each other where there is room, else below.</summary>
/// <param name="Left">The first one.</param>
/// <param name="Right">The second one.</param>
public sealed record SideBySide(object Left, object Right);
