using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Weights.Formats;

/// <summary>A file of named tensors, opened for reading: one implementation a format, and nothing else knows the formats.</summary>
/// <remarks>Everything that the file says of itself is checked when it is opened; nothing of a tensor's size is allocated then.</remarks>
internal interface ITensorFile : IDisposable
{
    /// <summary>What the file is, such as <c>safetensors</c> or <c>PyTorch, under 'state_dict'</c>.</summary>
    string Format { get; }

    /// <summary>The tensors by name.</summary>
    IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <summary>Names beside the tensors whose values are none.</summary>
    IReadOnlyList<string> Ignored { get; }

    /// <summary>What else the file says of its tensors, as words by name; nothing in a format that has no place for it.</summary>
    IReadOnlyDictionary<string, string> Metadata => new Dictionary<string, string>();

    /// <summary>Reads bytes of one tensor's elements, which are in row-major order and little-endian.</summary>
    /// <param name="name">One of <see cref="Entries"/>.</param>
    /// <param name="start">The first byte, from the tensor's first.</param>
    /// <param name="destination">Filled whole; it must not reach beyond the tensor's last byte.</param>
    /// <exception cref="TResNetException">The disk refuses, or the file became shorter since it was opened.</exception>
    void Read(string name, long start, Span<byte> destination);
}

/// <summary>What a file says of one tensor.</summary>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The lengths.</param>
internal sealed record TensorEntry(ScalarType Type, long[] Shape)
{
    private const int MaxRank = 64;

    /// <summary>How many elements.</summary>
    internal long Count => Shape.Aggregate(1L, (product, length) => product * length);

    /// <summary>How many bytes the elements take.</summary>
    internal long Bytes => Count * ElementSize;

    /// <summary>How many bytes one element takes.</summary>
    internal int ElementSize => Type.ElementSize();

    /// <summary>
    /// False for a shape that no tensor has: a negative length, more dimensions than anyone needs, or lengths whose product no machine
    /// counts (a length of 0 beside them does not make them sensible).
    /// </summary>
    internal bool IsSensible
    {
        get
        {
            UInt128 size = (UInt128)ElementSize;
            foreach (var length in Shape.Take(MaxRank + 1))
            {
                if (length < 0 || size > long.MaxValue)
                {
                    return false;
                }

                size *= (UInt128)Math.Max(length, 1);
            }

            return Shape.Length <= MaxRank && size <= long.MaxValue;
        }
    }
}
