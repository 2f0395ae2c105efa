namespace TResNet.Charts.Svg;

/// <summary>What a figure looks like where it is not drawn by Plotly, or not yet.</summary>
public static class FigurePictures
{
    // It looks for figures, its own among them, once they are on the page: Jupyter Notebook runs scripts before that, and elsewhere. The page's
    // own text colour is taken over, so that the chart is legible in whatever theme the page is in.
    private const string UpgradeScript = """
        (function () {
          function upgrade() {
            if (window.Plotly) document.querySelectorAll(".tresnet-figure:not([data-drawn]) > script[type$=json]").forEach(draw);
          }
          function draw(json) {
            var div = json.parentNode, figure = JSON.parse(json.textContent);
            div.dataset.drawn = "";
            figure.layout.font.color = getComputedStyle(div).color;
            var svg = div.querySelector("svg"), target = document.createElement("div");
            div.insertBefore(target, svg);
            Plotly.newPlot(target, figure.data, figure.layout, figure.config).then(function () { svg.remove(); });
          }
          if (document.readyState === "complete") setTimeout(upgrade);
          else addEventListener("load", upgrade);
        })();
        """;

    extension(Figure figure)
    {
        /// <summary>The figure as a static picture that follows the page's colours, or the system's when it stands alone.</summary>
        public string ToSvg() => SvgRenderer.Render(figure);

        /// <summary>
        /// The static picture in a <c>div</c>, replaced by the interactive chart where the page has brought <c>Plotly</c> along. Nothing is
        /// loaded from anywhere.
        /// </summary>
        public string ToHtml() =>
            $"""
                <div class="tresnet-figure">{figure.ToSvg()}<script type="application/vnd.plotly.v1+json">{figure.ToJson().Replace(
                    "<",
                    "\\u003c"
                )}</script><script>
                {UpgradeScript}
                </script></div>
                """;
    }
}
