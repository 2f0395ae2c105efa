using TResNet.Architectures;
using TResNet.Charts;
using TResNet.Layers;

namespace TResNet.Interactive.Diagrams;

/// <summary>The words of a diagram, as few as say it.</summary>
internal static class Terms
{
    public static string Of(Activation activation) =>
        activation.Kind switch
        {
            ActivationKind.LeakyReLU => $"leaky ReLU {NumberFormat.Format(activation.Slope)}",
            ActivationKind.Identity => "no activation",
            _ => activation.Kind.ToString(),
        };

    public static string Of(NormKind norm) =>
        norm switch
        {
            NormKind.InPlaceAbn => "in-place ABN",
            NormKind.EvoNormS0 => "EvoNorm-S0",
            NormKind.EvoNormB0 => "EvoNorm-B0",
            _ => "BatchNorm",
        };

    public static bool IsEvoNorm(NormAct norm) => norm.Kind is NormKind.EvoNormS0 or NormKind.EvoNormB0;

    /// <summary>Normalisation and activation together.</summary>
    public static string Of(NormAct norm) =>
        IsEvoNorm(norm) || norm.Activation.Kind == ActivationKind.Identity
            ? Of(norm.Kind)
            : $"{Of(norm.Kind)}, {Of(norm.Activation)}";

    public static string Of(BlockKind block) =>
        block switch
        {
            BlockKind.Basic => "basic",
            BlockKind.Bottleneck => "bottleneck",
            _ => "bottleneck, ratio 1",
        };

    public static string Of(MobileBlockKind block) =>
        block == MobileBlockKind.Separable ? "separable" : "inverted residual";

    /// <summary>A convolution's kernels: <c>3 × 3</c>, or <c>3, 5, 7</c> where there are several.</summary>
    public static string Kernels(IReadOnlyList<int> sides) =>
        sides is [var side] ? $"{side} × {side}" : string.Join(", ", sides);

    public static string Channels(int channels) => $"{channels:N0}";

    /// <summary>How the map shrinks.</summary>
    public static string Down(int factor) => $"↓ {factor}";

    public static string Pooling(GlobalPool pool) =>
        pool switch
        {
            GlobalPool.Max => "maximum pooling",
            GlobalPool.CatAvgMax => "average and maximum pooling",
            _ => "average pooling",
        };

    /// <summary>The head of any network.</summary>
    /// <param name="network">Says how it pools and drops.</param>
    /// <param name="channels">Channels of its last feature map.</param>
    public static SketchBox Head(Architecture network, int channels)
    {
        var features = network.GlobalPool == GlobalPool.CatAvgMax ? 2 * channels : channels;
        var samples = network.DropoutSamples > 1 ? $"{network.DropoutSamples} × " : "";
        string[] marks =
        [
            .. network.DropRate > 0 ? [$"{samples}dropout {NumberFormat.Format(network.DropRate)}"] : (string[])[],
            .. network.MultiLabel ? ["multi-label"] : (string[])[],
        ];
        return network.Head == HeadKind.MLDecoder
            ? new SketchBox(
                "ML-Decoder",
                $"head · up to {Channels(network.Decoder.NumOfGroups)} queries of {Channels(network.Decoder.DecoderEmbedding)}",
                network.MultiLabel ? ["multi-label"] : []
            )
            : new SketchBox(
                Capital(Pooling(network.GlobalPool)),
                $"head · linear from {Channels(features)} features",
                marks
            );
    }

    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
