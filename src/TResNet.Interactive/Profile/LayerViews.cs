using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Profile;

/// <summary>Where a network's time goes, in tables and a roofline.</summary>
internal static class LayerViews
{
    private const int Top = 10;

    public static View Of(LayerProfile profile) =>
        new()
        {
            Title = profile.Model,
            Subtitle = $"where the time goes: {DisplayText.Of(profile.Mode)}, {DisplayText.Size(profile.InputShape)}",
            Parts = [Summary(profile), Kinds(profile), RooflineChart.Draw(profile), Layers(profile, Top)],
        };

    /// <summary>The layers that take most time, or all.</summary>
    /// <param name="profile">The measured network.</param>
    /// <param name="most">How many at most.</param>
    public static Table Layers(LayerProfile profile, int most)
    {
        var parts = profile.Layers.Where(layer => layer.Seconds > 0).ToArray();
        var shown = parts.OrderByDescending(layer => layer.Seconds).Take(most).ToArray();
        var training = profile.Mode == ThroughputMode.Training;
        var all = profile.PartSeconds;
        return new Table
        {
            Columns =
            [
                new("layer", Breaks: true),
                new("kind", Rank: 2, Below: true),
                // Beside a backward pass a page has no room for it; the tree of --layers has the sizes.
                .. training ? (Column[])[] : [new("output", Rank: 6)],
                new(training ? "forward" : "time", true),
                .. training ? (Column[])[new("backward", true)] : [],
                new("share", true),
                new("multiply-adds", true, Rank: 5),
                new("bytes", true, Rank: 4),
                new("GFLOP/s", true, Rank: 1),
                new("GB/s", true, Rank: 3),
                new("of roof", true),
                new("bound by"),
            ],
            Rows =
            [
                .. shown.Select(layer =>
                    (Cell[])
                        [
                            layer.Name.Length == 0 ? "(the network)" : layer.Name,
                            DisplayText.Of(layer.Kind),
                            .. training ? (Cell[])[] : [string.Join('×', layer.OutputShape.Skip(1))],
                            Milliseconds(layer.Forward),
                            .. training ? (Cell[])[Milliseconds(layer.Backward)] : [],
                            ModelViews.Number(layer.Seconds, DisplayText.Percent(layer.Seconds / all)),
                            .. Amounts([layer]),
                            .. Rates(profile.Roof, [layer], layer.Seconds),
                        ]
                ),
            ],
            Note =
                shown.Length < parts.Length
                    ? $"The {shown.Length} of {parts.Length} layers that take most time, in ms: {DisplayText.Percent(shown.Sum(layer => layer.Seconds) / all)} of it."
                    : "Times in ms.",
            Sortable = true,
        };
    }

    private static string Summary(LayerProfile profile)
    {
        var (step, roof) = (profile.Step, profile.Roof);
        var (forward, backward) = (
            profile.Layers.Sum(layer => layer.Forward),
            profile.Layers.Sum(layer => layer.Backward)
        );
        var sums =
            profile.Mode == ThroughputMode.Training
                ? $" (forward {DisplayText.Milliseconds(forward)} of {DisplayText.Milliseconds(step.Forward)}, backward {DisplayText.Milliseconds(backward)} of {DisplayText.Milliseconds(step.Backward)}, loss and optimiser {DisplayText.Milliseconds(step.Loss + step.Optimizer)})"
                : "";
        var what = profile.Mode == ThroughputMode.Training ? "step" : "pass";
        var cut = profile.Shortened ? " Interrupted, so not all layers were timed." : "";
        var noise = Noise.OfParts(profile) is { } busy ? $" {busy}" : "";
        return $"The parts add up to {NumberFormat.Format(profile.PartSeconds / step.Seconds, ".0%")} of the {what}: {DisplayText.Milliseconds(profile.PartSeconds)} of {DisplayText.Milliseconds(step.Seconds)} ms{sums}.{cut}{noise} "
            + $"Memory bounds {NumberFormat.Format(profile.BoundByMemory, ".0%")} of the layers' time and arithmetic the rest: this machine multiplies and adds at {DisplayText.Gigaflops(roof.Ceiling.Gigaflops)} "
            + $"and moves {DisplayText.Gigabytes(roof.Bandwidth.GigabytesPerSecond)}, so that work of less than {NumberFormat.Format(roof.Ridge, ".0f")} operations a byte waits for memory.";
    }

