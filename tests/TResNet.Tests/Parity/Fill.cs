// The closed-form weights of tests/TResNet.Tests/fixtures: "fmix32-v1".
using System.Runtime.InteropServices;
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

    /// <summary>Writes a tensor of the state dictionary; what has another name keeps the network's own.</summary>
    /// <param name="key">The name that is hashed.</param>
    /// <param name="target">The tensor, in float32.</param>
    /// <param name="k">The fixture's K.</param>
    /// <returns>Its values; empty where they stayed.</returns>
    internal static Span<float> Write(string key, Tensor target, double k)
    {
        var (offset, scale) = key[(key.LastIndexOf('.') + 1)..] switch
        {
            "weight" or "in_proj_weight" or "duplicate_pooling" when target.dim() >= 2 => (
                0,
                Math.Sqrt(k / (target.numel() / target.shape[0]))
            ),
            "weight" or "v" => (1, 0.1),
            "bias" or "in_proj_bias" or "duplicate_pooling_bias" or "running_mean" => (0, 0.1),
            "running_var" => (1, 0.2),
            _ => (0.0, 0.0),
        };
        if (scale == 0)
        {
            return [];
        }

        var hash = Hash(key);
        var values = MemoryMarshal.Cast<byte, float>(target.bytes);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(offset + (scale * Sample(hash, i)));
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
}
