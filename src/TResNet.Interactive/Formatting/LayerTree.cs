using System.Globalization;
using System.Net;
using System.Text;
using TResNet.Interactive.Charts;
using TResNet.Profiling.Counting;

namespace TResNet.Interactive.Formatting;

/// <summary>A network's layers as a tree of rows that open and close: name, class, output shape, parameters, multiply-adds.</summary>
/// <param name="Summary">The counted network.</param>
/// <param name="OpenTo">Rows above this depth are open; the network itself has depth 0.</param>
public sealed record LayerTree(ModelSummary Summary, int OpenTo = 2)
{
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

    internal string ToInnerHtml()
    {
        var html = new StringBuilder("<div class=\"tresnet-tree\">");
        html.Append(
                "<div class=\"tresnet-row tresnet-head\"><span class=\"tresnet-name\">layer</span> <span>type</span> "
            )
            .Append(
                "<span>output</span> <span class=\"tresnet-number\">parameters</span> <span class=\"tresnet-number\">multiply-adds</span></div>"
            );
        foreach (var child in Summary.Root.Children)
        {
            Append(html, child, 1);
        }

        html.Append(
                "<div class=\"tresnet-row tresnet-total tresnet-leaf\"><span>total</span> <span></span> <span></span> "
            )
            .Append(
                $"<span class=\"tresnet-number\">{Count(Summary.Parameters)}</span> <span class=\"tresnet-number\">{Count(Summary.MultiplyAdds)}</span></div>"
            );
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
        return $"<span class=\"tresnet-name\" style=\"padding-left:{indent}em\" title=\"{WebUtility.HtmlEncode(row.Name)}\">{WebUtility.HtmlEncode(OwnName(row))}</span> "
            + $"<span>{WebUtility.HtmlEncode(Type(row))}</span> <span>{Shape(row)}</span> "
            + $"<span class=\"tresnet-number\">{Count(row.Parameters)}</span> "
            + $"<span class=\"tresnet-number tresnet-share\" style=\"--share:{share.ToString("0.#", CultureInfo.InvariantCulture)}%\">{Count(row.MultiplyAdds)}</span>";
    }

    private IEnumerable<(LayerRow Row, int Depth)> Rows() => Summary.Root.Flatten().Where(row => row.Depth > 0);

    private static string OwnName(LayerRow row) => row.Name[(row.Name.LastIndexOf('.') + 1)..];

    /// <summary>A group that only gives names to what is inside is never called, and its class says nothing.</summary>
    private static string Type(LayerRow row) => row.OutputShape is null && row.Children.Count > 0 ? "" : row.Type;

    private static string Shape(LayerRow row) => row.OutputShape is null ? "" : string.Join(" × ", row.OutputShape);

    private static string Count(long count) => count == 0 ? "" : NumberFormat.Short(count);
}
