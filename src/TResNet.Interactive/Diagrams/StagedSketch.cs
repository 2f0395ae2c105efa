using TResNet.Architectures;
using TResNet.Charts;
using TResNet.Layers;

namespace TResNet.Interactive.Diagrams;

/// <summary>The sketch of a residual network.</summary>
internal sealed class StagedSketch(StagedArchitecture network, MapShape image, int numClasses)
{
    public Sketch Make()
    {
        var stem = image.Shrunk(network.Stem.Width, network.Stem.Reduction);
        var stages = new List<SketchStage> { new([Stem()], stem) };
        foreach (var (i, place) in network.Places.Index())
        {
            stages.Add(new SketchStage([Box(place, i)], image.Shrunk(place.Stage.OutputWidth, place.Reduction)));
        }

        stages.Add(
            new SketchStage(
                [Terms.Head(network, network.Stages.LastOrDefault()?.OutputWidth ?? network.Stem.Width)],
                null
            )
        );
        return new Sketch(image, stages, $"{numClasses:N0} logits", [.. Kinds().Select(Block)]);
    }

    /// <summary>For each kind of block the first stage that halves its map, where most of it shows; else the first.</summary>
    private IEnumerable<(StagePlace Place, int Number)> Kinds() =>
        network
            .Places.Select((place, i) => (Place: place, Number: i + 1))
            .GroupBy(each => each.Place.Stage.Block)
            .Select(group => group.Where(each => each.Place.Halves).Concat(group).First());

    private static Hue HueOf(BlockKind block) =>
        block switch
        {
            BlockKind.Basic => Hue.First,
            BlockKind.Bottleneck => Hue.Second,
            _ => Hue.Third,
        };

    private SketchBox Stem()
    {
        var (kind, width, patch) = network.Stem;
        var channels = $"{Terms.Channels(width)} channels";
        var pool = network.Downsampling switch
        {
            Downsampling.Average => "average pooling",
            Downsampling.Blur => "max pooling, blur",
            _ => "max pooling",
        };
        var (title, detail) = kind switch
        {
            StemKind.SpaceToDepth => ($"Space-to-depth {patch} × {patch}", $"stem · 3 × 3, {channels}"),
            StemKind.Convolution3x3 => ("3 × 3 convolution", $"stem · {channels}"),
            StemKind.Deep => ("Three 3 × 3 convolutions", $"stem · {channels}, {pool}"),
            _ => ("7 × 7 convolution", $"stem · {channels}, {pool}"),
        };
        return new SketchBox(title, detail, [Terms.Down(network.Stem.Reduction)]);
    }

    private SketchBox Box(StagePlace place, int index)
    {
        var stage = place.Stage;
        var groups = stage.Groups > 1 ? $" in {stage.Groups} groups" : "";
        var inner = stage.InnerWidth ?? stage.Width;
        var widths =
            stage.Block != BlockKind.Basic && (inner != stage.OutputWidth)
                ? $"{Terms.Channels(inner)} inside{groups}, {Terms.Channels(stage.OutputWidth)} out"
                : $"{Terms.Channels(stage.OutputWidth)} channels{(stage.Block == BlockKind.Basic ? "" : groups)}";
        return new SketchBox(
            $"{stage.Depth} × {Terms.Of(stage.Block)}",
            $"stage {index + 1} · {widths}",
            [.. Marks(place)],
            HueOf(stage.Block),
            stage.Depth
        );
    }

    private IEnumerable<string> Marks(StagePlace place)
    {
        if (AttentionOf(place.Stage) is { } attention)
        {
            yield return attention;
        }

        if (place.Stage.Block != BlockKind.Basic && SpatialName is { } spatial)
        {
            yield return spatial;
        }

        if (place.Dilation > 1)
        {
            yield return $"dilation {place.Dilation}";
        }

        if (place.Stride == 2)
        {
            yield return Terms.Down(2);
        }
    }

    /// <summary>What stands in the place of a bottleneck's 3x3 convolution; null where that does.</summary>
    private string? SpatialName =>
        network.Spatial switch
        {
            SelectiveKernelConvolution => "SK",
            SplitAttentionConvolution split => $"{split.Radix} splits",
            _ => null,
        };

    private string? AttentionOf(Stage stage) =>
        stage.Attention && network.Attention != Attention.None ? network.Attention.Label : null;

