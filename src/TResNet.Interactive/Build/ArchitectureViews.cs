using TResNet.Architectures;
using TResNet.Interactive.Diagrams;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Build;

/// <summary>A network that is not built yet: its switches, and its diagram.</summary>
internal static class ArchitectureViews
{
    public static View Of(Architecture architecture)
    {
        var info = architecture.Info;
        return new View
        {
            Title = info.Name,
            Subtitle = $"{info.Family}, for {info.InputSize} × {info.InputSize} pixels",
            Parts =
            [
                $"{info.Paper} ({info.Year}), {info.Url}",
                new SideBySide(new ArchitectureDiagram(architecture), Switches(architecture)),
            ],
        };
    }

    /// <summary>The diagram's lines above the switches.</summary>
    public static string ToText(Architecture architecture)
    {
        var view = Of(architecture);
        return (
            view with
            {
                Parts = [.. view.AllParts.Select(part => part is ArchitectureDiagram ? $"{part}" : part)],
            }
        ).ToString();
    }

    /// <summary>What is set and what can be; what was switched says what it was.</summary>
    private static Table Switches(Architecture architecture)
    {
        var switches = architecture.Switches;
        var isVariant = switches.Any(each => each.Value != each.Listed && each.Listed is not null);
        Column[] listed = isVariant ? [new("was")] : [];
        return new Table
        {
            Columns = [new("switch"), new("value"), .. listed, new("choices", Rank: 1)],
            Rows = [.. switches.Select(each => Row(each, isVariant))],
            Note =
                architecture is StagedArchitecture
                    ? "In C#: architecture with { Attention = Attention.Eca }, or architecture.With(\"attention\", \"eca\"). As an option: --set attention=eca."
                    : "In C#: architecture with { DropPathRate = 0.2 }, or architecture.With(\"drop-path\", \"0.2\"). As an option: --set drop-path=0.2.",
        };
    }

    private static Cell[] Row(Switch each, bool isVariant)
    {
        Cell[] was = isVariant ? [each.Value is null || each.Value == each.Listed ? "" : Spaced(each.Listed)] : [];
        var isChoice = each.Choices.Count > 0 && each.Takes.StartsWith(each.Choices[0], StringComparison.Ordinal);
        var separator = each.Choices.Any(choice => choice.Contains(',')) ? "; " : ", ";
        return
        [
            new Cell(each.Name) { Hint = each.Description },
            Spaced(each.Value),
            .. was,
            new Cell(string.Join(separator, each.Choices) + (isChoice ? "" : $"{separator}…"))
            {
                Hint = Terms.Capital(each.Takes),
            },
        ];
    }

    // So that lists of words can wrap.
    private static Cell Spaced(string? value) =>
        value is null ? Cell.Unknown
        : value.Any(char.IsAsciiLetter) && !value.Contains(' ') ? value.Replace(",", ", ")
        : value;
}
