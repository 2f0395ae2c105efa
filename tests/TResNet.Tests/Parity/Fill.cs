// The closed-form weights of tests/TResNet.Tests/fixtures: "fmix32-v1".
using System.Text;
using static TorchSharp.torch;

namespace TResNet.Tests.Parity;

/// <summary>Fills networks with weights that a formula gives, so that outputs can be compared without weight files.</summary>
internal static class Fill
{
    private const double Half = 2147483648.0;

    /// <summary>FNV-1a-32 of the name's UTF-8 bytes.</summary>
    internal static uint Hash(string key)
    {
        var hash = 0x811C9DC5u;
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            hash = (hash ^ b) * 0x01000193u;
        }

        return hash;
    }

    /// <summary>The i-th value for a hash, evenly distributed over [-1, 1).</summary>
    internal static double Sample(uint hash, long i)
    {
        unchecked
        {
            var x = ((uint)i * 2654435761u) + hash;
            x ^= x >> 16;
            x *= 0x85EBCA6Bu;
            x ^= x >> 13;
            x *= 0xC2B2AE35u;
            x ^= x >> 16;
            return (x / Half) - 1;
        }
    }

    /// <summary>The value of a tensor of the state dictionary, in float32; null where the network's own stays.</summary>
    /// <param name="key">The name that is hashed.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="k">The fixture's K.</param>
    internal static float[]? Values(string key, long[] shape, double k)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        Func<double, double>? value = key[(key.LastIndexOf('.') + 1)..] switch
        {
            "weight" or "in_proj_weight" or "duplicate_pooling" when shape.Length >= 2 => Scaled(
                Math.Sqrt(k / (count / shape[0]))
            ),
            "weight" or "v" => s => 1 + (0.1 * s),
            "bias" or "in_proj_bias" or "duplicate_pooling_bias" or "running_mean" => s => 0.1 * s,
            "running_var" => s => 1 + (0.2 * s),
            _ => null,
        };
        if (value is null)
        {
            return null;
        }

        var hash = Hash(key);
        var values = new float[count];
        for (var i = 0L; i < count; i++)
        {
            values[i] = (float)value(Sample(hash, i));
        }

        return values;
    }

    /// <summary>The evaluation input: sin(0.011 i), [2, 3, side, side].</summary>
    internal static Tensor EvaluationInput(int side) => Input(side, i => Math.Sin(0.011 * i));

    /// <summary>The training input: sqrt(3) times the samples of "input", [2, 3, side, side].</summary>
    internal static Tensor TrainingInput(int side)
    {
        var hash = Hash("input");
        return Input(side, i => Math.Sqrt(3) * Sample(hash, i));
    }

    private static Tensor Input(int side, Func<long, double> value)
    {
        var values = new float[2 * 3 * side * side];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)value(i);
        }

        return tensor(values, [2, 3, side, side]);
    }

    private static Func<double, double> Scaled(double factor) => s => s * factor;
}
