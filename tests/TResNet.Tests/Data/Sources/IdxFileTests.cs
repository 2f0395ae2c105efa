using System.IO.Compression;
using TResNet.Data;
using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

public sealed class IdxFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("idx").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("images.idx")]
    [InlineData("images.idx.gz")]
    public void A_file_is_read_plain_and_compressed(string name)
    {
        var idx = IdxFile.Read(Write(name, [0, 0, 8, 3, .. Int(2), .. Int(1), .. Int(3), 1, 2, 3, 4, 5, 255]), rank: 3);

        Assert.Equal([2, 1, 3], idx.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 255], idx.Data.ToArray());
    }

    [Fact]
    public void A_file_of_several_megabytes_is_read_whole()
    {
        var content = new byte[3_000_001];
        new Random(1).NextBytes(content);

        var idx = IdxFile.Read(Write("many.gz", [0, 0, 8, 1, .. Int(content.Length), .. content]), rank: 1);

        Assert.Equal(content, idx.Data.ToArray());
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("labels.gz")]
    public void A_truncated_idx_file_gives_one_sentence(string name)
    {
        var path = Write(name, [0, 0, 8, 1, .. Int(10), 1, 2, 3, 4, 5, 6, 7]);

        Assert.Matches(
            "is truncated: its header promises 10 bytes of data, but .* 7; copy or download it again",
            Refused(path)
        );
    }

    [Fact]
    public void A_truncated_archive_gives_one_sentence()
    {
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        var path = Write("labels.gz", [0, 0, 8, 1, .. Int(content.Length), .. content]);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..50_000]);

        Assert.Contains("copy or download it again", Refused(path));
    }

    [Fact]
    public void An_archive_that_is_none_gives_one_sentence() =>
        Assert.Contains("is not a whole gzip file", Refused(Write("labels.gz", [1, 2, 3], compress: false)));

    [Fact]
    public void Another_format_gives_one_sentence_with_the_bytes_it_starts_with() =>
        Assert.Contains(
            "starts with the bytes 89504E47, but an IDX file of unsigned bytes with 1 dimension starts with 00000801",
            Refused(Write("labels", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A]))
        );

    [Fact]
    public void Images_in_place_of_labels_give_one_sentence() =>
        Assert.Contains(
            "starts with the bytes 00000803",
            Refused(Write("labels", [0, 0, 8, 3, .. Int(1), .. Int(1), .. Int(1), 7]))
        );

    [Fact]
    public void An_empty_file_gives_one_sentence() =>
        Assert.Contains("is empty (0 bytes), or a pipe or a device", Refused(Write("labels", [])));

    [Fact]
    public void A_file_that_ends_in_its_header_gives_one_sentence() =>
        Assert.Contains("ends inside its header, which needs 8 bytes", Refused(Write("labels", [0, 0, 8, 1, 0, 0])));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_dimension_below_one_gives_one_sentence(int length) =>
        Assert.Contains(
            $"the length {length}, but it has to be at least 1",
            Refused(Write("labels", [0, 0, 8, 1, .. Int(length)]))
        );

    [Fact]
    public void Bytes_after_the_data_give_one_sentence() =>
        Assert.Contains("goes on after the 2 bytes", Refused(Write("labels", [0, 0, 8, 1, .. Int(2), 1, 2, 3])));

    [Theory]
    [InlineData("images")]
    [InlineData("images.gz")]
    public void A_header_that_lies_costs_no_memory(string name)
    {
        // 65536 x 65536 x 65536 wraps round to 0 in 32 and in 48 bits.
        var path = Write(name, [0, 0, 8, 3, .. Int(65536), .. Int(65536), .. Int(65536), 1]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var sentence = Refused(path, rank: 3);

        Assert.Contains("its header promises 65536 x 65536 x 65536 bytes of data, but it can hold at most", sentence);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void An_archive_that_promises_what_it_could_hold_costs_no_more_than_it_holds()
    {
        // The archive is large enough for the promise to be possible, so only reading it tells.
        var noise = new byte[1_000_000];
        new Random(1).NextBytes(noise);
        var path = Write("labels.gz", [0, 0, 8, 1, .. Int(500_000_000), .. noise]);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains("but the file holds 1,000,000", Refused(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5_000_000);
    }

    [Fact]
    public void A_missing_file_gives_one_sentence() =>
        Assert.Contains(
            "does not exist, but an IDX file was expected there",
            Refused(Path.Combine(folder, "none", "labels"))
        );

    [Fact]
    public void A_folder_in_place_of_a_file_gives_one_sentence() => Assert.Contains("cannot be read", Refused(folder));

    private static string Refused(string path, int rank = 1)
    {
        var message = Assert.Throws<TResNetException>(() => IdxFile.Read(path, rank)).Message;
        Assert.StartsWith(path, message);
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private string Write(string name, byte[] content, bool compress = true)
    {
        var path = Path.Combine(folder, name);
        using var file = File.Create(path);
        if (compress && name.EndsWith(".gz"))
        {
            using var gzip = new GZipStream(file, CompressionLevel.Fastest);
            gzip.Write(content);
        }
        else
        {
            file.Write(content);
        }

        return path;
    }

    private static byte[] Int(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
