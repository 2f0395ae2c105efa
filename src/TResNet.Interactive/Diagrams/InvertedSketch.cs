using TResNet.Architectures;
using TResNet.Charts;
using TResNet.Layers;

namespace TResNet.Interactive.Diagrams;

/// <summary>The sketch of a network of inverted residuals.</summary>
internal sealed class InvertedSketch(InvertedArchitecture network, MapShape image, int numClasses)
{
    public Sketch Make()
    {
        var reduction = 2;
        var stages = new List<SketchStage>
        {
            new(
                [
                    new SketchBox(
                        "3 × 3 convolution",
                        $"stem · {Terms.Channels(network.StemWidth)} channels",
                        [Terms.Down(2)]
                    ),
                ],
                image.Shrunk(network.StemWidth, reduction)
            ),
        };
        foreach (var (i, rows) in network.Stages.Index().Where(each => each.Item.Count > 0))
        {
            reduction *= rows.Aggregate(1, (factor, row) => factor * row.Stride);
            stages.Add(new SketchStage([.. rows.Select(row => Box(row, i))], image.Shrunk(rows[^1].Width, reduction)));
        }

        stages.Add(
            new SketchStage(
                [new SketchBox("1 × 1 convolution", $"head · {Terms.Channels(network.HeadWidth)} channels", [])],
                image.Shrunk(network.HeadWidth, reduction)
            )
        );
        stages.Add(new SketchStage([Terms.Head(network, network.HeadWidth)], null));
        return new Sketch(image, stages, $"{numClasses:N0} logits", [.. Kinds().Select(Block)]);
    }

    private static Hue HueOf(MobileBlockKind block) => block == MobileBlockKind.Separable ? Hue.First : Hue.Second;

    /// <summary>For each kind of block the first row that repeats it, since only there is a shortcut; else the first.</summary>
    private IEnumerable<(BlockRow Row, int Stage)> Kinds() =>
        network
            .Stages.SelectMany((rows, i) => rows.Select(row => (Row: row, Stage: i + 1)))
            .GroupBy(each => each.Row.Kind)
            .Select(group => group.Where(each => each.Row.Repeats > 1).Concat(group).First());

    private static SketchBox Box(BlockRow row, int index)
    {
        var widened =
            row.Kind == MobileBlockKind.Inverted ? $"widened {NumberFormat.Format(row.Expansion)} times, " : "";
        string[] marks =
        [
            .. row.SqueezeExcite > 0 ? ["SE"] : (string[])[],
            .. row.Stride == 2 ? [Terms.Down(2)] : (string[])[],
        ];
        return new SketchBox(
            $"{row.Repeats} × {(row.Kind == MobileBlockKind.Separable ? "separable" : "inverted")}, {Terms.Kernels(row.Kernels)}",
            $"stage {index + 1} · {widened}{Terms.Channels(row.Width)} out",
            marks,
            HueOf(row.Kind),
            row.Repeats
        );
    }

    private SketchBlock Block((BlockRow Row, int Stage) each)
    {
        var row = each.Row;
        var repeats = row.Shortcut && row.Repeats > 1;
        var activation = row.Activation ?? network.Activation;
        var wide = (int)Math.Round(row.Width * row.Expansion);
        var isInverted = row.Kind == MobileBlockKind.Inverted;
        List<SketchLayer> branch =
        [
            .. isInverted ? [new SketchLayer("1 × 1", wide)] : (SketchLayer[])[],
            new SketchLayer(
                $"{Terms.Kernels(row.Kernels)} depthwise{(row.Stride == 2 && !repeats ? $" {Terms.Down(2)}" : "")}"
            ),
            .. row.SqueezeExcite > 0 ? [new SketchLayer("SE", Look: LayerLook.Attention)] : (SketchLayer[])[],
            new SketchLayer("1 × 1, linear", row.Width),
            .. repeats && network.DropPathRate > 0
                ? [new SketchLayer($"drop path to {NumberFormat.Format(network.DropPathRate)}", Look: LayerLook.Simple)]
                : (SketchLayer[])[],
        ];
        return new SketchBlock(
            $"{Terms.Capital(Terms.Of(row.Kind))} block",
            repeats ? $"as stage {each.Stage} repeats it" : $"as stage {each.Stage} has it",
            HueOf(row.Kind),
            [],
            branch,
            repeats ? [] : null,
            [],
            [
                $"each convolution with {Terms.Of(NormKind.BatchNorm)}; {Terms.Of(activation)} between them",
                .. repeats ? ["where a stage begins there is no shortcut"] : (string[])[],
            ]
        );
    }
}
