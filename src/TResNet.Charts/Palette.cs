namespace TResNet.Charts;

/// <summary>
/// The colours of a chart. They are Okabe and Ito's (2008) hues, which people with each kind of colour blindness tell apart, at a
/// lightness that has a contrast of 3:1 on white and on the dark grey of dark themes alike (WCAG 2.1, 1.4.11), so one figure serves
/// both.
/// </summary>
public static class Palette
{
    /// <summary>The colours of series, in order; a ninth series starts again.</summary>
    public static IReadOnlyList<string> Series { get; } =
    ["#1a7fc4", "#d9630c", "#079472", "#bf5f96", "#a37a00", "#3f8fb0", "#7d6fd0", "#7a828c"];

    /// <summary>Text in interactive charts, which cannot know the page's theme: legible on white and on dark grey.</summary>
    public const string Text = "#767c85";

    /// <summary>Grid lines: a trace of whatever the text's colour is.</summary>
    public const string Grid = "rgba(128,136,148,0.22)";

    /// <summary>No colour: the page shows through.</summary>
    public const string None = "rgba(0,0,0,0)";

    /// <summary>From nothing to the first colour of <see cref="Series"/>, for heat maps on any background.</summary>
    public static IReadOnlyList<ColorStop> Sequential { get; } =
    [new(0, "rgba(26,127,196,0.04)"), new(1, "rgba(26,127,196,1)")];
}
