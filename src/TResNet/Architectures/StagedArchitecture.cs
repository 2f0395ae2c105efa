using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>
/// A network as the paper's tables draw one: a stem, stages of residual blocks, a head. Every refinement is a switch of its own, so that an
/// ablation is one <c>with</c>.
/// </summary>
/// <example><c>(Models.TResNetM() with { Attention = Attention.Eca, Blocks = [BlockKind.Basic] }).Build(numClasses: 10)</c></example>
public sealed record StagedArchitecture : Architecture
{
    private readonly ValueList<Stage> stages = new([]);

    /// <summary>How the image enters.</summary>
    public required Stem Stem { get; init; }

    /// <summary>The stages, in order; all but the first halve the map.</summary>
    public required IReadOnlyList<Stage> Stages
    {
        get => stages;
        init => stages = new(value);
    }

    /// <summary>Whether the first stage halves the map too.</summary>
    public bool FirstStageHalves { get; init; }

    /// <summary>How a 3x3 convolution halves its map.</summary>
    public Downsampling Downsampling { get; init; }

    /// <summary>How a shortcut changes width and size.</summary>
    public ShortcutKind Shortcut { get; init; }

    /// <summary>What normalises and activates.</summary>
    public NormAct NormAct { get; init; } = NormAct.BatchNorm(Activation.ReLU);

    /// <summary>The attention of the blocks in stages that carry one.</summary>
    public Attention Attention { get; init; } = Attention.None;

    /// <summary>Where a block has its attention.</summary>
    internal AttentionPlacement AttentionPlacement { get; init; }

    /// <summary>What stands in the place of a bottleneck's 3x3 convolution.</summary>
    internal SpatialConvolution Spatial { get; init; } = SpatialConvolution.Plain;

    /// <summary>Whether blocks normalise and activate before each convolution and nothing follows the sum (He et al., arXiv 1603.05027).</summary>
    public bool PreActivation { get; init; }

    /// <summary>Whether a branch begins as nothing: the weight of its last normalisation starts at 0.</summary>
    public bool ZeroInitLast { get; init; } = true;

    /// <summary>
    /// By how much the sides of the image shrink in all, at most: 32, or 16 or 8, where stages that would shrink it further dilate their
    /// kernels (Yu et al., arXiv 1705.09914), for dense prediction. The weights are the same.
    /// </summary>
    public int OutputStride { get; init; } = 32;

    /// <summary>Runs SpaceToDepth and blurs as TorchScript, as the paper's implementation does.</summary>
    public bool Scripted { get; init; }

    /// <summary>Whose parameter names the network has.</summary>
    internal ParameterNames Names { get; init; }

    /// <summary>The kind of block of each stage; setting it takes one kind for all stages, or one for each.</summary>
    /// <exception cref="TResNetException">There are neither one nor as many kinds as stages.</exception>
    public IReadOnlyList<BlockKind> Blocks
    {
        get => [.. Stages.Select(stage => stage.Block)];
        init => Stages = Each(value, "kinds of block", (stage, block) => stage with { Block = block });
    }

    /// <summary>How many blocks each stage has, at least 1; setting it takes one number for all stages, or one for each.</summary>
    /// <exception cref="TResNetException">There are neither one nor as many numbers as stages.</exception>
    public IReadOnlyList<int> Depths
    {
        get => [.. Stages.Select(stage => stage.Depth)];
        init => Stages = Each(value, "depths", (stage, depth) => stage with { Depth = depth });
    }

    /// <summary>Where each stage stands: what enters it, and how it samples its map.</summary>
    internal IReadOnlyList<StagePlace> Places
    {
        get
        {
            var places = new List<StagePlace>();
            var (channels, reduction, dilation) = (Stem.Width, Stem.Reduction, 1);
            foreach (var stage in Stages)
            {
                var halves = places.Count > 0 || FirstStageHalves;
                var strides = halves && reduction < OutputStride;
                dilation *= halves && !strides ? 2 : 1;
                reduction *= strides ? 2 : 1;
                places.Add(new StagePlace(stage, channels, halves, strides ? 2 : 1, dilation, reduction));
                channels = stage.OutputWidth;
            }

            return places;
        }
    }

    /// <summary>The kind of stem; its width stays.</summary>
    public StemKind StemKind
    {
        get => Stem.Kind;
        init => Stem = Stem with { Kind = value };
    }

    internal override int Multiple => Stem.Kind == StemKind.SpaceToDepth ? Stem.Patch : 1;

    internal override IReadOnlyList<SwitchRow> Rows => StagedSwitches.All;

    /// <inheritdoc/>
    public override StagedArchitecture With(string name, string value) => (StagedArchitecture)base.With(name, value);

    /// <inheritdoc/>
    public override StagedArchitecture With(IEnumerable<string> settings) => (StagedArchitecture)base.With(settings);

    internal override void Validate()
    {
        base.Validate();
        Check("a stem's width", Stem.Width, Stem.Width >= 1, "at least 1");
        Check("a deep stem's width", Stem.Width, Stem.Kind != StemKind.Deep || Stem.Width % 2 == 0, "an even number");
        Check("a stem's patch", Stem.Patch, Stem.Patch is 2 or 4 or 8, "2, 4 or 8");
        Check("a number of stages", Stages.Count, Stages.Count >= 1, "at least 1");
        Check("an output stride", OutputStride, OutputStride is 8 or 16 or 32, "8, 16 or 32");
        Attention.Validate(Check);
        foreach (var stage in Stages)
        {
            Check("a stage's depth", stage.Depth, stage.Depth >= 1, "at least 1");
            Check("a stage's width", stage.Width, stage.Width >= 1, "at least 1");
            var inner = stage.InnerWidth ?? stage.Width;
            var isBasic = stage.Block == BlockKind.Basic;
            Check("a stage's inner width", inner, inner >= 1, "at least 1");
            Check(
                "a stage's groups",
                stage.Groups,
                stage.Groups >= 1 && inner % stage.Groups == 0,
                $"a number that divides the stage's {inner} inner channels"
            );
            Check("basic blocks with groups", stage.Groups, !isBasic || stage.Groups == 1, "1, or bottlenecks");
        }
    }

    private Stage[] Each<T>(IReadOnlyList<T> values, string what, Func<Stage, T, Stage> change) =>
        values.Count == 1 || values.Count == Stages.Count
            ? Stages.Select((stage, i) => change(stage, values[values.Count == 1 ? 0 : i])).ToArray()
            : throw new TResNetException(
                $"{Listed.Name} was given {values.Count} {what}: it takes one for all stages, or {Stages.Count}, one for each."
            );
}

/// <summary>How a shortcut follows a change of width and size.</summary>
public enum ShortcutKind
{
    /// <summary>A 1x1 convolution with the block's stride.</summary>
    Projection,

    /// <summary>2x2 average pooling, then a 1x1 convolution: nothing is skipped (ResNet-D; He et al., arXiv 1812.01187, figure 2c).</summary>
    AveragePool,
}
