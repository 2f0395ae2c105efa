using System.Buffers.Binary;
using TResNet.Data.Images;

namespace TResNet.Tests.Data.Images;

public sealed class ExifOrientationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_eight_are_read_in_either_byte_order(bool little)
    {
        for (ushort orientation = 1; orientation <= 8; orientation++)
        {
            Assert.Equal(orientation, ExifOrientation.Read(Tiff(little, type: 3, orientation)));
            Assert.Equal(orientation, ExifOrientation.Read(Tiff(little, type: 4, orientation)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(256)]
    public void A_number_that_is_none_of_them_leaves_the_picture_as_it_is(int orientation) =>
        Assert.Equal(1, ExifOrientation.Read(Tiff(little: true, type: 3, (ushort)orientation)));

    [Fact]
    public void Metadata_cut_off_anywhere_leaves_the_picture_as_it_is()
    {
        var whole = Tiff(little: false, type: 3, 6);

        // The value lies in the last entry's first two value bytes; the entry counts once it is whole.
        Assert.All(
            Enumerable.Range(0, whole.Length),
            length => Assert.Equal(1, ExifOrientation.Read(whole.AsSpan(0, length)))
        );
        Assert.Equal(6, ExifOrientation.Read(whole));
    }

    [Fact]
    public void A_directory_outside_the_metadata_is_not_looked_at()
    {
        var tiff = Tiff(little: true, type: 3, 6);
        foreach (var offset in new[] { uint.MaxValue, (uint)int.MaxValue, (uint)tiff.Length, (uint)tiff.Length - 1 })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(tiff.AsSpan(4), offset);
            Assert.Equal(1, ExifOrientation.Read(tiff));
        }
    }

    [Fact]
    public void Random_bytes_behind_a_right_start_never_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var tiff = new byte[random.Next(8, 60)];
            random.NextBytes(tiff);
            "II*\0"u8.CopyTo(tiff);
            tiff[5] = tiff[6] = tiff[7] = 0;
            Assert.InRange(ExifOrientation.Read(tiff), 1, 8);
        }
    }

    /// <summary>A directory of two entries, of which the second is the orientation.</summary>
    internal static byte[] Tiff(bool little, ushort type, ushort orientation)
    {
        List<byte> tiff = [.. little ? "II"u8 : "MM"u8, .. Number(42, 2), .. Number(8, 4), .. Number(2, 2)];
        tiff.AddRange([.. Number(0x010F, 2), .. Number(2, 2), .. Number(1, 4), .. Number(0, 4)]);
        var width = type == 3 ? 2 : 4;
        tiff.AddRange([.. Number(0x0112, 2), .. Number(type, 2), .. Number(1, 4), .. Number(orientation, width)]);
        tiff.AddRange(new byte[4 - width]);
        return [.. tiff];

        IEnumerable<byte> Number(int value, int bytes)
        {
            var order = Enumerable.Range(0, bytes).Select(i => (byte)(value >> (8 * i)));
            return little ? order : order.Reverse();
        }
    }
}
