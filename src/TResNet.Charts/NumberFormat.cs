using System.Globalization;
using System.Text.RegularExpressions;

namespace TResNet.Charts;

/// <summary>
/// The part of d3's number formats (https://d3js.org/d3-format) that charts and tables use: <c>[,][.precision][~][type]</c> with the types
/// f (fixed), % (percent), d (whole), g (significant digits), s (SI prefix), e (exponent) and none (as short as it is exact).
/// </summary>
internal static partial class NumberFormat
{
    private static readonly (double Unit, string Suffix)[] Units = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

    private const double LargestWithUnit = 1e15;

    public static string Format(double value, string? format = null)
    {
        if (!double.IsFinite(value))
        {
            return "–";
        }

        var match = Pattern().Match(format ?? "");
        var group = match.Groups["comma"].Success;
        var precision = match.Groups["precision"] is { Success: true } p
            ? int.Parse(p.ValueSpan, CultureInfo.InvariantCulture)
            : (int?)null;
        var trim = match.Groups["trim"].Success;
        return match.Groups["type"].Value switch
        {
            "f" => Fixed(value, precision ?? 6, group, trim),
            "%" => Fixed(value * 100, precision ?? 6, group, trim) + "%",
            "d" => Fixed(value, 0, group, false),
            "g" => Significant(value, Math.Max(1, precision ?? 6), trim),
            "s" => Si(value, precision ?? 6, trim),
            "e" => Trim(
                value.ToString("0." + new string('0', precision ?? 6) + "e+0", CultureInfo.InvariantCulture),
                trim
            ),
            _ => Minus(value.ToString("0.######", CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>Three significant digits with k, M, G or T: <c>29.4M</c>.</summary>
    public static string Short(double value) => Si(value, 3, trim: false);

    /// <summary>Labels of an axis, all in the same unit and with as many decimals as the step needs.</summary>
    public static string[] Labels(IReadOnlyList<double> ticks, double step)
    {
        var largest = ticks.Count == 0 ? 0 : ticks.Max(Math.Abs);
        if (largest is > 0 and < 1e-3 or >= LargestWithUnit)
        {
            return
            [
                .. ticks.Select(tick =>
                    tick == 0 ? "0" : Minus(tick.ToString("0.##e+0", CultureInfo.InvariantCulture))
                ),
            ];
        }

        var (unit, suffix) = largest >= 10_000 ? Units.First(u => largest >= u.Unit) : (1, "");
        var decimals = Decimals(step / unit);
        return [.. ticks.Select(tick => tick == 0 ? "0" : Fixed(tick / unit, decimals, false, false) + suffix)];
    }

    /// <summary>How many decimals a multiple of <paramref name="step"/> needs.</summary>
    private static int Decimals(double step)
    {
        var decimals = 0;
        while (decimals < 8 && Math.Abs(step - Math.Round(step, decimals)) > step * 1e-6)
        {
            decimals++;
        }

        return decimals;
    }

    private static string Significant(double value, int digits, bool trim)
    {
        var power = value == 0 ? 0 : (int)Math.Floor(Math.Log10(Math.Abs(value)) + 1e-9);
        return power < -6
            ? Trim(value.ToString("0." + new string('0', digits - 1) + "e+0", CultureInfo.InvariantCulture), trim)
            : Fixed(value, Math.Clamp(digits - 1 - power, 0, 15), group: false, trim);
    }

    private static string Si(double value, int significant, bool trim)
    {
        var size = Math.Abs(value);
        var (unit, suffix) = Units.FirstOrDefault(u => size >= u.Unit * 0.9995, (1, ""));
        var scaled = value / unit;
        var digits = scaled == 0 ? 1 : (int)Math.Floor(Math.Log10(Math.Abs(scaled)) + 1e-9) + 1;
        digits = unit > 1 ? Math.Max(digits, 1) : digits;
        return Fixed(scaled, Math.Clamp(significant - digits, 0, 15), false, trim) + suffix;
    }

    private static string Fixed(double value, int decimals, bool group, bool trim)
    {
        var text = value.ToString((group ? "N" : "F") + decimals, CultureInfo.InvariantCulture);
        return Minus(Trim(text, trim));
    }

    private static string Trim(string text, bool trim) =>
        trim && text.Contains('.') && !text.Contains('e') ? text.TrimEnd('0').TrimEnd('.') : text;

    private static string Minus(string text) => text.Replace('-', '−');

    [GeneratedRegex(@"^(?<comma>,)?(?:\.(?<precision>\d+))?(?<trim>~)?(?<type>[f%dgse])?$")]
    private static partial Regex Pattern();
}
