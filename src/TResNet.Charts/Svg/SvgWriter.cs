using System.Globalization;
using System.Text;

namespace TResNet.Charts.Svg;

/// <summary>Writes elements and attributes, indented, numbers rounded to a tenth of a pixel.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder text = new();
    private readonly Stack<string> open = new();

    public SvgWriter Open(string element, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        Start(element, attributes).Append(">\n");
        open.Push(element);
        return this;
    }

    public SvgWriter Close()
    {
        var element = open.Pop();
        text.Append(' ', open.Count).Append("</").Append(element).Append(">\n");
        return this;
    }

    /// <summary>An element without content, or with text in it.</summary>
    public SvgWriter Element(
        string element,
        string? content,
        params ReadOnlySpan<(string Name, object? Value)> attributes
    )
    {
        Start(element, attributes);
        _ = content is null
            ? text.Append("/>\n")
            : text.Append('>').Append(content).Append("</").Append(element).Append(">\n");
        return this;
    }

    /// <summary>An element that shows <paramref name="hint"/> when it is pointed at.</summary>
    public SvgWriter Hinted(
        string element,
        string? hint,
        params ReadOnlySpan<(string Name, object? Value)> attributes
    ) => Element(element, hint is null ? null : $"<title>{Escape(hint)}</title>", attributes);

    public override string ToString() => text.ToString();

    public static string Escape(string value) =>
        value.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("\"", "&quot;");

    public static string Number(double value) =>
        Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture) is "-0"
            ? "0"
            : Math.Round(value, 1).ToString("0.#", CultureInfo.InvariantCulture);

    private StringBuilder Start(string element, ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        text.Append(' ', open.Count).Append('<').Append(element);
        foreach (var (name, value) in attributes)
        {
            if (value is not null)
            {
                text.Append(' ')
                    .Append(name)
                    .Append("=\"")
                    .Append(value is double number ? Number(number) : Escape($"{value}"))
                    .Append('"');
            }
        }

        return text;
    }
}
