using TResNet.Graphs;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>The mean of each 2x2 window, with stride 2 (what hangs over an odd border is left out) or 1 (zeros lie beyond right and bottom).</summary>
/// <remarks>
/// As <c>AvgPool2d</c> and, at stride 1, <c>AvgPool2dSame</c> of timm: every second value at stride 1 is that of stride 2, so a network
/// dilated once computes what the strided one does, and what is between. Windows do not dilate, in timm neither, so one dilated twice (output
/// stride 8) only comes near.
/// </remarks>
internal sealed class AveragePool : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly int stride;

    internal AveragePool(int stride)
        : base(nameof(AveragePool)) => this.stride = stride;

    /// <summary>Maps [N, C, H, W] to [N, C, ceil(H/stride), ceil(W/stride)].</summary>
    public override Tensor forward(Tensor x)
    {
        if (stride == 2)
        {
            return AveragePooling.Apply(x);
        }

        using var padded = nn.functional.pad(x, [0, 1, 0, 1]);
        return nn.functional.avg_pool2d(padded, 2, stride: 1);
    }

    Value ILowers.Lower(GraphBuilder graph, Value x) =>
        stride == 2
            ? graph.AveragePool(x, kernel: 2, stride: 2, ceilMode: true, countsPadding: false)
            : graph.AveragePool(graph.Add(new Pad(x, PadKind.Zero, 0, Bottom: 1, 0, Right: 1)), kernel: 2, stride: 1);
}
