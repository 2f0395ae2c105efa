namespace TResNet.Building;

/// <summary>Where a block stands in its network.</summary>
/// <param name="InChannels">Channels of its input.</param>
/// <param name="Stride">Of its 3x3 convolution, 1 or 2.</param>
/// <param name="Dilation">Of the stage's kernels.</param>
/// <param name="FirstDilation">Of the kernel that would have had the stride: that of the stage before in a stage's first block.</param>
/// <param name="DropPathRate">The probability that an image's branch is dropped in training.</param>
internal sealed record BlockPlace(long InChannels, int Stride, int Dilation, int FirstDilation, double DropPathRate)
{
    /// <summary>Whether dilation took the stride away.</summary>
    internal bool LostStride => FirstDilation != Dilation;

    /// <summary>Whether the map is halved, or would be without dilation.</summary>
    internal bool Halves => Stride == 2 || LostStride;
}
