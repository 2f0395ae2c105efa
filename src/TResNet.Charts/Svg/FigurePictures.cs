namespace TResNet.Charts.Svg;

/// <summary>What a figure looks like where it is not drawn by Plotly, or not yet.</summary>
public static class FigurePictures
{
    /// <summary>
    /// Where a Jupyter server gives plotly.js, relative to its base URL; null, the default, for nowhere. Outputs load it from there once, so that
    /// charts are interactive without a network and without 5 MB in each notebook.
    /// </summary>
    public static string? ServedPlotly { get; set; }

    extension(Figure figure)
    {
        /// <summary>The figure as a static picture that follows the page's colours, or the system's when it stands alone.</summary>
        public string ToSvg() => SvgRenderer.Render(figure);

        /// <summary>
        /// The static picture in a <c>div</c>, as an image that also pages show which let no script run, replaced by the interactive chart where the
        /// page has brought <c>Plotly</c> along. Nothing is loaded from anywhere.
        /// </summary>
        public string ToHtml() => figure.ToInnerHtml() + Picture.Script;

        /// <summary>The same without the script, which one of several figures brings.</summary>
        internal string ToInnerHtml() =>
            $"<div class=\"tresnet-figure\"{Served}>{figure.ToPicture()}<script type=\"{Figure.PlotlyMimeType}\">{figure.ToJson().Replace("<", "\\u003c")}</script></div>";

        /// <summary>The static picture alone, as an image.</summary>
        internal string ToPicture() =>
            Picture.ToHtml(
                figure.ToSvg(),
                FigureLabel.Of(figure),
                figure.Layout.Width ?? Layout.UsualWidth,
                figure.Layout.Height ?? StaticFigure.PlotlysHeight
            );
    }

    private static string Served => ServedPlotly is null ? "" : $" data-plotly=\"{SvgWriter.Escape(ServedPlotly)}\"";
}
