using TResNet.Data.Sources;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Sources;

public sealed class ImageFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_with_train_and_val_has_two_parts()
    {
        folder.Images(
            "train/tulip/2.jpg",
            "train/tulip/10.jpg",
            "train/rose/1.png",
            "val/rose/9.jpg",
            "val/tulip/8.jpg"
        );

        var (train, validation) = ImageFolder.Load(folder.Path);

        Assert.Equal(["rose", "tulip"], train.Classes);
        Assert.Equal(
            ["train/rose/1.png: rose", "train/tulip/10.jpg: tulip", "train/tulip/2.jpg: tulip"],
            folder.Listed(train)
        );
        Assert.Equal(["val/rose/9.jpg: rose", "val/tulip/8.jpg: tulip"], folder.Listed(validation));
        var name = Path.GetFileName(folder.Path);
        Assert.Equal(($"{name} (train)", $"{name} (held out)"), (train.Name, validation.Name));
        Assert.False(train.IsMultiLabel);
    }

    [Theory]
    [InlineData("valid")]
    [InlineData("validation")]
    [InlineData("test")]
    public void The_held_out_part_may_have_another_name(string part)
    {
        folder.Images("train/a/1.jpg", "train/b/1.jpg", $"{part}/b/2.jpg");

        var (_, validation) = ImageFolder.Load(folder.Path);

        // The only class that is held out keeps its label.
        Assert.Equal([$"{part}/b/2.jpg: b"], folder.Listed(validation));
    }

    [Fact]
    public void A_test_folder_without_classes_is_not_the_held_out_part()
    {
        folder.Images("train/a/1.jpg", "train/b/1.jpg", "test/2.jpg");

        Assert.Equal(
            (2, 0),
            (ImageFolder.Load(folder.Path).Train.Count, ImageFolder.Load(folder.Path).Validation.Count)
        );
    }

    [Fact]
    public void Without_parts_every_fifth_image_of_each_class_is_held_out()
    {
        folder.Images([.. "abcdefghijk".SelectMany(c => new[] { $"rose/{c}.jpg", $"tulip/{c}.jpg" })]);

        var (train, validation) = ImageFolder.Load(folder.Path);

        Assert.Equal(18, train.Count);
        Assert.Equal(
            ["rose/e.jpg: rose", "rose/j.jpg: rose", "tulip/e.jpg: tulip", "tulip/j.jpg: tulip"],
            folder.Listed(validation)
        );
        Assert.Empty(folder.Listed(train).Intersect(folder.Listed(validation)));
    }

    [Fact]
    public void Classes_and_files_are_in_the_order_that_torchvision_gives_them()
    {
        // Capitals before small letters, 10 before 2, and the files of a folder before those of the folders in it.
        folder.Images(
            "train/b/1.jpg",
            "train/a/2.jpg",
            "train/a/10.jpg",
            "train/a/0/z.jpg",
            "train/a/B.JPEG",
            "train/Z/1.jpg",
            "train/n/deep/er/1.png",
            "train/n/deep/2.png",
            "val/a/1.jpg"
        );

        var train = ImageFolder.Load(folder.Path).Train;

        Assert.Equal(["Z", "a", "b", "n"], train.Classes);
        Assert.Equal(
            [
                "train/Z/1.jpg: Z",
                "train/a/10.jpg: a",
                "train/a/2.jpg: a",
                "train/a/B.JPEG: a",
                "train/a/0/z.jpg: a",
                "train/b/1.jpg: b",
                "train/n/deep/2.png: n",
                "train/n/deep/er/1.png: n",
            ],
            folder.Listed(train)
        );
    }

    [Fact]
    public void Other_files_and_hidden_ones_are_no_images()
    {
        folder.Images("a/1.jpg", "b/1.jpg", "a/._1.jpg", "a/.thumbs/1.jpg", ".ipynb_checkpoints/1.jpg");
        folder.Images("a/__MACOSX/2.jpg", "__MACOSX/a/2.jpg", "@eaDir/3.jpg");
        folder.Write("a/readme.txt", "no image");
        folder.Write("a/Thumbs.db", "no image");
        folder.Write("labels.txt", "a b");

        Assert.Equal(["a/1.jpg: a", "b/1.jpg: b"], folder.Listed(ImageFolder.Load(folder.Path).Train));
    }

    [Fact]
    public void A_damaged_file_is_skipped_counted_and_named()
    {
        folder.Images("train/a/1.jpg", "train/a/5.jpg", "train/b/1.jpg", "val/a/1.jpg");
        folder.Write("train/a/2.jpg", "");
        folder.Write("train/a/3.jpg", "Not found");
        folder.Write("train/b/2.jpg", ImageFixture.Bytes("color_420.jpg").AsSpan(0, 500));
        var source = ImageFolder.Load(folder.Path).Train;

        for (var epoch = 0; epoch < 2; epoch++)
        {
            var images = Enumerable.Range(0, source.Count).Select(i => source.Read(i, image => image.Decode()));
            Assert.Equal(3, images.Count(image => image is not null));
        }

        Assert.Equal(3, source.Skipped.Count);
        Assert.Equal(
            $"""
            3 images were skipped:
              {folder[
                "train/a/2.jpg"
            ]} is empty (0 bytes), or a pipe or a device; copy or download it again, or remove it.
              {folder["train/a/3.jpg"]} is no image but text that starts with "Not found"; replace it or remove it.
              and 1 more
            """,
            source.Skipped.Describe(most: 2)
        );
        Assert.Equal([1, 2, 5], source.Skipped.ToList().Select(image => image.Index));
    }

    [Fact]
    public void A_file_that_vanishes_is_skipped_and_named()
    {
        folder.Images("a/1.jpg", "b/1.jpg");
        var source = ImageFolder.Load(folder.Path).Train;
        Assert.Equal("No image was skipped.", source.Skipped.Describe());

        File.Delete(folder["b/1.jpg"]);

        Assert.Null(source.Read(1, image => image.Decode()));
        Assert.Equal(
            $"1 image was skipped:\n  {folder["b/1.jpg"]} does not exist; check the name.",
            source.Skipped.Describe()
        );
    }

    [Fact]
    public void A_damaged_file_is_fatal_where_that_was_asked_for()
    {
        folder.Images("a/1.jpg");
        folder.Write("b/1.jpg", "");
        var source = ImageFolder.Load(folder.Path, options: new SourceOptions { Strict = true }).Train;

        Assert.NotNull(source.Read(0, image => image.Decode()));
        Assert.Equal(
            $"{folder["b/1.jpg"]} is empty (0 bytes), or a pipe or a device; copy or download it again, or remove it.",
            Assert.Throws<TResNetException>(() => source.Read(1, image => image.Decode())).Message
        );
    }

    [Fact]
    public void The_options_limits_hold()
    {
        folder.Images("a/1.jpg", "b/1.jpg");
        var options = new SourceOptions { Limits = new() { MaxPixels = 100 } };

        var source = ImageFolder.Load(folder.Path, options: options).Train;

        Assert.Null(source.Read(0, image => image.Decode()));
        Assert.Contains("at most 100 are read", source.Skipped.Describe());
    }

    [Fact]
    public void Images_can_be_read_from_several_threads()
    {
        folder.Images([.. Enumerable.Range(0, 50).SelectMany(i => new[] { $"a/{i}.jpg", $"b/{i}.png" })]);
        folder.Write("b/broken.png", "");
        var source = ImageFolder.Load(folder.Path).Train;

        Parallel.For(0, source.Count * 4, i => source.Read(i % source.Count, image => image.Decode()));

        Assert.Equal(1, source.Skipped.Count);
    }

    [Fact]
    public void An_index_of_no_image_is_a_mistake_of_the_caller()
    {
        folder.Images("a/1.jpg", "b/1.jpg");
        var source = ImageFolder.Load(folder.Path).Train;

        Assert.Throws<ArgumentOutOfRangeException>(() => source.Open(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Read(-1, image => image.Decode()));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.LabelsOf(2).Length);
    }

    [Fact]
    public void Folders_that_are_no_classes_of_images_give_one_sentence()
    {
        Assert.Equal(
            $"{folder.Path} holds no folders, but each class of images needs one; name the folder that holds them.",
            Refused()
        );
        folder.Images("flowers/1.jpg");
        Assert.Equal(
            $"{folder.Path} holds one class, flowers, but there have to be at least two; name the folder that holds the classes.",
            Refused()
        );
        Directory.CreateDirectory(folder["trees"]);
        Assert.Equal(
            $"{folder["trees"]} holds no images (files named .jpg, .png, .webp and the like); add some or remove the folder.",
            Refused()
        );
    }

    [Fact]
    public void A_class_that_is_only_held_out_gives_one_sentence()
    {
        folder.Images("train/a/1.jpg", "train/b/1.jpg", "val/a/1.jpg", "val/c/1.jpg");

        Assert.Equal(
            $"{folder["val"]} has a class c that {folder["train"]} has not; a network can only be tested on classes it was trained on, so rename or remove it.",
            Refused()
        );
    }

    private string Refused() => Assert.Throws<TResNetException>(() => ImageFolder.Load(folder.Path)).Message;
}
