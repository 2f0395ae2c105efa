using System.Text;

namespace TResNet.Charts.Svg;

/// <summary>A polyline's path, thinned to what the pixels can show.</summary>
internal static class LinePath
{
    public static string Of(IReadOnlyList<(double X, double Y)> points)
    {
        var path = new StringBuilder();
        var pen = false;
        foreach (var (x, y) in Thin(points))
        {
            if (!double.IsFinite(x) || !double.IsFinite(y))
            {
                pen = false;
                continue;
            }

            path.Append(pen ? 'L' : 'M').Append(SvgWriter.Number(x)).Append(' ').Append(SvgWriter.Number(y));
            pen = true;
        }

        return path.ToString();
    }

    /// <summary>Of many points in one column of pixels, keeps the first, the lowest, the highest and the last: what is seen stays the same.</summary>
    private static IEnumerable<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points)
    {
        var start = 0;
        while (start < points.Count)
        {
            var end = start + 1;
            while (end < points.Count && Math.Floor(points[end].X) == Math.Floor(points[start].X))
            {
                end++;
            }

            if (end - start <= 4)
            {
                for (var i = start; i < end; i++)
                {
                    yield return points[i];
                }
            }
            else
            {
                var column = Enumerable.Range(start, end - start);
                int[] kept = [start, column.MinBy(i => points[i].Y), column.MaxBy(i => points[i].Y), end - 1];
                foreach (var i in kept.Order().Distinct())
                {
                    yield return points[i];
                }
            }

            start = end;
        }
    }
}
