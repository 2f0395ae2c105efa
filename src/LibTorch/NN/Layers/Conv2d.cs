// Convolution of images.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Convolves images, [N, C, H, W] or [C, H, W].</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(
        long in_channels,
        long out_channels,
        (long Height, long Width) kernel_size,
        (long Height, long Width) stride,
        (long Height, long Width)? padding,
        Padding? padding_type,
        (long Height, long Width) dilation,
        long groups,
        bool bias,
        PaddingModes padding_mode,
        Device? device,
        ScalarType? dtype
    )
        : base(
            nameof(Conv2d),
            in_channels,
            out_channels,
            [kernel_size.Height, kernel_size.Width],
            [stride.Height, stride.Width],
            padding is { } given ? [given.Height, given.Width] : null,
            padding_type,
            [dilation.Height, dilation.Width],
            groups,
            bias,
            padding_mode,
            device,
            dtype
        ) { }

    /// <summary>Convolves.</summary>
    /// <param name="input">[N, in_channels, H, W] or [in_channels, H, W].</param>
    /// <returns>[N, out_channels, H', W'].</returns>
    public override Tensor forward(Tensor input)
    {
        if (padding_mode != PaddingModes.Zeros)
        {
            using Tensor padded = nn.functional.pad(input, Border(), padding_mode);
            return nn.functional.conv2d(padded, weight, bias, stride, null, dilation, groups);
        }

        return padding_type is { } rule
            ? nn.functional.conv2d_padding(input, weight, bias, stride, rule, dilation, groups)
            : nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    }
}
