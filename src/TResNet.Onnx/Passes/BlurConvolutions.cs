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
                var border = new Pad(blur.X, blur.Border, 1, 1, 1, 1);
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
    public static Convolution Convolution(Blur blur, Value x, Pair padding, Device device) =>
        new(x, Blur.Kernel(blur.X.Channels, device), null, Pair.Of(blur.Stride), padding, Pair.Of(1), blur.X.Channels);
}
