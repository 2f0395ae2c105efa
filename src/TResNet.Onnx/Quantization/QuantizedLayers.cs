using System.Runtime.InteropServices;
using TResNet.Compute;
using TResNet.Graphs;
using static TorchSharp.torch;
using DataType = TResNet.Weights.Formats.Onnx.TensorProto.Types.DataType;

namespace TResNet.Onnx;

/// <summary>Writes a graph's operators between QuantizeLinear and DequantizeLinear, which ONNX Runtime joins to operators of eight bits.</summary>
/// <param name="nodes">Take them.</param>
/// <param name="graph">Knows the types.</param>
internal sealed class QuantizedLayers(OnnxNodes nodes, QuantizedGraph graph)
{
    // Seven bits: sums of two products with a uint8 then fit into sixteen.
    private const double FewSteps = 64;
    private const double Steps = sbyte.MaxValue;

    // So that quarters of the largest, as a blur has them, are whole numbers.
    private const double StepsOfQuarters = 124;

    // A bias takes 32 bits, and rounding may add a step.
    private const double MostBias = int.MaxValue / 2;

    /// <summary>Adds what computes a value, rounded where eight bits are read of it.</summary>
    public string Add(Value value, IReadOnlyDictionary<Value, string> names) =>
        Rounded(value, Operators.Add(nodes, value, names, Weights));

    /// <summary>A value as those see it that read it.</summary>
    public string Rounded(Value value, string name)
    {
        if (graph.TypeOf(value) is not { } type)
        {
            return name;
        }

        string[] scale =
        [
            nodes.Initializer(nodes.NewName($"{name}_scale"), DataType.Float, [], MemoryMarshal.AsBytes([type.Scale])),
            ZeroPoint(name, type),
        ];
        return nodes.Node("DequantizeLinear", [nodes.Node("QuantizeLinear", [name, .. scale]), .. scale]);
    }

    private string ZeroPoint(string name, QuantizationParameters type) =>
        nodes.Initializer(
            nodes.NewName($"{name}_zero_point"),
            type.Type == QuantType.QUInt8 ? DataType.Uint8 : DataType.Int8,
            [],
            [unchecked((byte)type.ZeroPoint)]
        );

    // Integers and a scale for each output channel; a bias as the sums of products are, which need no other scale then.
    private string[] Weights(Value x, Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var input = graph.TypeOf(x)!.Value.Scale;
        var rows = weight.cpu().to(ScalarType.Float64).flatten(start_dim: 1);
        var most = rows.abs().amax([1], keepdim: true);
        var shift = bias?.cpu().to(ScalarType.Float64);
        var scales = Scales(rows, most, shift, input);
        var whole = (rows / scales).round().clamp(-Steps, Steps).to(ScalarType.Int8).view(weight.shape).contiguous();
        long[] channels = [weight.shape[0]];
        var single = scales.flatten().to(ScalarType.Float32).contiguous();
        var integers = Dequantized("weight", DataType.Int8, whole, single);
        if (shift is null)
        {
            return [integers];
        }

        var steps = single.to(ScalarType.Float64) * input;
        var sums = (shift / steps).round().clamp(int.MinValue, int.MaxValue).to(ScalarType.Int32).contiguous();
        return [integers, Dequantized("bias", DataType.Int32, sums, steps.to(ScalarType.Float32).contiguous())];

        string Dequantized(string kind, DataType type, Tensor numbers, Tensor scale)
        {
            var name = nodes.NewName(kind);
            string[] inputs =
            [
                Stored(name + "_quantized", type, numbers),
                Stored(name + "_scale", DataType.Float, scale),
                Stored(name + "_zero_point", type, zeros(channels, numbers.dtype)),
            ];
            return nodes.Node("DequantizeLinear", inputs, [("axis", 0L)]);
        }

        string Stored(string name, DataType type, Tensor numbers) =>
            nodes.Initializer(nodes.NewName(name), type, numbers.shape, TensorMemory.Bytes(numbers));
    }

    private Tensor Scales(Tensor rows, Tensor most, Tensor? bias, float input)
    {
        var steps =
            graph.ReduceRange ? FewSteps
            : IsOfQuarters(rows, most) ? StepsOfQuarters
            : Steps;

        // Where a bias is so large beside its weights that 32 bits would not hold it, the weights are coarser.
        var least = bias is null ? zeros_like(most) : bias.abs().view(-1, 1) / (input * MostBias);
        var scales = (most / steps).maximum(least);

        // Of a channel without weights any scale will do that float32 has.
        return scales.where(scales * Math.Min(input, 1) > SmallestScale, ones_like(scales));
    }

    private const double SmallestScale = 1e-30;

    private static bool IsOfQuarters(Tensor rows, Tensor most)
    {
        var quarters = rows * 4 / most;
        return quarters.eq(quarters.round()).all().item<bool>();
    }
}
