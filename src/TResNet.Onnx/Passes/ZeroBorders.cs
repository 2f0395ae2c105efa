using System.Globalization;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Onnx;

/// <summary>Puts zeros in the place of reflected borders: a blur is then one convolution with padding, without a map with a border in memory.</summary>
internal static class ZeroBorders
{
    private const int Images = 4;

    /// <summary>Changes the graph.</summary>
    /// <returns>What was changed and by how much that shows on noise; null where nothing was.</returns>
    public static string? Run(Graph graph)
    {
        using var scope = NewDisposeScope();
        var shape = graph.Input.Shape.ToArray();
        shape[0] = Images;
        var weight = graph.Values.SelectMany(value => value.Operation.Weights).FirstOrDefault();
        var noise = rand(shape, generator: new Generator(1)).to(weight?.device ?? CPU);
        var before = Interpreter.Run(graph, noise);
        var changed = 0;
        foreach (var value in graph.Values)
        {
            if (Zeroed(value.Operation, noise.device) is { } zeroed)
            {
                value.Operation = zeroed;
                changed++;
            }
        }

        graph.Sweep();
        if (changed == 0)
        {
            return null;
        }

        var share = before
            .Zip(Interpreter.Run(graph, noise))
            .Max(pair => Largest(pair.First - pair.Second) / Math.Max(Largest(pair.First), float.Epsilon));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Not exact: zeros stand in the place of reflected borders in {changed} {(changed == 1 ? "layer" : "layers")}. On noise, results differ by up to {100 * share:0.####} % of the largest."
        );
    }

    private static Operation? Zeroed(Operation operation, Device device)
    {
        switch (operation)
        {
            case Pad { Kind: PadKind.Reflect } pad:
                return pad with { Kind = PadKind.Zero };
            case Blur blur:
                return BlurConvolutions.Convolution(blur, blur.X, Pair.Of(1), device);
            default:
                return null;
        }
    }

    private static float Largest(Tensor values) => values.abs().max().item<float>();
}
