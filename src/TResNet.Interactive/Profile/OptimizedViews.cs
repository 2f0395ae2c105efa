using TResNet.Charts;
using TResNet.Graphs;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>What an optimised network is made of.</summary>
internal static class OptimizedViews
{
    /// <summary>Its steps by what they do and by which code does it, the longest first; five calls are timed for it.</summary>
    public static View Of(OptimizedModule module) => Of(module.GetName(), module.Description, module.Profile());

    /// <summary>The steps of an optimised network that was timed, and how long optimising took.</summary>
    public static View Of(ThroughputResult result)
    {
        var made = result.Optimized!;
        return Of(
            result.Model,
            made.Description,
            made.Steps,
            $" Optimising took {NumberFormat.Format(made.Took.TotalSeconds, ".1f")} s."
        );
    }

    private static View Of(string name, string description, IReadOnlyList<OptimizedStep> steps, string note = "") =>
        new()
        {
            Title = $"{name}, optimised",
            Subtitle = description,
            Parts = steps.Count == 0 ? [] : [Table(steps, steps.Sum(step => step.Time.TotalMilliseconds), note)],
        };

    private static Table Table(IReadOnlyList<OptimizedStep> steps, double total, string note)
    {
        var rows = steps
            .GroupBy(step => (step.Name, step.By))
            .Select(alike => (alike.Key, Count: alike.Count(), Time: alike.Sum(step => step.Time.TotalMilliseconds)))
            .OrderByDescending(row => row.Time);
        return new Table
        {
            Columns = [new("step"), new("by"), new("steps", true), new("ms", true), new("share", true)],
            Rows =
            [
                .. rows.Select(row =>
                    (Cell[])
                        [
                            row.Key.Name,
                            row.Key.By,
                            $"{row.Count}",
                            Milliseconds(row.Time),
                            new(DisplayText.Percent(row.Time / total)) { Number = row.Time },
                        ]
                ),
            ],
            Footer = ["all", "", $"{steps.Count}", Milliseconds(total), ""],
            Sortable = true,
            Note =
                "The median of five calls, each step timed by itself. By: oneDNN's name of the code, loop for this project's own, aten for libtorch's."
                + note,
        };
    }

    private static Cell Milliseconds(double time) => new(DisplayText.Milliseconds(time / 1e3)) { Number = time };
}
