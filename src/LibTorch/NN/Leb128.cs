// LEB128: non-negative integers of any length, seven bits a byte, lowest first (TorchSharp's files; also BinaryWriter's strings).
namespace TorchSharp;

/// <summary>Writes and reads non-negative integers as LEB128.</summary>
internal static class Leb128
{
    private const int MostBits = 63;

    /// <summary>Writes a non-negative integer.</summary>
    public static void Encode(this BinaryWriter writer, long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        while (value > 0x7f)
        {
            writer.Write((byte)(value & 0x7f | 0x80));
            value >>= 7;
        }

        writer.Write((byte)value);
    }

    /// <summary>Reads a non-negative integer.</summary>
    /// <exception cref="InvalidDataException">There are more digits than fit in 63 bits.</exception>
    public static long Decode(this BinaryReader reader)
    {
        long value = 0;
        for (int shift = 0; shift < MostBits; shift += 7)
        {
            long digit = reader.ReadByte();
            value |= (digit & 0x7f) << shift;
            if (digit < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A length has more than 63 bits.");
    }
}