    private static Table Kinds(LayerProfile profile)
    {
        var training = profile.Mode == ThroughputMode.Training;
        var all = profile.PartSeconds;
        var kinds = profile.Kinds.Where(kind => kind.Seconds > 0).ToArray();
        var rest = profile.Step.Loss + profile.Step.Optimizer;
        Cell[] Row(string name, IReadOnlyList<LayerTiming> layers, double seconds) =>
            [
                name,
                Milliseconds(layers.Sum(layer => layer.Forward)),
                .. training ? (Cell[])[Milliseconds(layers.Sum(layer => layer.Backward))] : [],
                ModelViews.Number(seconds, DisplayText.Percent(seconds / all)),
                .. Amounts(layers),
                .. Rates(profile.Roof, layers, seconds),
            ];

        return new Table
        {
            Columns =
            [
                new("kind"),
                new(training ? "forward" : "time", true),
                .. training ? (Column[])[new("backward", true)] : [],
                new("share", true),
                new("multiply-adds", true, Rank: 3),
                new("bytes", true, Rank: 2),
                new("GFLOP/s", true, Rank: 1),
                new("GB/s", true, Rank: 1),
                new("of roof", true),
                new("bound by"),
            ],
            Rows =
            [
                .. kinds.Select(kind => Row(DisplayText.Of(kind.Kind), kind.Layers, kind.Seconds)),
                .. rest > 0 ? (Cell[][])[Row("loss, optimiser", [], rest)] : [],
            ],
            Footer = Row("all", profile.Layers, all),
            Note =
                "Times in ms. Multiply-adds of the forward pass, for the batch. Bytes read and written are estimated from shapes, each tensor once where a pass needs it; so are operations, but for convolutions and linear layers. "
                + "Of roof: the time at the roof over the time taken; above 100% where a cache serves, not memory, or Winograd's algorithm multiplies less than is counted."
                + (
                    training
                        ? " Forward is timed within real passes, backward on each module alone (equal ones once); what a block does itself is its backward less that of its layers."
                        : ""
                ),
        };
    }

    /// <summary>The multiply-adds of the forward pass and the bytes of all passes.</summary>
    private static Cell[] Amounts(IReadOnlyList<LayerTiming> layers)
    {
        var (multiplyAdds, bytes) = (layers.Sum(each => each.MultiplyAdds), layers.Sum(each => each.Work.Bytes));
        return
        [
            multiplyAdds > 0 ? ModelViews.Count(multiplyAdds) : "",
            bytes > 0 ? ModelViews.Number(bytes, DisplayText.Bytes((long)bytes)) : "",
        ];
    }

    /// <summary>The rates of layers together, how near the roof they are, and what bounds most of their time.</summary>
    private static Cell[] Rates(Roofline roof, IReadOnlyList<LayerTiming> layers, double seconds)
    {
        var work = layers.Aggregate(default(Work), (sum, layer) => sum + layer.Work);
        if (work.Bytes == 0 || seconds == 0)
        {
            return ["", "", "", ""];
        }

        var passes = layers
            .SelectMany(layer =>
                ((Work Work, double Seconds)[])
                    [(layer.ForwardWork, layer.Forward), (layer.BackwardWork, layer.Backward)]
            )
            .Where(pass => pass.Work.Bytes > 0 && pass.Seconds > 0)
            .ToArray();
        var least = passes.Sum(pass => roof.LeastSeconds(pass.Work));
        var byMemory = passes.Where(pass => roof.IsBoundByMemory(pass.Work)).Sum(pass => pass.Seconds);
        var share = byMemory / passes.Sum(pass => pass.Seconds);
        return
        [
            work.Operations > 0
                ? ModelViews.Number(work.Operations / seconds, DisplayText.Digits(work.Operations / seconds / 1e9))
                : "",
            ModelViews.Number(work.Bytes / seconds, DisplayText.Digits(work.Bytes / seconds / 1e9)),
            ModelViews.Number(least / seconds, NumberFormat.Format(least / seconds, ".0%")),
            new Cell(share > 0.5 ? "memory" : "arithmetic")
            {
                Hint = $"{NumberFormat.Format(share, ".0%")} of the time is bound by memory",
            },
        ];
    }

    private static Cell Milliseconds(double seconds) =>
        seconds > 0 ? ModelViews.Number(seconds, DisplayText.Milliseconds(seconds)) : "";
}
