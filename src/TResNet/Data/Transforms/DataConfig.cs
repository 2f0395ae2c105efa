// timm's data config (timm/data/config.py, resolve_data_config): what a network expects of its images.

namespace TResNet.Data.Transforms;

/// <summary>What evaluation makes of an image before a network sees it.</summary>
/// <param name="InputSize">The side of the square in pixels.</param>
/// <param name="CropPct">The crop's side as a share of the resized photograph's, 0.1 to 1.</param>
/// <param name="CropMode">How a photograph becomes a square.</param>
/// <param name="Interpolation">The filter.</param>
/// <param name="Normalize">What becomes of the pixels.</param>
internal sealed record DataConfig(
    int InputSize,
    double CropPct,
    CropMode CropMode,
    Interpolation Interpolation,
    Normalize Normalize
)
{
    /// <summary>
    /// Whether images of one known size were taken as they are, with a border at most, and not resized like photographs; null where nobody said.
    /// </summary>
    public bool? AsTheyAre { get; init; }

    /// <summary>
    /// Whether somebody meant the share: an option, a recipe, or weights that were measured with it. Where nobody did, images of one known size are shown
    /// whole.
    /// </summary>
    public bool IsCropMeant { get; init; }

    /// <summary>The crop that gives such images.</summary>
    /// <param name="place">Where it lies.</param>
    /// <exception cref="TResNetException">A value is out of range.</exception>
    public EvaluationCrop Crop(CropPlace place = CropPlace.Center) =>
        new(InputSize, CropPct, Interpolation, place, CropMode, Normalize);
}
