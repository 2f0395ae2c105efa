// The zip format, PKWARE's APPNOTE.TXT 6.3, as torch.save uses it: no compression, every entry's bytes at a multiple of 64.
using System.Text;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>Writes a zip file of stored entries, of any size.</summary>
internal sealed class StoredZipWriter(Stream output)
{
    private const int Alignment = 64;
    private const int LocalBytes = 30;
    private const int ExtraHeaderBytes = 4;
    private const ushort Zip64Version = 45;
    private const ushort Zip64Extra = 1;
    private const ushort Utf8Names = 1 << 11;

    /// <summary>The extra field that PyTorch pads with.</summary>
    private const ushort PaddingExtra = 'F' | 'B' << 8;

    /// <summary>1 January 1980, the first day that a zip file knows: the same weights give the same file.</summary>
    private const ushort FirstDay = 1 << 5 | 1;

    private readonly List<Written> entries = [];

    /// <summary>Adds an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">How many bytes <paramref name="write"/> writes.</param>
    /// <param name="write">Writes its bytes.</param>
    internal void Add(string name, long size, Action<Stream> write)
    {
        var at = output.Position;
        var text = Encoding.UTF8.GetBytes(name);
        var zip64 = size >= uint.MaxValue ? ExtraHeaderBytes + (2 * sizeof(long)) : 0;
        var before = at + LocalBytes + text.Length + zip64 + ExtraHeaderBytes;
        var padding = (int)((Alignment - (before % Alignment)) % Alignment);
        using (var header = Writer())
        {
            header.Write(0x04034b50u);
            WriteCommon(header, crc: 0, size, text.Length, zip64 + ExtraHeaderBytes + padding);
            header.Write(text);
            if (zip64 > 0)
            {
                header.Write(Zip64Extra);
                header.Write((ushort)(2 * sizeof(long)));
                header.Write(size);
                header.Write(size);
            }

            header.Write(PaddingExtra);
            header.Write((ushort)padding);
            header.Write(new byte[padding]);
        }

        using var counted = new ChecksumStream(output);
        write(counted);
        if (counted.Length != size)
        {
            throw new InvalidOperationException($"{name} has {counted.Length} bytes and was announced with {size}.");
        }

        const int crcOffset = 14;
        var end = output.Position;
        output.Position = at + crcOffset;
        output.Write(BitConverter.GetBytes(counted.Checksum));
        output.Position = end;
        entries.Add(new Written(text, at, size, counted.Checksum));
    }

    /// <summary>Writes the table of contents.</summary>
    internal void Finish()
    {
        var start = output.Position;
        using var header = Writer();
        foreach (var (name, at, size, checksum) in entries)
        {
            long[] wide =
            [
                .. size >= uint.MaxValue ? [size, size] : (long[])[],
                .. at >= uint.MaxValue ? [at] : (long[])[],
            ];
            var extra = wide.Length == 0 ? 0 : ExtraHeaderBytes + (wide.Length * sizeof(long));
            header.Write(0x02014b50u);
            header.Write(Zip64Version);
            WriteCommon(header, checksum, size, name.Length, extra);
            header.Write((ushort)0);
            header.Write((ushort)0);
            header.Write((ushort)0);
            header.Write(0u);
            header.Write((uint)Math.Min(at, uint.MaxValue));
            header.Write(name);
            if (extra > 0)
            {
                header.Write(Zip64Extra);
                header.Write((ushort)(wide.Length * sizeof(long)));
                Array.ForEach(wide, header.Write);
            }
        }

        header.Flush();
        WriteEnd(header, start, output.Position - start);
    }

    private void WriteEnd(BinaryWriter header, long start, long size)
    {
        const int end64Bytes = 56;
        const int uncounted = 12;
        var end64 = output.Position;
        var full = start >= uint.MaxValue || entries.Count >= ushort.MaxValue;
        if (full)
        {
            header.Write(0x06064b50u);
            header.Write((long)(end64Bytes - uncounted));
            header.Write(Zip64Version);
            header.Write(Zip64Version);
            header.Write(0L);
            header.Write((long)entries.Count);
            header.Write((long)entries.Count);
            header.Write(size);
            header.Write(start);
            header.Write(0x07064b50u);
            header.Write(0u);
            header.Write(end64);
            header.Write(1u);
        }

        header.Write(0x06054b50u);
        header.Write(0u);
        header.Write((ushort)Math.Min(entries.Count, ushort.MaxValue));
        header.Write((ushort)Math.Min(entries.Count, ushort.MaxValue));
        header.Write((uint)Math.Min(size, uint.MaxValue));
        header.Write((uint)Math.Min(start, uint.MaxValue));
        header.Write((ushort)0);
    }

    /// <summary>The fields that a local header and an entry of the table of contents share.</summary>
    private static void WriteCommon(BinaryWriter header, uint crc, long size, int nameLength, int extraLength)
    {
        var bytes = (uint)Math.Min(size, uint.MaxValue);
        header.Write(Zip64Version);
        header.Write(Utf8Names);
        header.Write((ushort)0);
        header.Write((ushort)0);
        header.Write(FirstDay);
        header.Write(crc);
        header.Write(bytes);
        header.Write(bytes);
        header.Write((ushort)nameLength);
        header.Write((ushort)extraLength);
    }

    private BinaryWriter Writer() => new(output, Encoding.UTF8, leaveOpen: true);

    private sealed record Written(byte[] Name, long At, long Size, uint Checksum);

    /// <summary>Passes bytes on, and counts and sums them.</summary>
    private sealed class ChecksumStream(Stream output) : Stream
    {
        private uint state = Crc32.Start;
        private long length;

        internal uint Checksum => Crc32.Finish(state);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => length;

        public override long Position
        {
            get => length;
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            state = Crc32.Append(state, buffer);
            length += buffer.Length;
            output.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
