// What the fields of a column for each class mean: 1 and 0, 1 and -1 (CelebA), 1 and nothing; and 1, 0, -1 and nothing, of which the last two are
// not known (CheXpert, J. Irvin et al., arXiv 1901.07031).

using System.Globalization;

namespace TResNet.Data.Sources;

/// <summary>What a field says of an image and a class, which depends on what a list says of those that are not there.</summary>
internal sealed class CsvFlags
{
    /// <summary>What stands for, or before, what is not known.</summary>
    public const string Unsure = "?";

    private readonly bool hasZeros;
    private readonly bool hasNegatives;

    /// <param name="fields">All fields of these columns.</param>
    public CsvFlags(IEnumerable<string> fields)
    {
        foreach (var field in fields.Distinct())
        {
            hasZeros |= Number(field) == 0;
            hasNegatives |= Number(field) < 0;
            HasEmpty |= field.Length == 0;
        }
    }

    /// <summary>Whether there are empty fields.</summary>
    public bool HasEmpty { get; }

    /// <summary>Whether an empty field says that a class is not there, since no other does.</summary>
    public bool EmptyIsAbsent => !hasZeros && !hasNegatives;

    /// <summary>Whether an image has a class; null where nobody knows.</summary>
    public bool? Of(string field) =>
        field == Unsure ? null
        : field.Length == 0 ? (EmptyIsAbsent ? false : null)
        : Number(field) is < 0 && hasZeros ? null
        : Number(field) > 0;

    // -1, 0 or 1; what is no number is 0, as a field that is none of a list's flags is.
    private static double Number(string field) =>
        field.Equals("true", StringComparison.OrdinalIgnoreCase) ? 1
        : field.Equals("false", StringComparison.OrdinalIgnoreCase) ? 0
        : double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
        : double.NaN;
}
