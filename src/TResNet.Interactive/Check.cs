using System.Globalization;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive;

/// <summary>States what has to come out of a notebook, where its reader sees it.</summary>
/// <example><code>
/// var work = Models.Describe("tresnet_m").Info.MultiplyAdds;
/// Check.Within(("billion multiply-adds of TResNet-M", work / 1e9, 5.5, 5.8))
/// </code></example>
public static class Check
{
    /// <summary>Shows each value beside the range that it has to be in.</summary>
    /// <param name="claims">What each is, its value, and the ends of its range, which belong to it.</param>
    /// <returns>A table of the claims, to be the cell's last line.</returns>
    /// <exception cref="TResNetException">A value is outside its range, or is not a number; the message names each that is.</exception>
    public static Table Within(params IReadOnlyList<(string What, double Value, double Least, double Most)> claims)
    {
        string[] wrong =
        [
            .. claims
                .Where(claim => !(claim.Value >= claim.Least && claim.Value <= claim.Most))
                .Select(claim =>
                    $"{claim.What} is {Text(claim.Value)}, and should be from {Text(claim.Least)} to {Text(claim.Most)}"
                ),
        ];
        return wrong.Length > 0
            ? throw new TResNetException($"{string.Join("; ", wrong)}.")
            : new Table
            {
                Columns = [new("checked"), new("value", true), new("from", true), new("to", true)],
                Rows =
                [
                    .. claims.Select(claim =>
                        new Cell[] { claim.What, Text(claim.Value), Text(claim.Least), Text(claim.Most) }
                    ),
                ],
                Note = "Each value is within its range.",
            };
    }

    private static string Text(double value) =>
        value == 0 || Math.Abs(value) is >= 0.001 and < 1e6
            ? value.ToString("#,0.####", CultureInfo.InvariantCulture)
            : value.ToString("0.##e+0", CultureInfo.InvariantCulture);
}
