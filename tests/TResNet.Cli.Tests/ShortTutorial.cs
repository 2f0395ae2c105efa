namespace TResNet.Cli.Tests;

/// <summary>A tutorial with short rounds: its quick form has one alone, and nobody looks at what that measures.</summary>
internal static class ShortTutorial
{
    private static readonly (string Whole, string Short)[] Changes =
    [
        ("--rounds @rounds", "--rounds @rounds --round-time 0.02"),
        ("Rounds = rounds", "Rounds = rounds, RoundTime = TimeSpan.FromSeconds(0.02)"),
    ];

    /// <summary>Shortens it.</summary>
    /// <param name="tutorial">The text of the notebook, or of a cell of it.</param>
    public static string Of(string tutorial) =>
        Changes.Aggregate(
            tutorial,
            (text, change) => text.Replace(change.Whole, change.Short, StringComparison.Ordinal)
        );
}
