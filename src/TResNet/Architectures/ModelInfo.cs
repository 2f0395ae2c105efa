using TResNet.Data.Transforms;

namespace TResNet.Architectures;

/// <summary>What is known of a network before it is built.</summary>
/// <param name="Name">timm's name where it has one, such as <c>tresnet_m</c>.</param>
/// <param name="Family">The family it belongs to, such as <c>TResNet</c>.</param>
/// <param name="Paper">The paper's title.</param>
/// <param name="Year">The year of its first version.</param>
/// <param name="Url">Where the paper is.</param>
/// <param name="InputSize">The side of the images it is meant for, in pixels.</param>
/// <param name="Multiple">What the sides of an input have to be a multiple of.</param>
/// <param name="Top1">ImageNet-1k top-1 as published, in percent; null where nothing was published.</param>
/// <param name="Top1Source">Where <paramref name="Top1"/> was published and, behind a colon, for which weights.</param>
public sealed record ModelInfo(
    string Name,
    string Family,
    string Paper,
    int Year,
    string Url,
    int InputSize,
    int Multiple = 1,
    double? Top1 = null,
    string? Top1Source = null
)
{
    /// <summary>What its input is scaled to: ImageNet's mean and deviation, unless its published weights were trained on something else.</summary>
    public Normalize Normalize { get; init; } = Normalize.ImageNet;

    /// <summary>The filter that images are resized with for evaluation.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bicubic;

    /// <summary>The side of evaluation's crop as a share of the resized image's shorter side, above 0 to 1 (timm's <c>crop_pct</c>).</summary>
    public double CropPct { get; init; } = 0.875;

    /// <summary>What is built to count it, where it is no network of the list.</summary>
    internal Architecture? Variant { get; init; }

    /// <summary>What was listed, of what a variant says of itself: <c>with { Info = ... }</c> gives back what it got.</summary>
    internal static ModelInfo ListedOf(ModelInfo info)
    {
        var wasRenamed = info.Variant is { } variant && info.Name != variant.Info.Name;
        return info with { Name = wasRenamed ? info.Name : info.Variant?.Listed.Name ?? info.Name, Variant = null };
    }

    /// <summary>The name. The counts are not in it, because those of an unlisted network take a while.</summary>
    public override string ToString() => Name;
}
