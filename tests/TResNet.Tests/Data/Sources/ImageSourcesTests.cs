using TResNet.Data;
using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

public sealed class ImageSourcesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_path_is_opened_as_what_lies_there()
    {
        folder.Images("flowers/rose/1.jpg", "flowers/tulip/1.jpg");
        Assert.Equal("flowers (train)", ImageSources.Load(folder["flowers"]).Train.Name);

        folder.Write("mnist/train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
        folder.Write("mnist/t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 1]);
        folder.Write("mnist/train-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 8, 9, 10]);
        folder.Write("mnist/t10k-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 11, 12]);
        var (train, validation) = ImageSources.Load(folder["mnist"]);
        Assert.Equal(("mnist (train)", 2, 1), (train.Name, train.Count, validation.Count));
        Assert.Equal([1], train.LabelsOf(0).ToArray());
        Assert.Equal([9, 9, 9, 10, 10, 10], train.Open(1).Decode().Pixels);

        folder.Write("list.csv", "flowers/rose/1.jpg,rose\nflowers/tulip/1.jpg,tulip\n");
        Assert.Equal("list (train)", ImageSources.Load(folder["list.csv"]).Train.Name);

        folder.Write("cifar/train.bin", []);
        Assert.Contains(
            "fine_label_names.txt, which belongs to CIFAR",
            Assert.Throws<TResNetException>(() => ImageSources.Load(folder["cifar"])).Message
        );
    }

    [Theory]
    [InlineData("", '.', "")]
    [InlineData("raw/", '-', "")]
    [InlineData("MNIST/raw/", '-', "")]
    [InlineData("", '-', "emnist-digits-")]
    public void IDX_files_are_found_by_every_name_that_they_have(string place, char mark, string before)
    {
        var at = $"mnist/{place}{before}";
        folder.Write($"{at}train-labels{mark}idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
        folder.Write($"{at}test-labels{mark}idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 1]);
        folder.Write($"{at}train-images{mark}idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 8]);
        folder.Write($"{at}test-images{mark}idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9]);

        var (train, validation) = ImageSources.Load(folder["mnist"]);

        Assert.Equal((2, 1), (train.Count, validation.Count));
    }

    [Fact]
    public void Files_of_two_IDX_data_sets_in_one_folder_give_one_sentence()
    {
        folder.Write("emnist/emnist-digits-train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);
        folder.Write("emnist/emnist-letters-train-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 1, 0]);

        Assert.Contains(
            "holds both emnist-digits-train-labels-idx1-ubyte and emnist-letters-train-labels-idx1-ubyte; move",
            Assert.Throws<TResNetException>(() => ImageSources.Load(folder["emnist"])).Message
        );
    }

    [Theory]
    [InlineData("images.tar.gz", "unpack it and name the folder.")]
    [InlineData("images.zip", "unpack it and name the folder.")]
    public void An_archive_is_to_be_unpacked(string name, string advice) =>
        Assert.EndsWith(
            advice,
            Assert.Throws<TResNetException>(() => ImageSources.Load(folder.Write(name, "PK"))).Message
        );

    [Fact]
    public void A_path_to_nothing_of_the_kind_gives_one_sentence()
    {
        Assert.Equal(
            "There is no folder or CSV file /nowhere; check the name.",
            Assert.Throws<TResNetException>(() => ImageSources.Load("/nowhere")).Message
        );
        var file = folder.Write("model.pth", "");
        Assert.Equal(
            $"{file} is a file, but images come in a folder, in a CSV file of paths and labels, or in a pack; name one of these.",
            Assert.Throws<TResNetException>(() => ImageSources.Load(file)).Message
        );
    }

    [Fact]
    public void The_embedded_images_are_a_source_too()
    {
        var (source, data) = (
            FashionMnist.LoadSource(FashionMnistSplit.Validation),
            FashionMnist.Load(FashionMnistSplit.Validation)
        );
        using var scope = TorchSharp.torch.NewDisposeScope();
        var (images, labels) = data.GetBatch([17]);

        Assert.Equal((data.Name, data.Count, data.Classes), (source.Name, source.Count, source.Classes));
        Assert.Equal(labels.data<long>()[0], source.LabelsOf(17)[0]);
        Assert.Equal(
            images
                .data<float>()
                .Select(value => (byte)Math.Round(value * 255))
                .SelectMany(grey => new[] { grey, grey, grey }),
            source.Open(17).Decode().Pixels
        );
    }

    [Fact]
    public void A_folder_of_images_can_be_tested_on_another()
    {
        folder.Images("a/x/1.jpg", "a/y/2.jpg", "b/y/3.jpg");

        var (train, validation) = ImageSources.Load(folder["a"], folder["b"], options: null);

        Assert.Equal(["a/x/1.jpg: x", "a/y/2.jpg: y"], folder.Listed(train));
        Assert.Equal(["b/y/3.jpg: y"], folder.Listed(validation));
    }

    [Theory]
    [InlineData("a", "nothing", "There is no folder or CSV file FOLDER/nothing; check the name.")]
    [InlineData(
        "a",
        "a/x",
        "FOLDER/a/x holds no folders, but each class of images needs one; name the folder that holds them."
    )]
    [InlineData(
        "a",
        "b.csv",
        "FOLDER/b.csv cannot hold out images for FOLDER/a: name two CSV files, or two folders with a folder for each class."
    )]
    [InlineData(
        "b.csv",
        "a",
        "FOLDER/a cannot hold out images for FOLDER/b.csv: name two CSV files, or two folders with a folder for each class."
    )]
    public void Images_that_cannot_be_tested_on_give_one_sentence(string train, string validation, string sentence)
    {
        folder.Images("a/x/1.jpg", "a/y/2.jpg");
        folder.Write("b.csv", "a/x/1.jpg,x\na/y/2.jpg,y\n");

        var error = Assert.Throws<TResNetException>(() =>
            ImageSources.Load(folder[train], folder[validation], options: null)
        );

        Assert.Equal(sentence, error.Message.Replace(folder.Path, "FOLDER"));
    }
}
