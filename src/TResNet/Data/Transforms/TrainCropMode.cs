namespace TResNet.Data.Transforms;

/// <summary>How a photograph becomes a square for training: timm's <c>train_crop_mode</c>, and the modes of evaluation.</summary>
internal enum TrainCropMode
{
    /// <summary>A random part is resized, as torchvision's RandomResizedCrop does.</summary>
    Rrc,

    /// <summary>Resized with nearly its own proportions, then a square from the middle, as timm's rkrc.</summary>
    Rkrc,

    /// <summary>Resized with nearly its own proportions, then a square from anywhere, as timm's rkrr.</summary>
    Rkrr,

    /// <summary>Both sides are fitted, and nothing is cut away: what the authors of TResNet and of the asymmetric loss train on.</summary>
    Squash,

    /// <summary>The shorter side is fitted, and a square is cut from the middle.</summary>
    Center,

    /// <summary>The longer side is fitted, and a border fills the square.</summary>
    Border,
}

/// <summary>What follows from how photographs become squares.</summary>
internal static class TrainCropModes
{
    /// <summary>Whether a part is drawn, of an area and a ratio.</summary>
    public static bool DrawsPart(this TrainCropMode mode) =>
        mode is TrainCropMode.Rrc or TrainCropMode.Rkrc or TrainCropMode.Rkrr;

    /// <summary>The areas that are drawn where none are asked for, as timm has them.</summary>
    public static (double Min, double Max) Scale(this TrainCropMode mode) =>
        mode is TrainCropMode.Rkrc or TrainCropMode.Rkrr ? (0.8, 1) : (0.08, 1);

    /// <summary>The ratios that are drawn where none are asked for, as timm has them.</summary>
    public static (double Min, double Max) Ratio(this TrainCropMode mode) =>
        mode is TrainCropMode.Rkrc or TrainCropMode.Rkrr ? (0.9, 1 / 0.9) : (3 / 4.0, 4 / 3.0);
}