    private SketchBlock Block((StagePlace Place, int Number) each)
    {
        var (place, stage) = (each.Place, each.Place.Stage);
        var changes = place.Halves || place.InChannels != stage.OutputWidth;
        var norm = network.NormAct;
        var sum = norm.Sum ?? norm.Activation;
        return new SketchBlock(
            $"{Terms.Capital(Terms.Of(stage.Block))} block",
            $"as stage {each.Number} begins, from {Terms.Channels(place.InChannels)} channels",
            HueOf(stage.Block),
            network.PreActivation ? [new(Terms.Of(norm), Look: LayerLook.Simple)] : [],
            [.. Branch(place)],
            changes ? [.. Shortcut(place)] : [],
            network.PreActivation || sum.Kind == ActivationKind.Identity
                ? []
                : [new(Terms.Of(sum), Look: LayerLook.Simple)],
            [Note(norm), .. changes ? ["dashed: only where a stage begins"] : (string[])[]]
        );
    }

    private IEnumerable<SketchLayer> Branch(StagePlace place)
    {
        var stage = place.Stage;
        var isBasic = stage.Block == BlockKind.Basic;
        var inner = isBasic ? stage.Width : stage.InnerWidth ?? stage.Width;
        var layers = new List<SketchLayer>();
        if (!isBasic)
        {
            layers.Add(new SketchLayer("1 × 1", inner));
        }

        layers.AddRange(Spatial(place, inner));
        var attention = AttentionOf(stage) is { } name ? new SketchLayer(name, Look: LayerLook.Attention) : null;
        if (attention is not null && !isBasic && network.AttentionPlacement == AttentionPlacement.BeforeWidening)
        {
            layers.Add(attention);
            attention = null;
        }

        layers.Add(
            isBasic ? new SketchLayer(Dilated("3 × 3", place.Dilation), stage.Width) : new("1 × 1", stage.OutputWidth)
        );
        if (attention is not null)
        {
            layers.Add(attention);
        }

        if (network.DropPathRate > 0)
        {
            layers.Add(
                new SketchLayer($"drop path to {NumberFormat.Format(network.DropPathRate)}", Look: LayerLook.Simple)
            );
        }

        return layers;
    }

    /// <summary>The convolution that halves the map, and what smooths it.</summary>
    private IEnumerable<SketchLayer> Spatial(StagePlace place, int width)
    {
        var spatial = place.Stage.Block == BlockKind.Basic ? SpatialConvolution.Plain : network.Spatial;
        var smoothing =
            spatial is SplitAttentionConvolution ? "avg pool"
            : network.Downsampling == Downsampling.Blur ? "blur"
            : network.Downsampling == Downsampling.Average ? "avg pool"
            : null;
        var text = spatial switch
        {
            SelectiveKernelConvolution => "3 × 3 and 5 × 5",
            SplitAttentionConvolution split => $"3 × 3, {split.Radix} splits",
            _ => "3 × 3",
        };
        text = Dilated(text, place.Dilation);
        var groups =
            place.Stage.Groups > 1 && place.Stage.Block != BlockKind.Basic ? $", {place.Stage.Groups} groups" : "";
        var strides = place.Stride == 2 && smoothing is null;
        yield return new SketchLayer(text + groups + (strides ? $" {Terms.Down(2)}" : ""), width);
        if (place.Halves && smoothing is not null)
        {
            yield return new SketchLayer(
                place.Stride == 2 ? $"{smoothing} {Terms.Down(2)}" : smoothing,
                Look: LayerLook.Simple,
                AtStart: true
            );
        }
    }

    private IEnumerable<SketchLayer> Shortcut(StagePlace place)
    {
        var pools = network.Shortcut == ShortcutKind.AveragePool && place.Halves;
        if (pools)
        {
            yield return new SketchLayer(
                place.Stride == 2 ? $"avg pool {Terms.Down(2)}" : "avg pool",
                Look: LayerLook.Simple,
                AtStart: true
            );
        }

        var strides = place.Stride == 2 && !pools;
        yield return new SketchLayer(
            strides ? $"1 × 1 {Terms.Down(2)}" : "1 × 1",
            place.Stage.OutputWidth,
            AtStart: true
        );
    }

    private string Note(NormAct norm)
    {
        const string Layers = "1 × 1, 3 × 3: convolution";
        return network.PreActivation ? $"{Layers}; {Terms.Of(norm)} between them"
            : Terms.IsEvoNorm(norm) ? $"{Layers} and {Terms.Of(norm)}; before a sum without its activation"
            : norm.Activation.Kind == ActivationKind.Identity ? $"{Layers} and {Terms.Of(norm.Kind)}"
            : $"{Layers} and {Terms.Of(norm.Kind)}; {Terms.Of(norm.Activation)} between them";
    }

    private static string Dilated(string text, int dilation) => dilation > 1 ? $"{text}, dilation {dilation}" : text;
}
