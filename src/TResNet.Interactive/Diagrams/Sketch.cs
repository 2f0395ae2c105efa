// What a diagram says, before it is drawn: the network as a column of boxes with the maps between them, and the inside of each kind of block.
namespace TResNet.Interactive.Diagrams;

/// <summary>A diagram as data.</summary>
/// <param name="Image">What enters.</param>
/// <param name="Stages">The column, from the image down.</param>
/// <param name="Output">What leaves.</param>
/// <param name="Blocks">The inside of each kind of block.</param>
internal sealed record Sketch(
    MapShape Image,
    IReadOnlyList<SketchStage> Stages,
    string Output,
    IReadOnlyList<SketchBlock> Blocks
);

/// <summary>A feature map.</summary>
/// <param name="Channels">Its channels.</param>
/// <param name="Side">Its height and width, in pixels.</param>
internal sealed record MapShape(int Channels, int Side)
{
    /// <summary>The map when its sides have shrunk: every halving rounds up.</summary>
    public MapShape Shrunk(int channels, int factor) =>
        new(channels, factor <= 1 ? Side : new MapShape(channels, (Side + 1) / 2).Shrunk(channels, factor / 2).Side);

    public override string ToString() => $"{Channels:N0} × {Side} × {Side}";
}

/// <summary>Boxes that share a map size.</summary>
/// <param name="Boxes">From top to bottom, without a gap.</param>
/// <param name="Leaves">The map that leaves them; null behind the last one.</param>
internal sealed record SketchStage(IReadOnlyList<SketchBox> Boxes, MapShape? Leaves);

/// <summary>A box of the column.</summary>
/// <param name="Title">What it is: <c>11 × bottleneck</c>.</param>
/// <param name="Detail">Where it is, and how wide: <c>stage 3 · 256 inside, 1,024 out</c>.</param>
/// <param name="Marks">What it has beside: <c>SE</c>, <c>↓ 2</c>.</param>
/// <param name="Hue">The colour of its kind.</param>
/// <param name="Repeats">How many there are, one behind the other.</param>
internal sealed record SketchBox(
    string Title,
    string Detail,
    IReadOnlyList<string> Marks,
    Hue Hue = Hue.Plain,
    int Repeats = 1
);

/// <summary>The inside of a block.</summary>
/// <param name="Title">The kind.</param>
/// <param name="Place">Which one of its kind is drawn.</param>
/// <param name="Hue">The colour of its kind.</param>
/// <param name="Before">What comes before branch and shortcut part.</param>
/// <param name="Branch">The layers of the branch.</param>
/// <param name="Shortcut">The layers of the shortcut, none where it is the input itself; null where there is no shortcut.</param>
/// <param name="After">What comes after the sum.</param>
/// <param name="Notes">What the letters in the boxes stand for, each a sentence.</param>
internal sealed record SketchBlock(
    string Title,
    string Place,
    Hue Hue,
    IReadOnlyList<SketchLayer> Before,
    IReadOnlyList<SketchLayer> Branch,
    IReadOnlyList<SketchLayer>? Shortcut,
    IReadOnlyList<SketchLayer> After,
    IReadOnlyList<string> Notes
);

/// <summary>A layer of a block.</summary>
/// <param name="Text">What it is.</param>
/// <param name="Channels">The channels that leave it; null where they are those that enter.</param>
/// <param name="Look">How it is drawn.</param>
/// <param name="AtStart">Whether only the first block of a stage has it.</param>
internal sealed record SketchLayer(
    string Text,
    int? Channels = null,
    LayerLook Look = LayerLook.Convolution,
    bool AtStart = false
);

/// <summary>How a layer is drawn.</summary>
internal enum LayerLook
{
    /// <summary>In the colour of its block.</summary>
    Convolution,

    /// <summary>What weighs channels.</summary>
    Attention,

    /// <summary>What has no weights, or few.</summary>
    Simple,
}

/// <summary>Colours of kinds of blocks.</summary>
internal enum Hue
{
    /// <summary>Stem and head.</summary>
    Plain,

    /// <summary>Basic and separable blocks.</summary>
    First,

    /// <summary>Bottlenecks and inverted residuals.</summary>
    Second,

    /// <summary>Bottlenecks that do not narrow.</summary>
    Third,
}
