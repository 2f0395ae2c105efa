using System.Globalization;

namespace Notebook.Language;

/// <summary>
/// The longest cell that is run. The compiler takes about thirty bytes for each letter, and keeps them: a megabyte of code is a book, and what
/// is longer is data.
/// </summary>
internal static class CellLimit
{
    /// <summary>In UTF-16 code units.</summary>
    public const int Letters = 4 << 20;

    /// <summary>Whether a cell is not run and not read.</summary>
    public static bool IsBeyond(string cellText) => cellText.Length > Letters;

    /// <summary>Refuses a cell that is too long.</summary>
    /// <exception cref="CommandException">It is.</exception>
    public static void Check(string cellText)
    {
        if (IsBeyond(cellText))
        {
            throw new CommandException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The cell has {cellText.Length:N0} letters, and at most {Letters:N0} are run: keep data in a file, and read that."
                )
            );
        }
    }
}
