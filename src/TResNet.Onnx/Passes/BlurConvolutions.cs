using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>Writes a blur as the border and the convolution that it is, so that both can be quantised.</summary>
internal static class BlurConvolutions
{
    /// <summary>Changes the graph.</summary>
    public static void Run(Graph graph)
    {
        using var scope = NewDisposeScope();
        var device = graph.Values.SelectMany(value => value.Operation.Weights).FirstOrDefault()?.device ?? CPU;
        foreach (var value in graph.Values.ToList())
        {
            if (value.Operation is Blur blur)
            {
                var mirrors = blur.X.Shape[2] > 1 && blur.X.Shape[3] > 1;
                var border = new Pad(blur.X, mirrors ? PadKind.Reflect : PadKind.Replicate, 1, 1, 1, 1);
                value.Operation = Convolution(blur, graph.InsertBefore(value, border), Pair.Of(0), device);
            }
        }

        graph.Sweep();
    }

    /// <summary>A blur's convolution.</summary>
    /// <param name="blur">The blur.</param>
    /// <param name="x">What it reads.</param>
    /// <param name="padding">Zeros around that.</param>
    /// <param name="device">Where the kernel is to lie.</param>
    public static Convolution Convolution(Blur blur, Value x, Pair padding, Device device)
    {
        var row = tensor(new float[] { 1, 2, 1 }, device: device);
        var kernel = (row.view(3, 1) * row.view(1, 3) / 16).repeat(blur.X.Channels, 1, 1, 1);
        return new Convolution(x, kernel, null, Pair.Of(blur.Stride), padding, Pair.Of(1), blur.X.Channels);
    }
}
