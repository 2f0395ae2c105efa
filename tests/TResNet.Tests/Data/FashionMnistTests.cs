using TResNet.Data;
using TResNet.Data.Sources;

namespace TResNet.Tests.Data;

public sealed class FashionMnistTests
{
    [Fact]
    public void The_shipped_images_are_split_8000_to_2000()
    {
        var train = FashionMnist.Load(FashionMnistSplit.Train);
        var validation = FashionMnist.Load(FashionMnistSplit.Validation);

        Assert.Equal((8000, "Fashion-MNIST 10k (train)"), (train.Count, train.Name));
        Assert.Equal((2000, "Fashion-MNIST 10k (held out)"), (validation.Count, validation.Name));
        Assert.Equal((1, 28, 28, 10), (train.Channels, train.Height, train.Width, train.Classes.Count));
    }

    [Theory]
    [InlineData(FashionMnistSplit.Train, 800)]
    [InlineData(FashionMnistSplit.Validation, 200)]
    public void Each_class_has_its_share_in_both_parts(FashionMnistSplit split, int each)
    {
        var data = (IdxSource)FashionMnist.LoadSource(split);

        var counts = Enumerable.Range(0, data.Count).CountBy(i => data.LabelsOf(i)[0]).ToDictionary();

        Assert.Equal(Enumerable.Range(0, 10).ToDictionary(label => label, _ => each), counts);
    }

    [Fact]
    public void Within_each_class_in_file_order_every_fifth_image_is_held_out()
    {
        int[] labels = [7, 7, 3, 7, 7, 7, 3, 7, 3, 3, 3];

        Assert.Equal([5, 10], HoldOut.Select(labels, validation: true));
        Assert.Equal([0, 1, 2, 3, 4, 6, 7, 8, 9], HoldOut.Select(labels, validation: false));
    }

    [Fact]
    public void The_first_image_is_an_ankle_boot_and_is_trained_on()
    {
        // The first image of the file is an ankle boot; it is the first of its class, so it is trained on.
        var train = (IdxSource)FashionMnist.LoadSource(FashionMnistSplit.Train);

        Assert.Equal("Ankle boot", train.Classes[train.LabelsOf(0)[0]]);
        Assert.True(train.Pixels(0)[14 * 28 + 20] > 100, "the boot is bright in the middle");
        Assert.Equal(0, train.Pixels(0)[0]);
    }

    [Fact]
    public void A_missing_data_folder_gives_one_sentence() =>
        Assert.Equal(
            "The data folder /nowhere/fashion-mnist does not exist, though TRESNET_DATASETS names /nowhere; "
                + "create it or set TRESNET_DATASETS to the folder that holds fashion-mnist.",
            Assert.Throws<TResNetException>(() => DatasetFolder.Find("fashion-mnist", "/nowhere", [])).Message
        );

    [Fact]
    public void A_program_outside_the_checkout_is_told_where_to_look() =>
        Assert.Equal(
            "There is no folder datasets/fashion-mnist in or above / or /usr; "
                + "run from the checkout or set TRESNET_DATASETS to the folder that holds fashion-mnist.",
            Assert.Throws<TResNetException>(() => DatasetFolder.Find("fashion-mnist", null, ["/", "/usr/"])).Message
        );

    [Fact]
    public void A_folder_without_the_files_gives_one_sentence() =>
        Assert.Equal(
            "/usr/t10k-labels-idx1-ubyte.gz does not exist, but an IDX file was expected there; check the folder's name.",
            Assert.Throws<TResNetException>(() => FashionMnist.LoadEmbedded(FashionMnistSplit.Train, "/usr")).Message
        );

    [Fact]
    public void Without_the_Debian_package_the_full_set_gives_one_sentence() =>
        Assert.Equal(
            "The full Fashion-MNIST is not in /nowhere; install it with `apt install dataset-fashion-mnist`, "
                + "or use the 10,000 images that come with this package.",
            Assert.Throws<TResNetException>(() => FashionMnist.LoadFull(FashionMnistSplit.Train, "/nowhere")).Message
        );

    [Fact]
    public void The_full_set_has_60000_images_where_the_package_is_installed()
    {
        // Both outcomes are a promise: the images where the package is installed, the sentence where it is not.
        const string Folder = "/usr/share/datasets/fashion-mnist";
        if (Directory.Exists(Folder))
        {
            Assert.Equal(60_000, FashionMnist.Load(FashionMnistSplit.Train, full: true).Count);
            Assert.Equal(10_000, FashionMnist.Load(FashionMnistSplit.Validation, full: true).Count);
        }
        else
        {
            Assert.Throws<TResNetException>(() => FashionMnist.Load(FashionMnistSplit.Train, full: true));
        }
    }

    [Fact]
    public void Images_and_labels_of_different_data_sets_give_one_sentence()
    {
        var folder = Directory.CreateTempSubdirectory("idx").FullName;
        try
        {
            var images = Path.Combine(folder, "images");
            var labels = Path.Combine(folder, "labels");
            File.WriteAllBytes(images, [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 10, 20]);
            File.WriteAllBytes(labels, [0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2]);
            Assert.Equal(
                $"{images} holds 2 images but {labels} holds 3 labels; use two files of one data set.",
                Assert.Throws<TResNetException>(() => Read(images, labels)).Message
            );

            File.WriteAllBytes(labels, [0, 0, 8, 1, 0, 0, 0, 2, 0, 3]);
            Assert.Equal(
                $"{labels} gives image 1 the label 3, but the labels of cats and dogs are 0 to 1; use the files of that data set.",
                Assert.Throws<TResNetException>(() => Read(images, labels)).Message
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static IdxSource Read(string images, string labels) =>
            IdxSource.Read(
                "cats and dogs",
                ["cat", "dog"],
                images,
                labels,
                all => [.. Enumerable.Range(0, all.Length)]
            );
    }
}
