using TResNet.Data;
using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

public sealed class CifarFolderTests : IDisposable
{
    private const int Pixels = 3 * 32 * 32;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("cifar-10-batches-bin/")]
    public void CIFAR10s_batches_are_read_one_after_the_other(string at)
    {
        Cifar10(at);

        var (train, validation) = CifarFolder.Load(folder.Path);

        Assert.Equal(("CIFAR-10 (train)", 10), (train.Name, train.Count));
        Assert.Equal(("CIFAR-10 (held out)", 1), (validation.Name, validation.Count));
        Assert.Equal("class 3", train.Classes[3]);
        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], Enumerable.Range(0, 10).Select(i => train.LabelsOf(i)[0]));
        Assert.Equal([6], validation.LabelsOf(0).ToArray());
    }

    [Fact]
    public void The_planes_of_red_green_and_blue_become_pixels()
    {
        Cifar10("");
        var image = CifarFolder.Load(folder.Path).Train.Open(4).Decode();

        Assert.Equal((32, 32), (image.Width, image.Height));
        // Record(3) counts up from 3: green comes 1,024 bytes after red.
        Assert.Equal([3, 3, 3, 4, 4, 4], image.Pixels[..6].Select(value => (int)value));
        Assert.Equal((byte)(3 + 40), image.Pixels[40 * 3]);
    }

    [Fact]
    public void Of_CIFAR100s_two_labels_the_fine_one_counts()
    {
        folder.Write("cifar-100-binary/fine_label_names.txt", string.Join("\n", Enumerable.Range(0, 100)) + "\n\n");
        folder.Write("cifar-100-binary/train.bin", [19, 99, .. new byte[Pixels], 1, 2, .. new byte[Pixels]]);
        folder.Write("cifar-100-binary/test.bin", [0, 50, .. new byte[Pixels]]);

        var (train, validation) = CifarFolder.Load(folder.Path);

        Assert.Equal([99], train.LabelsOf(0).ToArray());
        Assert.Equal([2], train.LabelsOf(1).ToArray());
        Assert.Equal("50", validation.Classes[validation.LabelsOf(0)[0]]);
        Assert.Equal("CIFAR-100 (train)", train.Name);
    }

    [Theory]
    [InlineData("cifar-10-batches-py/", "data_batch_1", "test_batch", "CIFAR-10 for Python", "cifar-10-binary.tar.gz")]
    [InlineData("", "data_batch_1", "test_batch", "CIFAR-10 for Python", "cifar-10-binary.tar.gz")]
    [InlineData("cifar-100-python/", "train", "test", "CIFAR-100 for Python", "cifar-100-binary.tar.gz")]
    [InlineData("", "data_batch_1.mat", "test_batch.mat", "CIFAR-10 for Matlab", "cifar-10-binary.tar.gz")]
    [InlineData("", "cifar-10-python.tar.gz", "x", "CIFAR-10 for Python", "cifar-10-binary.tar.gz")]
    [InlineData("", "cifar-100-binary.tar.gz", "x", "is not unpacked", "cifar-100-binary.tar.gz")]
    public void Another_version_is_named_with_what_to_do(
        string at,
        string train,
        string test,
        string kind,
        string archive
    )
    {
        folder.Write(at + train, "x");
        folder.Write(at + test, "x");

        var sentence = Assert.Throws<TResNetException>(() => ImageSources.Load(folder.Path)).Message;

        Assert.Contains(kind, sentence);
        Assert.Contains(archive, sentence);
    }

    [Fact]
    public void A_truncated_file_gives_one_sentence()
    {
        Cifar10("");
        folder.Write("data_batch_4.bin", new byte[Pixels]);
        Assert.Equal(
            $"{folder["data_batch_4.bin"]} has 3,072 bytes, which is not a whole number of 3,073-byte images; copy or download it again.",
            Refused()
        );
        folder.Write("data_batch_4.bin", []);
        Assert.Contains("data_batch_4.bin has 0 bytes", Refused());
    }

    [Fact]
    public void A_label_that_does_not_exist_gives_one_sentence()
    {
        Cifar10("");
        folder.Write("data_batch_2.bin", [.. Record(2), .. Record(10)]);

        Assert.Equal(
            $"{folder["data_batch_2.bin"]} gives image 1 the label 10, but the labels are 0 to 9; copy or download it again.",
            Refused()
        );
    }

    [Theory]
    [InlineData("data_batch_3.bin")]
    [InlineData("test_batch.bin")]
    [InlineData("batches.meta.txt")]
    public void A_missing_file_gives_one_sentence(string file)
    {
        Cifar10("");
        File.Delete(folder[file]);

        Assert.Equal($"{folder.Path} holds no {file}, which belongs to CIFAR; copy or download it again.", Refused());
    }

    [Fact]
    public void Too_few_names_give_one_sentence()
    {
        Cifar10("");
        folder.Write("batches.meta.txt", "cat\ndog\n");

        Assert.Equal(
            $"{folder["batches.meta.txt"]} names 2 classes, but CIFAR-10 has 10; copy or download it again.",
            Refused()
        );
    }

    [Fact]
    public void A_folder_without_CIFAR_gives_one_sentence() =>
        Assert.Equal(
            $"{folder.Path} holds neither data_batch_1.bin nor train.bin; a CIFAR folder has the files of the binary version.",
            Refused()
        );

    private void Cifar10(string at)
    {
        folder.Write($"{at}batches.meta.txt", string.Join("\n", Enumerable.Range(0, 10).Select(i => $"class {i}")));
        for (byte batch = 1; batch <= 5; batch++)
        {
            folder.Write($"{at}data_batch_{batch}.bin", [.. Record(batch), .. Record(batch)]);
        }

        folder.Write($"{at}test_batch.bin", Record(6));
    }

    private static byte[] Record(byte label) =>
        [label, .. Enumerable.Range(label, Pixels).Select(value => (byte)value)];

    private string Refused() => Assert.Throws<TResNetException>(() => CifarFolder.Load(folder.Path)).Message;
}
