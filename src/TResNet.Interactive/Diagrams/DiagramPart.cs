using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Diagrams;

/// <summary>A part of a diagram that is drawn by itself, so that a page can put parts beside or below each other.</summary>
/// <param name="Label">What it shows, for those who cannot see it.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Draw">Draws it from (0, 0) on.</param>
internal sealed record DiagramPart(string Label, double Width, double Height, Action<SvgWriter> Draw)
{
    /// <summary>The pieces in a row, as one picture.</summary>
    public static DiagramPart Row(string label, IReadOnlyList<DiagramPart> pieces, double gap, double margin) =>
        new(
            label,
            pieces.Sum(piece => piece.Width) + gap * (pieces.Count - 1) + 2 * margin,
            pieces.Max(piece => piece.Height) + 2 * margin,
            svg =>
            {
                var x = margin;
                foreach (var piece in pieces)
                {
                    svg.Open("g", ("transform", $"translate({SvgWriter.Number(x)} {SvgWriter.Number(margin)})"));
                    piece.Draw(svg);
                    svg.Close();
                    x += piece.Width + gap;
                }
            }
        );

    /// <summary>The piece in HTML.</summary>
    public string ToHtml() => Picture.ToHtml(ToSvg(), Label, Width, Height);

    /// <summary>The piece as an SVG element, in the page's text colour.</summary>
    public string ToSvg()
    {
        var svg = new SvgWriter();
        svg.Open(
            "svg",
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", $"0 0 {SvgWriter.Number(Width)} {SvgWriter.Number(Height)}"),
            ("width", Width),
            ("height", Height),
            ("role", "img"),
            ("aria-label", Label),
            ("style", "max-width:100%;height:auto"),
            ("font-family", Layout.UsualFont),
            ("fill", "currentColor")
        );
        svg.Element("style", Picture.ColorsAlone);
        Draw(svg);
        return svg.Close().ToString().TrimEnd('\n');
    }
}
