using System.Globalization;
using System.Net;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Interactive.Tables;

/// <summary>A tensor in few words: shape, element type, device, range, and its first values.</summary>
internal static class TensorView
{
    private const int Edge = 3;
    private const string Skipped = "⋮";
    private const long CountedElements = 20_000_000;

    public static string ToHtml(Tensor tensor)
    {
        if (tensor.IsInvalid)
        {
            return "<em>a disposed tensor</em>";
        }

        var values = Values(tensor);
        return Style.Wrap(
            $"<p><b>Tensor [{string.Join(", ", tensor.shape)}]</b> <span class=\"tresnet-sub\">· {WebUtility.HtmlEncode(Details(tensor))}</span></p>"
                + (values.Length == 0 ? "" : $"<pre class=\"tresnet-values\">{WebUtility.HtmlEncode(values)}</pre>")
        );
    }

    public static string ToText(Tensor tensor) =>
        tensor.IsInvalid
            ? "a disposed tensor"
            : $"Tensor [{string.Join(", ", tensor.shape)}] · {Details(tensor)}\n{Values(tensor)}".TrimEnd('\n');

    private static string Details(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var text = $"{tensor.dtype.ToString().ToLowerInvariant()} · {tensor.device}";
        if (
            tensor.numel() is <= 1 or > CountedElements
            || tensor.dtype is ScalarType.Bool or ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64
        )
        {
            return text;
        }

        var numbers = tensor.detach().to(ScalarType.Float64);
        return $"{text} · min {Number(numbers.min().ToDouble())} · mean {Number(numbers.mean().ToDouble())} · max {Number(numbers.max().ToDouble())}";
    }

    private static string Values(Tensor tensor)
    {
        if (tensor.numel() == 0 || tensor.dtype is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64)
        {
            return "";
        }

        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var slice = tensor.detach();
        var leading = slice.dim() - 2;
        for (var i = 0; i < leading; i++)
        {
            slice = slice.select(0, 0);
        }

        var text = new StringBuilder();
        if (leading > 0)
        {
            text.Append($"[{string.Concat(Enumerable.Repeat("0, ", (int)leading))}:, :] =\n");
        }

        while (slice.dim() < 2)
        {
            slice = slice.unsqueeze(0);
        }

        AppendMatrix(text, slice);
        return text.ToString().TrimEnd('\n');
    }

    private static void AppendMatrix(StringBuilder text, Tensor matrix)
    {
        var (rows, columns) = (matrix.shape[0], matrix.shape[1]);
        var cells = Shown(rows).Select(r => Shown(columns).Select(c => Cell(matrix, r, c)).ToArray()).ToArray();
        var width = cells.SelectMany(row => row).Max(cell => cell.Length);
        foreach (var row in cells)
        {
            text.Append(row[0] == Skipped ? Skipped : string.Join("  ", row.Select(cell => cell.PadLeft(width))))
                .Append('\n');
        }
    }

    /// <summary>The places shown along a dimension; null stands for those left out.</summary>
    private static IEnumerable<long?> Shown(long length)
    {
        for (var i = 0L; i < length; i++)
        {
            if (length > 2 * Edge + 2 && i == Edge)
            {
                yield return null;
                i = length - Edge - 1;
            }
            else
            {
                yield return i;
            }
        }
    }

    private static string Cell(Tensor matrix, long? row, long? column)
    {
        if (row is not { } r || column is not { } c)
        {
            return row is null ? Skipped : "…";
        }

        var value = matrix.select(0, r).select(0, c).to(ScalarType.Float64).ToDouble();
        return matrix.dtype switch
        {
            ScalarType.Bool => value != 0 ? "true" : "false",
            _ when matrix.is_floating_point() => Number(value),
            _ => value.ToString("0", CultureInfo.InvariantCulture),
        };
    }

    private static string Number(double value)
    {
        var size = Math.Abs(value);
        return value == 0 || size is >= 0.001 and < 100_000
            ? value.ToString("0.####", CultureInfo.InvariantCulture)
            : value.ToString("0.##e+0", CultureInfo.InvariantCulture);
    }
}
