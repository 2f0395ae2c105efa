using System.Net;

namespace TResNet.Interactive.Tables;

/// <summary>Lines of code to copy.</summary>
/// <param name="Title">What they are for.</param>
/// <param name="Code">The lines.</param>
internal sealed record CodeBlock(string Title, string Code) : IViewPart
{
    string IViewPart.ToInnerHtml() =>
        $"<details><summary>{WebUtility.HtmlEncode(Title)}</summary><pre>{WebUtility.HtmlEncode(Code)}</pre></details>";

    /// <summary>The title, and the lines indented.</summary>
    public override string ToString() => $"{Title}:\n{string.Join('\n', Code.Split('\n').Select(line => "  " + line))}";
}
