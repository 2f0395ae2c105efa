namespace Notebook.Outputs;

/// <summary>The MIME types of what outputs and pages show.</summary>
internal static class MimeTypes
{
    /// <summary>A figure of plotly.js: JSON of its data and layout.</summary>
    public const string Plotly = "application/vnd.plotly.v1+json";

    /// <summary>A drawing.</summary>
    public const string Svg = "image/svg+xml";

    /// <summary>HTML.</summary>
    public const string Html = "text/html";

    /// <summary>Markdown.</summary>
    public const string Markdown = "text/markdown";

    /// <summary>Plain text.</summary>
    public const string Plain = "text/plain";

    /// <summary>A diagram of mermaid.</summary>
    public const string Mermaid = "text/vnd.mermaid";
}
