// The refinements of TResNet one after another: arXiv 2003.13630, section 2, in its order, on the ResNet-50 that they start from.

using TResNet.Architectures;
using TResNet.Layers;

namespace TResNet.Profiling.Ablation;

/// <summary>A network on the way from a plain ResNet to one with all refinements.</summary>
/// <param name="Name">The refinement that was added last, as the paper calls it.</param>
/// <param name="Architecture">The network with it.</param>
internal sealed record AblationStep(string Name, StagedArchitecture Architecture);

/// <summary>Takes a network's refinements apart.</summary>
internal static class AblationSteps
{
    private static readonly int[] DepthsOfFifty = [3, 4, 6, 3];

    /// <summary>
    /// From the network's stem, stages and widths as ResNet-50 has them (bottlenecks of depths 3, 4, 6, 3, batch normalisation and ReLU, no attention,
    /// strides) to the network with in-place ABN. Refinements that it does not have are left out.
    /// </summary>
    /// <param name="network">Such as <c>Models.TResNetM()</c>.</param>
    /// <exception cref="TResNetException">It has none of the refinements.</exception>
    public static IReadOnlyList<AblationStep> Of(StagedArchitecture network)
    {
        var plain = network with
        {
            StemKind = StemKind.Convolution7x7,
            Downsampling = Downsampling.Strided,
            Shortcut = ShortcutKind.Projection,
            NormAct = NormAct.BatchNorm(Activation.ReLU),
            Attention = Attention.None,
        };
        plain = Shaped(plain, [BlockKind.Bottleneck], DepthsOfFifty);
        var steps = new List<AblationStep> { new("ResNet-50-like base", plain) };
        Add(
            network.StemKind == StemKind.SpaceToDepth ? "SpaceToDepth stem" : "stem",
            before => before with { StemKind = network.StemKind, Stem = network.Stem }
        );
        Add(
            network.Downsampling == Downsampling.Blur ? "anti-alias downsampling" : "downsampling",
            before => before with { Downsampling = network.Downsampling, Shortcut = network.Shortcut }
        );
        Add(
            "in-place ABN",
            before =>
                network.NormAct.Activation.Kind == ActivationKind.LeakyReLU
                    ? before with
                    {
                        NormAct = network.NormAct with { Kind = NormKind.InPlaceAbn },
                    }
                    : before
        );
        Add("blocks selection", before => Shaped(before, network.Blocks, network.Depths));
        Add("SE layers", before => before with { Attention = network.Attention });
        return steps.Count > 1
            ? steps
            : throw new TResNetException(
                $"{network.Info.Name} has none of TResNet's refinements to take apart: take a TResNet, such as tresnet_m."
            );

        void Add(string name, Func<StagedArchitecture, StagedArchitecture> refine)
        {
            var refined = refine(steps[^1].Architecture);
            if (!refined.Equals(steps[^1].Architecture))
            {
                steps.Add(new AblationStep(name, refined));
            }
        }
    }

    private static StagedArchitecture Shaped(
        StagedArchitecture network,
        IReadOnlyList<BlockKind> blocks,
        IReadOnlyList<int> depths
    ) => network with { Blocks = blocks, Depths = depths };
}
