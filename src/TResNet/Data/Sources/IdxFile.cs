// The IDX format of MNIST (Y. LeCun, "THE MNIST DATABASE of handwritten digits", "FILE FORMATS"): two zero bytes, one byte for the
// element type, one for the number of dimensions, each dimension as a big-endian int32, then the elements in row-major order.

using System.Buffers.Binary;
using System.IO.Compression;
using TResNet.Files;

namespace TResNet.Data.Sources;

/// <summary>
/// An array of bytes in the IDX format, plain or compressed (<c>.gz</c>). Nothing that the header says is believed before the file's own
/// size has confirmed it.
/// </summary>
internal sealed class IdxFile
{
    private const byte UnsignedByte = 0x08;
    private const int MaxRank = 8;

    // DEFLATE cannot expand a byte to more than this (RFC 1951: 258 bytes from 2 bits), so a larger promise is a lie.
    private const long MaxExpansion = 1032;
    private const int FirstBlock = 1 << 20;

    private IdxFile(string path, int[] shape, byte[] data)
    {
        Path = path;
        Shape = shape;
        Data = data;
    }

    /// <summary>Where the array was read from.</summary>
    public string Path { get; }

    /// <summary>The length of each dimension, outermost first: <c>[images, height, width]</c> or <c>[labels]</c>.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements in row-major order; as many as the product of <see cref="Shape"/>.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Reads a whole file of unsigned bytes.</summary>
    /// <param name="path">The file; a name that ends in <c>.gz</c> is decompressed.</param>
    /// <param name="rank">How many dimensions the array must have: 3 for images, 1 for labels.</param>
    /// <exception cref="TResNetException">The file is missing, unreadable, of another format or rank, too short or too long.</exception>
    public static IdxFile Read(string path, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, MaxRank);
        try
        {
            RegularFile.Require(path);
            using var file = File.OpenRead(path);
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                return Parse(path, file, rank, file.Length);
            }

            using var unzipped = new GZipStream(file, CompressionMode.Decompress);
            return Parse(path, unzipped, rank, file.Length * MaxExpansion);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TResNetException(
                $"{path} does not exist, but an IDX file was expected there; check the folder's name.",
                missing
            );
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw ReadFailure.Of(path, unreadable);
        }
        catch (InvalidDataException corrupt)
        {
            throw new TResNetException(
                $"{path} is not a whole gzip file ({corrupt.Message.TrimEnd('.')}); copy or download it again.",
                corrupt
            );
        }
    }

    private static IdxFile Parse(string path, Stream stream, int rank, long most)
    {
        Span<byte> header = stackalloc byte[4 + 4 * MaxRank];
        header = header[..(4 + 4 * rank)];
        var got = stream.ReadAtLeast(header[..4], 4, throwOnEndOfStream: false);
        if (got < 4 || header[0] != 0 || header[1] != 0 || header[2] != UnsignedByte || header[3] != rank)
        {
            throw new TResNetException(
                $"{path} starts with the bytes {Convert.ToHexString(header[..got])}, but an IDX file of unsigned bytes with {Dimensions(rank)} "
                    + $"starts with {Convert.ToHexString([0, 0, UnsignedByte, (byte)rank])}; check that it is the file you mean."
            );
        }

        if (stream.ReadAtLeast(header[4..], 4 * rank, throwOnEndOfStream: false) < 4 * rank)
        {
            throw new TResNetException(
                $"{path} ends inside its header, which needs {header.Length} bytes for {Dimensions(rank)}; copy or download it again."
            );
        }

        var shape = new int[rank];
        var promised = 1L;
        for (var i = 0; i < rank; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(header[(4 + 4 * i)..]);
            if (shape[i] < 1)
            {
                throw new TResNetException(
                    $"{path} gives dimension {i + 1} of {rank} the length {shape[i]}, but it has to be at least 1; copy or download the file again."
                );
            }

            // Saturates, so that eight large dimensions cannot wrap round to a small product.
            promised = promised > Array.MaxLength / shape[i] ? long.MaxValue : promised * shape[i];
        }

        if (promised > Math.Min(most - header.Length, Array.MaxLength))
        {
            throw Short(path, shape, $"it can hold at most {Math.Max(0, most - header.Length):N0}");
        }

        var data = ReadExactly(path, stream, shape, (int)promised);
        return stream.ReadByte() < 0
            ? new IdxFile(path, shape, data)
            : throw new TResNetException(
                $"{path} goes on after the {promised:N0} bytes of its {string.Join(" x ", shape)} elements; it is damaged or two files in one, so copy or download it again."
            );
    }

    private static byte[] ReadExactly(string path, Stream stream, int[] shape, int length)
    {
        // Grows with what is really there: a small archive with a large promise never costs more than twice its contents.
        var data = new byte[Math.Min(length, FirstBlock)];
        for (var filled = 0; ; )
        {
            var read = stream.Read(data, filled, data.Length - filled);
            filled += read;
            if (filled == length)
            {
                return data;
            }

            if (read == 0)
            {
                throw Short(path, shape, $"the file holds {filled:N0}");
            }

            if (filled == data.Length)
            {
                Array.Resize(ref data, (int)Math.Min(length, 2L * filled));
            }
        }
    }

    private static TResNetException Short(string path, int[] shape, string holds) =>
        new(
            $"{path} is truncated: its header promises {string.Join(" x ", shape)} bytes of data, but {holds}; copy or download it again."
        );

    private static string Dimensions(int rank) => rank == 1 ? "1 dimension" : $"{rank} dimensions";
}
