namespace TResNet.Data.Transforms;

/// <summary>How an image becomes a square for evaluation; timm's <c>crop_mode</c>.</summary>
public enum CropMode
{
    /// <summary>The shorter side is fitted, and a square is cut from the middle: what lies outside is lost.</summary>
    Center,

    /// <summary>Both sides are fitted, so that proportions change; with a crop of 100 % nothing is lost.</summary>
    Squash,

    /// <summary>The longer side is fitted, and a border of the mean colour fills the square; with a crop of 100 % nothing is lost.</summary>
    Border,
}
