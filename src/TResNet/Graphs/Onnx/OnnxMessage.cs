// The wire format of protocol buffers, as far as ONNX needs it: https://protobuf.dev/programming-guides/encoding. By hand and not from a generated
// class, which would copy a network's weights three times.
using System.Buffers.Binary;
using System.Text;

namespace TResNet.Graphs.Onnx;

/// <summary>A message under way: fields in the order in which they are added. What is large is asked for when the file is written.</summary>
internal sealed class OnnxMessage
{
    private const int LengthDelimited = 2;
    private const int FixedOf32Bits = 5;

    private readonly List<(long Length, Action<Stream> Write)> pieces = [];

    /// <summary>Bytes.</summary>
    internal long Length => pieces.Sum(piece => piece.Length);

    /// <summary>A whole number.</summary>
    internal OnnxMessage Add(int field, long value) => Bytes([.. Varint((ulong)field << 3), .. Varint((ulong)value)]);

    /// <summary>A number.</summary>
    internal OnnxMessage Add(int field, float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Bytes([.. Varint(((ulong)field << 3) | FixedOf32Bits), .. bytes]);
    }

    /// <summary>A text.</summary>
    internal OnnxMessage Add(int field, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Begin(field, bytes.Length).Bytes(bytes);
    }

    /// <summary>A message in this one; nothing may be added to it afterwards.</summary>
    internal OnnxMessage Add(int field, OnnxMessage message)
    {
        Begin(field, message.Length).pieces.AddRange(message.pieces);
        return this;
    }

    /// <summary>Bytes that are asked for when they are written.</summary>
    internal OnnxMessage Add(int field, long length, Action<Stream> write)
    {
        Begin(field, length).pieces.Add((length, write));
        return this;
    }

    /// <summary>Writes all fields.</summary>
    internal void WriteTo(Stream stream)
    {
        foreach (var (_, write) in pieces)
        {
            write(stream);
        }
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }

    private OnnxMessage Begin(int field, long length) =>
        Bytes([.. Varint(((ulong)field << 3) | LengthDelimited), .. Varint((ulong)length)]);

    private OnnxMessage Bytes(byte[] bytes)
    {
        pieces.Add((bytes.Length, stream => stream.Write(bytes)));
        return this;
    }
}
