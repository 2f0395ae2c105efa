using TResNet.Interactive.Charts;

namespace TResNet.Interactive.Formatting;

/// <summary>What an optimised network is made of.</summary>
internal static class OptimizedViews
{
    /// <summary>Its steps by what they do and by which code does it, the longest first; one call is timed for it.</summary>
    public static View Of(OptimizedModule module)
    {
        var steps = module.Profile();
        var total = steps.Sum(step => step.Time.TotalMilliseconds);
        return new View
        {
            Title = $"{module.GetName()}, optimised",
            Subtitle = module.Description,
            Parts = steps.Count == 0 ? [] : [Table(steps, total)],
        };
    }

    private static Table Table(IReadOnlyList<OptimizedStep> steps, double total)
    {
        var rows = steps
            .GroupBy(step => (step.Name, step.By))
            .Select(alike => (alike.Key, Count: alike.Count(), Time: alike.Sum(step => step.Time.TotalMilliseconds)))
            .OrderByDescending(row => row.Time);
        return new Table
        {
            Columns = [new("step"), new("by"), new("times", true), new("ms", true), new("share", true)],
            Rows =
            [
                .. rows.Select(row =>
                    (Cell[])
                        [
                            row.Key.Name,
                            row.Key.By,
                            $"{row.Count}",
                            Milliseconds(row.Time),
                            new(Words.Percent(row.Time / total)) { Number = row.Time },
                        ]
                ),
            ],
            Footer = ["all", "", $"{steps.Count}", Milliseconds(total), ""],
            Sortable = true,
            Note = "One call, each step timed by itself.",
        };
    }

    private static Cell Milliseconds(double time) => new(NumberFormat.Format(time, ".2f")) { Number = time };
}
