using System.Globalization;
using System.Net;
using System.Text;
using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Counting;

namespace TResNet.Interactive.Build;

/// <summary>A network's layers as a tree of rows that open and close: name, class, output shape, parameters, multiply-adds.</summary>
/// <param name="Summary">The counted network.</param>
/// <param name="OpenTo">Rows above this depth are open; the network itself has depth 0.</param>
public sealed record LayerTree(ModelSummary Summary, int OpenTo = 2) : IViewPart
{
    /// <summary>What keeps the cells of a row apart where the style sheet is dropped, which stands them in columns.</summary>
    private const string Gap = "<span class=\"tresnet-unstyled\"> · </span>";

    private const string Number = " class=\"tresnet-number\"";

    /// <summary>The tree as text, down to <see cref="OpenTo"/>.</summary>
    public override string ToString() => ToTable().ToString();

    /// <summary>The rows down to <see cref="OpenTo"/>, names indented.</summary>
    public Table ToTable() =>
        new()
        {
            Columns = [new("layer"), new("type"), new("output"), new("parameters", true), new("multiply-adds", true)],
            Rows =
            [
                .. Rows()
                    .Where(row => row.Depth <= OpenTo)
                    .Select(row =>
                        (Cell[])
                            [
                                new string(' ', 2 * (row.Depth - 1)) + OwnName(row.Row),
                                Type(row.Row),
                                Shape(row.Row),
                                Count(row.Row.Parameters),
                                Count(row.Row.MultiplyAdds),
                            ]
                    ),
            ],
            Footer = ["total", "", "", Count(Summary.Parameters), Count(Summary.MultiplyAdds)],
        };

    string IViewPart.ToInnerHtml() => ToInnerHtml();

    internal string ToInnerHtml()
    {
        var html = new StringBuilder("<div class=\"tresnet-tree\"><div class=\"tresnet-row tresnet-head\">");
        html.Append("<span class=\"tresnet-name\">layer</span>")
            .Append(Next("type") + Next("output") + Next("parameters", Number) + Next("multiply-adds", Number))
            .Append("</div>");
        foreach (var child in Summary.Root.Children)
        {
            Append(html, child, 1);
        }

        html.Append("<div class=\"tresnet-row tresnet-total tresnet-leaf\"><span class=\"tresnet-name\">total</span>")
            .Append(
                Next("")
                    + Next("")
                    + Next(Count(Summary.Parameters), Number)
                    + Next(Count(Summary.MultiplyAdds), Number)
            )
            .Append("</div>");
        return html.Append("</div>").ToString();
    }

    private void Append(StringBuilder html, LayerRow row, int depth)
    {
        if (row.Children.Count == 0)
        {
            html.Append("<div class=\"tresnet-row tresnet-leaf\">").Append(Cells(row, depth)).Append("</div>");
            return;
        }

        html.Append(depth < OpenTo ? "<details open>" : "<details>");
        html.Append("<summary class=\"tresnet-row\">").Append(Cells(row, depth)).Append("</summary>");
        foreach (var child in row.Children)
        {
            Append(html, child, depth + 1);
        }

        html.Append("</details>");
    }

    private string Cells(LayerRow row, int depth)
    {
        var share = Summary.MultiplyAdds == 0 ? 0 : 100.0 * row.MultiplyAdds / Summary.MultiplyAdds;
        var indent = (1.1 * (depth - 1)).ToString("0.#", CultureInfo.InvariantCulture);
        return $"<span class=\"tresnet-unstyled\">{string.Concat(Enumerable.Repeat("&nbsp;&nbsp;", depth - 1))}</span>"
            + $"<span class=\"tresnet-name\" style=\"padding-left:{indent}em\" title=\"{WebUtility.HtmlEncode(row.Name)}\">{WebUtility.HtmlEncode(OwnName(row))}</span>"
            + Next(WebUtility.HtmlEncode(Type(row)))
            + Next(Shape(row))
            + Next(Count(row.Parameters), Number)
            + Next(
                Count(row.MultiplyAdds),
                $" class=\"tresnet-number tresnet-share\" style=\"--share:{share.ToString("0.#", CultureInfo.InvariantCulture)}%\""
            );
    }

    private static string Next(string html, string attributes = "") =>
        $"{(html.Length == 0 ? "" : Gap)}<span{attributes}>{html}</span>";

    private IEnumerable<(LayerRow Row, int Depth)> Rows() => Summary.Root.Flatten().Where(row => row.Depth > 0);

    private static string OwnName(LayerRow row) => row.Name[(row.Name.LastIndexOf('.') + 1)..];

    /// <summary>A group that only gives names to what is inside is never called, and its class says nothing.</summary>
    private static string Type(LayerRow row) => row.OutputShape is null && row.Children.Count > 0 ? "" : row.Type;

    private static string Shape(LayerRow row) => row.OutputShape is null ? "" : string.Join(" × ", row.OutputShape);

    private static string Count(long count) => count == 0 ? "" : NumberFormat.Short(count);
}
