using TResNet.Graphs;

namespace TResNet.Onnx;

/// <summary>Which feature maps are rounded to eight bits: what ONNX Runtime's operators of eight bits read and give.</summary>
internal static class QuantizedValues
{
    /// <summary>The values, those that only move numbers of others among them.</summary>
    public static IReadOnlySet<Value> Of(Graph graph)
    {
        var readers = new Readers(graph);
        var clipped = graph
            .Values.Where(value => value.Operation is Pointwise { IsActivation: true } f && Clips(f.Activation))
            .Select(value => ((Pointwise)value.Operation).X)
            .Where(readers.IsReadOnce)
            .ToHashSet();
        var exits = graph.Outputs.Where(output => !output.IsMap).SelectMany(Origins).ToHashSet();
        var rounded = new HashSet<Value>();

        // Readers come after what they read.
        foreach (var value in graph.Values.Reverse())
        {
            var operation = value.Operation;
            if (IsOfEightBits(operation))
            {
                rounded.UnionWith(operation.Inputs);
                if (!clipped.Contains(value) && !exits.Contains(value))
                {
                    rounded.Add(value);
                }
            }
            else if (
                operation is Pointwise { IsActivation: true } f
                && clipped.Contains(f.X)
                && IsOfEightBits(f.X.Operation)
                && !exits.Contains(value)
            )
            {
                rounded.Add(value);
            }
            else if (Moved(value) is { } x && rounded.Contains(value))
            {
                rounded.Add(x);
            }
        }

        return rounded;
    }

    /// <summary>What a value's numbers are those of, in another order or a part of them, so that they have the same range; null where they are computed.</summary>
    public static Value? Moved(Value value) =>
        value.Operation switch
        {
            MaxPool pool => pool.X,
            SpaceToDepth patches => patches.X,
            Slice slice => slice.X,
            Flatten flatten => flatten.X,
            Pad { Kind: PadKind.Reflect or PadKind.Replicate } pad => pad.X,
            _ => null,
        };

    // A result, which stays as it is computed, and what it has its numbers of.
    private static IEnumerable<Value> Origins(Value result)
    {
        for (Value? value = result; value is not null; value = Moved(value))
        {
            yield return value;
        }
    }

    // https://onnxruntime.ai/docs/reference/operators/ContribOperators.html: QLinearConv, QGemm, QLinearAdd, QLinearMul, QLinearConcat,
    // QLinearGlobalAveragePool, QLinearAveragePool, QLinearLeakyRelu and QLinearSigmoid.
    private static bool IsOfEightBits(Operation operation) =>
        operation switch
        {
            Convolution or Linear or GlobalMean or AveragePool or Concatenation => true,
            Pointwise { IsSum: true } sum => sum.Activation.IsIdentity,
            Pointwise { IsGate: true } => true,
            Pointwise { IsActivation: true } f => f.Activation.Kind == NonlinearityKind.Sigmoid
                || f.Activation is { Kind: NonlinearityKind.LeakyReLU, IsReLU: false },
            _ => false,
        };

    // Rounding to a range that begins at 0 does it, without an operator of its own.
    private static bool Clips(Nonlinearity f) => f.IsReLU || f is { Kind: NonlinearityKind.Clip, Alpha: 0 };
}
