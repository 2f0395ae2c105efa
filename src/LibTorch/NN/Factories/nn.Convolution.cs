// torch.nn.Conv2d and torch.nn.Linear.
using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Building blocks of neural networks.</summary>
    public static partial class nn
    {
        /// <summary>A convolution of images with a square kernel.</summary>
        /// <param name="in_channels">Channels of the input.</param>
        /// <param name="out_channels">Channels of the output.</param>
        /// <param name="kernel_size">Height and width of the kernel in pixels.</param>
        /// <param name="stride">The step in both directions, in pixels.</param>
        /// <param name="padding">Rows and columns at each side.</param>
        /// <param name="dilation">The distance of kernel elements in pixels.</param>
        /// <param name="padding_mode">What the padding is filled with.</param>
        /// <param name="groups">Into how many independent groups the channels are divided.</param>
        /// <param name="bias">Whether to add a learned value per output channel.</param>
        /// <param name="device">Where the parameters are; the CPU by default.</param>
        /// <param name="dtype">The type of the parameters; Float32 by default.</param>
        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            long kernel_size,
            long stride = 1,
            long padding = 0,
            long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                in_channels,
                out_channels,
                (kernel_size, kernel_size),
                (stride, stride),
                (padding, padding),
                null,
                (dilation, dilation),
                groups,
                bias,
                padding_mode,
                device,
                dtype
            );

        /// <summary>A convolution of images. Pairs are vertical, horizontal.</summary>
        /// <param name="in_channels">Channels of the input.</param>
        /// <param name="out_channels">Channels of the output.</param>
        /// <param name="kernel_size">Height and width of the kernel in pixels.</param>
        /// <param name="stride">The step in pixels; 1 by default.</param>
        /// <param name="padding">Rows and columns at each side; 0 by default.</param>
        /// <param name="dilation">The distance of kernel elements in pixels; 1 by default.</param>
        /// <param name="padding_mode">What the padding is filled with.</param>
        /// <param name="groups">Into how many independent groups the channels are divided.</param>
        /// <param name="bias">Whether to add a learned value per output channel.</param>
        /// <param name="device">Where the parameters are; the CPU by default.</param>
        /// <param name="dtype">The type of the parameters; Float32 by default.</param>
        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            (long, long) kernel_size,
            (long, long)? stride = null,
            (long, long)? padding = null,
            (long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                in_channels,
                out_channels,
                kernel_size,
                stride ?? (1, 1),
                padding ?? (0, 0),
                null,
                dilation ?? (1, 1),
                groups,
                bias,
                padding_mode,
                device,
                dtype
            );

        /// <summary>A convolution of images with a square kernel and a padding by rule.</summary>
        /// <param name="in_channels">Channels of the input.</param>
        /// <param name="out_channels">Channels of the output.</param>
        /// <param name="kernel_size">Height and width of the kernel in pixels.</param>
        /// <param name="padding">None, or as much as keeps the size (at stride 1).</param>
        /// <param name="stride">The step in both directions, in pixels.</param>
        /// <param name="dilation">The distance of kernel elements in pixels.</param>
        /// <param name="padding_mode">What the padding is filled with.</param>
        /// <param name="groups">Into how many independent groups the channels are divided.</param>
        /// <param name="bias">Whether to add a learned value per output channel.</param>
        /// <param name="device">Where the parameters are; the CPU by default.</param>
        /// <param name="dtype">The type of the parameters; Float32 by default.</param>
        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            long kernel_size,
            Padding padding,
            long stride = 1,
            long dilation = 1,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                in_channels,
                out_channels,
                (kernel_size, kernel_size),
                (stride, stride),
                null,
                padding,
                (dilation, dilation),
                groups,
                bias,
                padding_mode,
                device,
                dtype
            );

        /// <summary>A convolution of images with a padding by rule. Pairs are vertical, horizontal.</summary>
        /// <param name="in_channels">Channels of the input.</param>
        /// <param name="out_channels">Channels of the output.</param>
        /// <param name="kernel_size">Height and width of the kernel in pixels.</param>
        /// <param name="padding">None, or as much as keeps the size (at stride 1).</param>
        /// <param name="stride">The step in pixels; 1 by default.</param>
        /// <param name="dilation">The distance of kernel elements in pixels; 1 by default.</param>
        /// <param name="padding_mode">What the padding is filled with.</param>
        /// <param name="groups">Into how many independent groups the channels are divided.</param>
        /// <param name="bias">Whether to add a learned value per output channel.</param>
        /// <param name="device">Where the parameters are; the CPU by default.</param>
        /// <param name="dtype">The type of the parameters; Float32 by default.</param>
        public static Conv2d Conv2d(
            long in_channels,
            long out_channels,
            (long, long) kernel_size,
            Padding padding,
            (long, long)? stride = null,
            (long, long)? dilation = null,
            PaddingModes padding_mode = PaddingModes.Zeros,
            long groups = 1,
            bool bias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) =>
            new(
                in_channels,
                out_channels,
                kernel_size,
                stride ?? (1, 1),
                null,
                padding,
                dilation ?? (1, 1),
                groups,
                bias,
                padding_mode,
                device,
                dtype
            );

        /// <summary>The affine map <c>input weight^T + bias</c> of the last dimension.</summary>
        /// <param name="inputSize">The length of an input row.</param>
        /// <param name="outputSize">The length of an output row.</param>
        /// <param name="hasBias">Whether to add a learned value per output.</param>
        /// <param name="device">Where the parameters are; the CPU by default.</param>
        /// <param name="dtype">The type of the parameters; Float32 by default.</param>
        public static Linear Linear(
            long inputSize,
            long outputSize,
            bool hasBias = true,
            Device? device = null,
            ScalarType? dtype = null
        ) => new(inputSize, outputSize, hasBias, device, dtype);

        /// <summary>The affine map <c>input weight^T + bias</c> of the last dimension, with given parameters.</summary>
        /// <param name="weight">[out, in].</param>
        /// <param name="bias">[out], or null.</param>
        public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

        /// <summary>A tensor as a parameter. The tensor's handle moves to the parameter.</summary>
        /// <param name="data">The initial values, of any shape. Not to be used afterwards.</param>
        /// <param name="requires_grad">Whether <c>backward</c> computes its gradient.</param>
        public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
    }
}
