// One tensor in TorchSharp's file format: element type, rank and sizes as LEB128, then the elements in row-major order,
// little-endian.
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>What stands before a tensor's elements in TorchSharp's format.</summary>
internal readonly record struct TensorHeader(ScalarType Type, long[] Shape, long Bytes)
{
    private const int MostDimensions = 64;
    private const int Chunk = 1 << 16;

    /// <summary>Reads a header and checks that its sizes make sense.</summary>
    /// <exception cref="InvalidDataException">The type is unknown or the sizes are impossible.</exception>
    public static TensorHeader Read(BinaryReader reader)
    {
        long code = reader.Decode();
        if (code > sbyte.MaxValue || !Enum.IsDefined((ScalarType)(sbyte)code))
        {
            throw new InvalidDataException($"There is no tensor element type {code}.");
        }

        long rank = reader.Decode();
        if (rank > MostDimensions)
        {
            throw new InvalidDataException($"A tensor cannot have {rank} dimensions.");
        }

        ScalarType type = (ScalarType)(sbyte)code;
        long[] shape = new long[rank];
        long bytes = type.ElementSize();
        try
        {
            for (int i = 0; i < rank; i++)
            {
                shape[i] = reader.Decode();
                bytes = checked(bytes * shape[i]);
            }
        }
        catch (OverflowException)
        {
            throw new InvalidDataException($"A tensor of shape [{string.Join(", ", shape)}] is too large.");
        }

        return new TensorHeader(type, shape, bytes);
    }

    /// <summary>Reads the elements into a new tensor on the CPU.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before the tensor does.</exception>
    public Tensor ReadTensor(BinaryReader reader)
    {
        Stream stream = reader.BaseStream;
        if (stream.CanSeek && stream.Length - stream.Position < Bytes)
        {
            throw new EndOfStreamException(
                $"{Bytes:N0} bytes should follow, but there are {stream.Length - stream.Position:N0}."
            );
        }

        Tensor tensor = torch.empty(Shape, dtype: Type);
        try
        {
            Fill(tensor, stream);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Passes over the elements.</summary>
    /// <exception cref="EndOfStreamException">The stream ends before the tensor does.</exception>
    public void Skip(BinaryReader reader)
    {
        Span<byte> passed = stackalloc byte[(int)Math.Min(Bytes, Chunk)];
        for (long left = Bytes; left > 0; left -= Chunk)
        {
            reader.BaseStream.ReadExactly(passed[..(int)Math.Min(left, passed.Length)]);
        }
    }

    private unsafe void Fill(Tensor tensor, Stream stream)
    {
        byte* start = (byte*)tensor.DataPointer;
        for (long done = 0; done < Bytes; done += Chunk)
        {
            stream.ReadExactly(new Span<byte>(start + done, (int)Math.Min(Chunk, Bytes - done)));
        }

        GC.KeepAlive(tensor);
    }
}
