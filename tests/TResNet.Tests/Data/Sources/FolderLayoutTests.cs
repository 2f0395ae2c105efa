using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

/// <summary>Where data sets of the field put their parts.</summary>
public sealed class FolderLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Training", "Testing")]
    [InlineData("Train", "Val")]
    [InlineData("TRAIN", "TEST")]
    [InlineData("train", "dev")]
    [InlineData("training", "validation")]
    [InlineData("seg_train/seg_train", "seg_test/seg_test")]
    [InlineData("training_set/training_set", "test_set/test_set")]
    [InlineData("asl_alphabet_train/asl_alphabet_train", "asl_alphabet_test")]
    [InlineData("train_another", "validation_another")]
    [InlineData("archive/chest_xray/train", "archive/chest_xray/val")]
    [InlineData("data/train/images", "data/valid/images")]
    public void Parts_are_found_by_the_names_that_people_give_them(string train, string validation)
    {
        folder.Images(
            $"{train}/cat/1.jpg",
            $"{train}/dog/2.jpg",
            $"{validation}/cat/3.jpg",
            $"{validation}/dog/4.jpg",
            "__MACOSX/cat/._1.jpg"
        );

        var (trained, tested) = ImageFolder.Load(folder.Path);

        Assert.Equal(["cat", "dog"], trained.Classes);
        Assert.Equal([$"{train}/cat/1.jpg: cat", $"{train}/dog/2.jpg: dog"], folder.Listed(trained));
        Assert.Equal([$"{validation}/cat/3.jpg: cat", $"{validation}/dog/4.jpg: dog"], folder.Listed(tested));
        Assert.Empty(trained.Remarks);
    }

    [Fact]
    public void What_is_left_unused_is_named_in_one_sentence()
    {
        folder.Images("train/a/1.jpg", "train/b/1.jpg", "val/a/2.jpg", "test/a/3.jpg", "seg_pred/4.jpg");

        var (train, validation) = ImageFolder.Load(folder.Path);

        Assert.Equal(["val/a/2.jpg: a"], folder.Listed(validation));
        Assert.Equal(
            [
                $"{folder.Path}: trains on train and tests on val; left unused: seg_pred.",
                $"{folder.Path}: test is for the end of a training, which measures its best weights on it once.",
            ],
            train.Remarks
        );
    }

    [Fact]
    public void A_test_folder_that_nobody_has_labelled_is_left_unused()
    {
        folder.Images([.. "12345".Select(c => $"train/a/{c}.jpg"), "train/b/1.jpg", "test/test/9.jpg"]);

        var (train, validation) = ImageFolder.Load(folder.Path);

        Assert.Equal(["train/a/5.jpg: a"], folder.Listed(validation));
        Assert.Equal(
            [$"{folder.Path}: trains on train and tests on every fifth image of it; left unused: test."],
            train.Remarks
        );
    }

    [Fact]
    public void A_class_may_be_called_train()
    {
        folder.Images("bus/1.jpg", "bus/2.jpg", "train/1.jpg", "train/2.jpg");

        Assert.Equal(["bus", "train"], ImageFolder.Load(folder.Path).Train.Classes);
    }

    [Fact]
    public void Parts_may_lie_in_the_classes()
    {
        folder.Images("cat/train/1.jpg", "cat/test/2.jpg", "dog/train/3.jpg", "dog/test/4.jpg");

        var (train, validation) = ImageFolder.Load(folder.Path);

        Assert.Equal(["cat/train/1.jpg: cat", "dog/train/3.jpg: dog"], folder.Listed(train));
        Assert.Equal(["cat/test/2.jpg: cat", "dog/test/4.jpg: dog"], folder.Listed(validation));
    }

    [Fact]
    public void Parts_to_test_on_alone_give_one_sentence()
    {
        folder.Images("test/a/1.jpg", "test/b/1.jpg", "val/a/1.jpg", "val/b/1.jpg");

        Assert.Equal(
            $"{folder.Path} holds test and val, but no folder of images to train on, such as train; name it, and these with --val-data.",
            Assert.Throws<TResNetException>(() => ImageFolder.Load(folder.Path)).Message
        );
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 1)]
    [InlineData(9, 1)]
    [InlineData(10, 2)]
    public void Of_each_class_with_two_images_one_is_held_out(int images, int validation)
    {
        folder.Images([.. Enumerable.Range(0, images).Select(i => $"a/{i}.jpg"), "b/1.jpg", "b/2.jpg"]);

        Assert.Equal(validation + 1, ImageFolder.Load(folder.Path).Validation.Count);
    }

    [Fact]
    public void Capitals_do_not_make_another_class_where_they_are_all_that_differs()
    {
        folder.Images("train/Cat/1.jpg", "train/Dog/1.jpg", "test/cat/2.jpg", "test/dog/2.jpg");

        Assert.Equal(
            ["test/cat/2.jpg: Cat", "test/dog/2.jpg: Dog"],
            folder.Listed(ImageFolder.Load(folder.Path).Validation)
        );
    }

    [Fact]
    public void A_name_in_another_normal_form_is_told_from_another_class()
    {
        folder.Images("train/caf\u00E9/1.jpg", "train/bar/1.jpg", "val/bar/1.jpg", "val/cafe\u0301/1.jpg");

        Assert.Contains(
            "looks like it, but is written with other Unicode characters",
            Assert.Throws<TResNetException>(() => ImageFolder.Load(folder.Path)).Message
        );
    }

    [Fact]
    public void Images_beside_the_classes_are_counted()
    {
        folder.Images("a/1.jpg", "a/2.jpg", "b/1.jpg", "stray.jpg");

        Assert.Equal(
            [$"1 image lies in {folder.Path} itself and not in the folder of a class: left unused."],
            ImageFolder.Load(folder.Path).Train.Remarks
        );
    }

    [Fact]
    public void A_loop_of_links_is_gone_round_once()
    {
        folder.Images("a/1.jpg", "a/2.jpg", "b/1.jpg");
        Directory.CreateSymbolicLink(folder["a/loop"], folder["a"]);
        Directory.CreateSymbolicLink(folder["a/up"], folder.Path);
        Directory.CreateSymbolicLink(folder["b/nowhere"], folder["gone"]);

        var (train, validation) = ImageFolder.Load(folder.Path);

        // Through the second link, the other class is below this one.
        Assert.Equal(
            ["a/1.jpg", "a/2.jpg", "a/up/b/1.jpg", "b/1.jpg"],
            folder.Listed(train).Concat(folder.Listed(validation)).Select(line => line.Split(':')[0]).Order()
        );
    }

    [Fact]
    public void A_pipe_is_no_image_and_nobody_waits_for_it()
    {
        folder.Images("train/a/1.jpg", "train/b/1.jpg", "val/a/1.jpg");
        using (var made = System.Diagnostics.Process.Start("mkfifo", folder["train/a/2.jpg"]))
        {
            made.WaitForExit();
        }

        File.CreateSymbolicLink(folder["train/a/3.jpg"], "/dev/zero");
        File.CreateSymbolicLink(folder["train/a/4.jpg"], folder["train/a/4.jpg"]);
        var source = ImageFolder.Load(folder.Path).Train;

        var read = Enumerable.Range(0, source.Count).Count(i => source.Read(i, image => image.Decode()) is not null);

        Assert.Equal((2, 3), (read, source.Skipped.Count));
        Assert.Contains("or a pipe or a device", source.Skipped.Describe());
    }

    [Fact]
    public void A_folder_whose_name_is_no_text_gives_one_sentence()
    {
        folder.Images("a/1.jpg");
        using (var made = System.Diagnostics.Process.Start("sh", ["-c", $"mkdir {folder.Path}/$(printf 'caf\\351')"]))
        {
            made.WaitForExit();
        }

        Assert.Contains(
            "has a name that is not UTF-8; rename it",
            Assert.Throws<TResNetException>(() => ImageFolder.Load(folder.Path)).Message
        );
        using var removed = System.Diagnostics.Process.Start("sh", ["-c", $"rmdir {folder.Path}/caf*"]);
        removed.WaitForExit();
    }
}
