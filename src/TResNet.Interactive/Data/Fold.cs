using System.Globalization;
using System.Text.RegularExpressions;
using Notebook;

namespace TResNet.Interactive.Data;

/// <summary>A part of a cross-validation.</summary>
/// <param name="Number">Which one is held out, from 1.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Seed">Decides which images are in which.</param>
internal sealed partial record Fold(int Number, int Count, long Seed)
{
    /// <summary>Under which it is noted where the images of a run are.</summary>
    public const string Note = "fold";

    /// <summary>The part that a note says.</summary>
    /// <exception cref="CommandException">It is damaged.</exception>
    public static Fold Parse(string note) =>
        Form().Match(note) is { Success: true } match
            ? new Fold(
                int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture),
                int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture),
                long.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture)
            )
            : throw new CommandException(
                $"The run notes '{note}' as its part of a cross-validation, which is none, such as 2/5@42: its state is damaged."
            );

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}@{Seed}");

    [GeneratedRegex(@"^(\d{1,4})/(\d{1,4})@(-?\d{1,18})$")]
    private static partial Regex Form();
}
