// CRC-32 as zip files have it: ISO 3309, polynomial 0x04C11DB7 reflected; eight bytes a step (Kounavis and Berry, 2005).
using System.Buffers.Binary;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>The checksum of zip files.</summary>
internal static class Crc32
{
    /// <summary>The state before the first byte.</summary>
    internal const uint Start = uint.MaxValue;

    private const uint Reflected = 0xedb88320;
    private const int Slices = 8;
    private const int TableLength = 256;

    private static readonly uint[] Tables = Build();

    /// <summary>The state after more bytes.</summary>
    internal static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            var low = state ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            state =
                tables[(7 * TableLength) + (low & 0xff)]
                ^ tables[(6 * TableLength) + (low >> 8 & 0xff)]
                ^ tables[(5 * TableLength) + (low >> 16 & 0xff)]
                ^ tables[(4 * TableLength) + (low >> 24)]
                ^ tables[(3 * TableLength) + (high & 0xff)]
                ^ tables[(2 * TableLength) + (high >> 8 & 0xff)]
                ^ tables[TableLength + (high >> 16 & 0xff)]
                ^ tables[high >> 24];
        }

        foreach (var value in bytes)
        {
            state = state >> 8 ^ tables[(state ^ value) & 0xff];
        }

        return state;
    }

    /// <summary>The checksum that a state stands for.</summary>
    internal static uint Finish(uint state) => ~state;

    private static uint[] Build()
    {
        var tables = new uint[Slices * TableLength];
        for (var i = 0u; i < TableLength; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = value >> 1 ^ ((value & 1) * Reflected);
            }

            tables[i] = value;
        }

        for (var i = TableLength; i < tables.Length; i++)
        {
            var before = tables[i - TableLength];
            tables[i] = before >> 8 ^ tables[before & 0xff];
        }

        return tables;
    }
}
