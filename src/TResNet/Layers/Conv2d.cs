using TorchSharp;
using TResNet.Graphs;
using static TorchSharp.torch;
using Convolution = TResNet.Kernels.Convolution;

namespace TResNet.Layers;

/// <summary>
/// The convolution of the networks here: <c>nn.Conv2d</c> with the same parameters and names, which on a CPU keeps less for backward and is
/// faster where Winograd's algorithm pays.
/// </summary>
internal sealed class Conv2d : TorchSharp.Modules.Convolution, ILowers
{
    /// <summary>Makes the layer, with weights as PyTorch starts them; with zeros inside a <see cref="SkipInit"/>.</summary>
    /// <param name="inChannels">Channels of its input.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="kernelSize">The side of the kernel.</param>
    /// <param name="stride">Its step in pixels.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">The distance between the pixels under its kernel.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <param name="bias">Whether it adds a learned value to each channel.</param>
    public Conv2d(
        long inChannels,
        long outChannels,
        long kernelSize,
        long stride = 1,
        long padding = 0,
        long dilation = 1,
        long groups = 1,
        bool bias = true
    )
        : base(
            nameof(Conv2d),
            inChannels,
            outChannels,
            [kernelSize, kernelSize],
            [stride, stride],
            [padding, padding],
            null,
            [dilation, dilation],
            transposed: false,
            [0, 0],
            groups,
            bias,
            PaddingModes.Zeros,
            SkipInit.IsOn ? META : null
        )
    {
        if (SkipInit.IsOn)
        {
            weight = nn.Parameter(zeros(weight.shape));
            this.bias = bias ? nn.Parameter(zeros(outChannels)) : null;
        }
    }

    Value ILowers.Lower(GraphBuilder graph, Value x) =>
        graph.Add(
            new Graphs.Convolution(
                x,
                GraphBuilder.Weight(weight),
                bias is null ? null : GraphBuilder.Weight(bias),
                new Pair(stride[0], stride[1]),
                new Pair(padding![0], padding[1]),
                new Pair(dilation[0], dilation[1]),
                groups
            )
        );

    /// <summary>Maps [N, in, H, W] to [N, out, H', W'].</summary>
    public override Tensor forward(Tensor x)
    {
        if (!ValidateShape(x, 2))
        {
            throw new ArgumentException(
                $"Expected [N, {in_channels}, H, W], and got [{string.Join(", ", x.shape)}].",
                nameof(x)
            );
        }

        return Convolution.Apply(x, weight, bias, stride, padding!, dilation, groups);
    }
}
