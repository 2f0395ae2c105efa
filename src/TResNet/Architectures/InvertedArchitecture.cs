using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>
/// A network as the papers on mobile networks draw one: a 3x3 stem of stride 2, rows of inverted residual blocks, a pointwise head. Parameter
/// names are timm's: <c>conv_stem</c>, <c>bn1</c>, <c>blocks.0.0.conv_dw</c>, <c>conv_head</c>, <c>bn2</c>, <c>classifier</c>.
/// </summary>
internal sealed record InvertedArchitecture : Architecture
{
    private readonly ValueList<ValueList<BlockRow>> stages = new([]);

    /// <summary>Channels that leave the stem, at least 1.</summary>
    public required int StemWidth { get; init; }

    /// <summary>The stages, in order; each has one row or more.</summary>
    public required IReadOnlyList<IReadOnlyList<BlockRow>> Stages
    {
        get => stages;
        init => stages = new(value.Select(rows => new ValueList<BlockRow>(rows)));
    }

    /// <summary>Channels that the classifier sees, at least 1.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Follows the normalisations of stem and head, and those inside blocks whose row has none of its own.</summary>
    public Activation Activation { get; init; } = Activation.ReLU;

    internal override int Multiple => 1;

    internal override IReadOnlyList<SwitchRow> Rows => InvertedSwitches.All;

    /// <inheritdoc/>
    public override InvertedArchitecture With(string name, string value) =>
        (InvertedArchitecture)base.With(name, value);

    /// <inheritdoc/>
    public override InvertedArchitecture With(IEnumerable<string> settings) =>
        (InvertedArchitecture)base.With(settings);

    internal override void Validate()
    {
        base.Validate();
        Check("a stem's width", StemWidth, StemWidth >= 1, "at least 1");
        Check("a head's width", HeadWidth, HeadWidth >= 1, "at least 1");
        Check("a number of stages", Stages.Count, Stages.Count >= 1, "at least 1");
        foreach (var rows in Stages)
        {
            Check("a number of rows a stage", rows.Count, rows.Count >= 1, "at least 1");
        }

        foreach (var row in Stages.SelectMany(rows => rows))
        {
            Check("a row's repeats", row.Repeats, row.Repeats >= 1, "at least 1");
            Check("a row's stride", row.Stride, row.Stride is 1 or 2, "1 or 2");
            Check("a row's width", row.Width, row.Width >= 1, "at least 1");
            Check("a number of kernels", row.Kernels.Count, row.Kernels.Count >= 1, "at least 1");
            Check(
                "a separable row's expansion",
                row.Expansion,
                row.Kind != MobileBlockKind.Separable || row.Expansion == 1,
                "1, as separable blocks do not widen"
            );
            Check("a row's expansion", row.Expansion, row.Expansion > 0, "more than 0");
            Check("a row's squeeze-and-excitation", row.SqueezeExcite, row.SqueezeExcite is >= 0 and <= 1, "0 to 1");
            foreach (var kernel in row.Kernels)
            {
                Check("a kernel's side", kernel, kernel >= 1 && kernel % 2 == 1, "an odd number");
            }
        }
    }
}

/// <summary>A row of a paper's table: equal blocks, one after another; the first has the stride.</summary>
/// <param name="Kind">The kind of block.</param>
/// <param name="Repeats">How many blocks, at least 1.</param>
/// <param name="Kernels">The sides of the depthwise convolution's kernels, odd, in pixels; several share the channels (<see cref="MixedConv"/>).</param>
/// <param name="Stride">The first block's: 1 or 2.</param>
/// <param name="Expansion">The factor by which a block widens inside; 1 where separable.</param>
/// <param name="Width">Channels that leave each block, at least 1.</param>
/// <param name="SqueezeExcite">Channels inside squeeze-and-excitation, as a part of those that enter the block, 0 to 1; 0 for none.</param>
/// <param name="Activation">Follows the normalisations inside; the architecture's by default.</param>
/// <param name="Split">Which pointwise convolutions are two, each on half of the channels.</param>
/// <param name="Shortcut">Whether blocks that keep width and size add their input.</param>
internal sealed record BlockRow(
    MobileBlockKind Kind,
    int Repeats,
    IReadOnlyList<int> Kernels,
    int Stride,
    double Expansion,
    int Width,
    double SqueezeExcite = 0,
    Activation? Activation = null,
    PointwiseSplit Split = PointwiseSplit.None,
    bool Shortcut = true
)
{
    internal IReadOnlyList<int> ExpansionKernels => Pointwise(PointwiseSplit.Expansion);

    internal IReadOnlyList<int> ProjectionKernels => Pointwise(PointwiseSplit.Projection);

    private int[] Pointwise(PointwiseSplit which) => Split.HasFlag(which) ? [1, 1] : [1];
}

/// <summary>Blocks of mobile networks.</summary>
internal enum MobileBlockKind
{
    /// <summary>A depthwise convolution, then a pointwise one.</summary>
    Separable,

    /// <summary>A pointwise convolution that widens, a depthwise one, a pointwise one that narrows.</summary>
    Inverted,
}

/// <summary>Which pointwise convolutions of a block are two, each on half of the channels.</summary>
[Flags]
internal enum PointwiseSplit
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>The one that widens.</summary>
    Expansion = 1,

    /// <summary>The one that narrows.</summary>
    Projection = 2,

    /// <summary>Both.</summary>
    Both = Expansion | Projection,
}
