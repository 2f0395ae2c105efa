namespace TResNet.Data.Transforms;

/// <summary>Where a crop lies: the five of torchvision's FiveCrop.</summary>
internal enum CropPlace
{
    /// <summary>In the middle.</summary>
    Center,

    /// <summary>At the top left.</summary>
    TopLeft,

    /// <summary>At the top right.</summary>
    TopRight,

    /// <summary>At the bottom left.</summary>
    BottomLeft,

    /// <summary>At the bottom right.</summary>
    BottomRight,
}
