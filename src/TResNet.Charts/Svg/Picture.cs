using System.Text;

namespace TResNet.Charts.Svg;

/// <summary>
/// An SVG in HTML as an <c>img</c> that holds it: front ends drop <c>svg</c> and <c>style</c> from what they do not trust, and leave the texts of a
/// chart behind as run-on words, but keep images. Where scripts run, the element takes the image's place, follows the page's colours and answers
/// the pointer.
/// </summary>
internal static class Picture
{
    /// <summary>
    /// The style of a picture that is a document of its own, or an image: it follows the scheme of the system. <c>:root</c> is the svg only there, so a
    /// page that holds the element is not touched.
    /// </summary>
    public const string ColorsAlone =
        "svg:root{color:#24292f;background:#fff}@media (prefers-color-scheme:dark){svg:root{color:#e6e8eb;background:#16191f}}";

    private const string Class = "tresnet-picture";

    // It looks for what it is for once that is on the page: Jupyter Notebook runs scripts before that, and elsewhere. An image stays where a page's
    // rules for scripts refuse markup that is made by one. Plotly takes over the page's text colour, so that the chart is legible in whatever theme
    // the page is in.
    private const string Upgrade = """
        (function () {
          function upgrade() {
            document.querySelectorAll("img.tresnet-picture").forEach(function (image) { try { inline(image); } catch (refused) { } });
            var figures = document.querySelectorAll(".tresnet-figure:not([data-drawn]) > script[type$=json]");
            if (window.Plotly) figures.forEach(function (json) { try { draw(json); } catch (odd) { } });
            else figures.forEach(load);
          }
          function load(json) {
            var path = json.parentNode.dataset.plotly, page = document.getElementById("jupyter-config-data");
            var base = page ? JSON.parse(page.textContent).baseUrl : document.body.dataset.baseUrl;
            if (!path || !base || document.querySelector("script[data-tresnet]")) return;
            var script = document.createElement("script");
            script.dataset.tresnet = path;
            script.src = base + path;
            script.onload = upgrade;
            document.head.appendChild(script);
          }
          function inline(image) {
            var bytes = Uint8Array.from(atob(image.src.split(",")[1]), function (letter) { return letter.charCodeAt(0); });
            image.outerHTML = new TextDecoder().decode(bytes);
          }
          function draw(json) {
            var div = json.parentNode, figure = JSON.parse(json.textContent);
            div.dataset.drawn = "";
            if (figure.layout.paper_bgcolor === "rgba(0,0,0,0)") (figure.layout.font = figure.layout.font || {}).color = getComputedStyle(div).color;
            var picture = div.querySelector("svg,img"), target = document.createElement("div");
            div.insertBefore(target, picture);
            Plotly.newPlot(target, figure.data, figure.layout, figure.config).then(function () { picture.remove(); });
          }
          if (document.readyState === "complete") setTimeout(upgrade);
          else addEventListener("load", upgrade);
        })();
        """;

    /// <summary>Puts the elements in place of their images, and interactive charts in place of those where the page has brought <c>Plotly</c> along.</summary>
    /// <remarks>It says of itself that it draws what is carried as data and nothing else, from which a page knows what of Plotly it needs.</remarks>
    public const string Script = $"<script data-draws=\"application/vnd.plotly.v1+json\">\n{Upgrade}\n</script>";

    /// <summary>Whether HTML holds a picture, and so needs <see cref="Script"/>.</summary>
    public static bool IsIn(string html) => html.Contains(Class, StringComparison.Ordinal);

    /// <summary>A picture as HTML.</summary>
    /// <param name="svg">The whole document, legible by itself.</param>
    /// <param name="label">What it says, for those who cannot see it.</param>
    /// <param name="width">In pixels, where there is room.</param>
    /// <param name="height">In pixels.</param>
    public static string ToHtml(string svg, string label, double width, double height) =>
        $"<img class=\"{Class}\" alt=\"{SvgWriter.Escape(label)}\" width=\"{SvgWriter.Number(width)}\" height=\"{SvgWriter.Number(height)}\" "
        + $"style=\"max-width:100%;height:auto\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\">";
}
