using TResNet.Graphs;

namespace TResNet.Onnx;

/// <summary>
/// A leaky ReLU of whose range the negative part is below half a step of eight bits rounds to what a ReLU gives, which costs nothing behind a convolution: TResNet's,
/// whose slope is 0.001.
/// </summary>
internal static class FlatLeakyReLUs
{
    /// <summary>Changes the graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="ranges">Of the results, as they were chosen.</param>
    public static void Run(Graph graph, IReadOnlyDictionary<Value, ValueRange> ranges)
    {
        foreach (var value in graph.Values)
        {
            if (
                value.Operation is Pointwise { IsActivation: true } f
                && f.Activation is { Kind: NonlinearityKind.LeakyReLU, IsReLU: false }
                && ranges.TryGetValue(value, out var range)
                && -range.Low < range.High / QuantizationParameters.Steps / 2
            )
            {
                value.Operation = f with { Activation = Nonlinearity.ReLU };
            }
        }
    }
}
