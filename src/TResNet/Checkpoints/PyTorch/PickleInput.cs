using System.Buffers.Binary;
using System.Text;

namespace TResNet.Checkpoints.PyTorch;

/// <summary>A part of a file that is read from front to end. Every length is checked against what is left before anything is allocated.</summary>
internal sealed class PickleInput
{
    private readonly FileBytes file;
    private readonly long end;
    private readonly byte[] buffer = new byte[16 * 1024];
    private long bufferEnd;
    private int at;
    private int filled;

    /// <summary>Begins at a place.</summary>
    /// <param name="file">The file.</param>
    /// <param name="start">The first byte.</param>
    /// <param name="end">The byte after the last, within the file.</param>
    internal PickleInput(FileBytes file, long start, long end)
    {
        this.file = file;
        this.end = end;
        bufferEnd = start;
    }

    /// <summary>Where in the file the next byte is.</summary>
    internal long Position => bufferEnd - (filled - at);

    internal byte Byte() => Take(1)[0];

    internal ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A float64, most significant byte first.</summary>
    internal double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));

    /// <summary>An integer of a number of bytes, little-endian and signed.</summary>
    internal long Integer(int bytes)
    {
        var source = Take(bytes);
        var value = 0L;
        for (var i = 0; i < bytes; i++)
        {
            value |= (long)source[i] << (8 * i);
        }

        var unused = 64 - (8 * bytes);
        return bytes == 0 ? 0 : value << unused >> unused;
    }

    internal string Text(ulong bytes, Encoding encoding) => encoding.GetString(Block(bytes));

    internal byte[] Bytes(ulong bytes) => Block(bytes);

    /// <summary>Text up to a line feed, as the oldest opcodes have it.</summary>
    internal string Line()
    {
        var line = new StringBuilder();
        for (var next = Byte(); next != '\n'; next = Byte())
        {
            line.Append((char)next);
        }

        return line.ToString();
    }

    private byte[] Block(ulong bytes)
    {
        if (bytes > (ulong)(end - Position))
        {
            throw file.Broken($"it claims {bytes} bytes of text where {end - Position} are left");
        }

        var block = new byte[bytes];
        for (var done = 0; done < block.Length; )
        {
            var part = Take(Math.Min(buffer.Length, block.Length - done));
            part.CopyTo(block.AsSpan(done));
            done += part.Length;
        }

        return block;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (filled - at < count)
        {
            if (count > end - Position)
            {
                throw file.Broken("it ends within its table of tensors");
            }

            var position = Position;
            filled = (int)Math.Min(buffer.Length, end - position);
            file.Read(position, buffer.AsSpan(0, filled));
            bufferEnd = position + filled;
            at = 0;
        }

        at += count;
        return buffer.AsSpan(at - count, count);
    }
}
