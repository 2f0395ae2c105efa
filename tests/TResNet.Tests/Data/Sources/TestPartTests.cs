using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

/// <summary>Where images for the end are found: beside others to test on meanwhile, however they are told apart.</summary>
public sealed class TestPartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TestPartTests() => folder.Images("1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_column_of_three_parts_has_images_that_nobody_chooses_by()
    {
        var list = folder.Write(
            "list.csv",
            "path,label,split\n1.jpg,cat,train\n2.jpg,dog,train\n3.jpg,cat,val\n4.jpg,dog,test\n5.jpg,cat,test\n6.jpg,dog,spare\n"
        );

        foreach (var path in new[] { list, folder.Path })
        {
            var (train, validation) = ImageSources.Load(path);
            var test = ImageSources.LoadTest(path, null, null, null)!;

            Assert.Equal(["1.jpg: cat", "2.jpg: dog"], folder.Listed(train));
            Assert.Equal(["3.jpg: cat"], folder.Listed(validation));
            Assert.Equal(["4.jpg: dog", "5.jpg: cat"], folder.Listed(test));
            Assert.Equal(("list (held out)", "list (test)"), (validation.Name, test.Name));
            Assert.Contains(
                "2 of its lines are for the end of a training, which measures its best weights on them once where --test-data names no others.",
                train.Remarks
            );
            Assert.Contains("1 of its lines belong to another part and are left out.", train.Remarks);
        }
    }

    [Fact]
    public void A_part_called_test_alone_is_the_one_to_test_on()
    {
        var list = folder.Write("list.csv", "path,label,split\n1.jpg,cat,train\n2.jpg,dog,train\n3.jpg,cat,test\n");

        Assert.Equal(["3.jpg: cat"], folder.Listed(ImageSources.Load(list).Validation));
        Assert.Null(ImageSources.LoadTest(list, null, null, null));

        // Beside a list that is named for that, it is for the end, and nothing of it is trained on.
        var other = folder.Write("other.csv", "path,label\n4.jpg,dog\n");
        Assert.Equal(["1.jpg: cat", "2.jpg: dog"], folder.Listed(ImageSources.Load(list, other, null).Train));
        Assert.Equal(["3.jpg: cat"], folder.Listed(ImageSources.LoadTest(list, other, null, null)!));
    }

    [Fact]
    public void Lists_beside_each_other_and_in_parts_have_a_third()
    {
        folder.Write("a/train.csv", "../1.jpg,cat\n../2.jpg,dog\n");
        folder.Write("a/val.csv", "../3.jpg,cat\n");
        folder.Write("a/test.csv", "../4.jpg,dog\n");
        Assert.Equal(["4.jpg: dog"], folder.Listed(ImageSources.LoadTest(folder["a"], null, null, null)!));
        Assert.Equal(["3.jpg: cat"], folder.Listed(ImageSources.Load(folder["a"]).Validation));

        foreach (
            var (part, row) in new[]
            {
                ("train", "1.jpg,cat\n2.jpg,dog\n"),
                ("validation", "1.jpg,cat\n"),
                ("test", "2.jpg,dog\n"),
            }
        )
        {
            folder.Images($"b/{part}/1.jpg", $"b/{part}/2.jpg");
            folder.Write($"b/{part}/metadata.csv", "file_name,label\n" + row);
        }

        Assert.Equal(["b/test/2.jpg: dog"], folder.Listed(ImageSources.LoadTest(folder["b"], null, null, null)!));
        Assert.Equal(["b/validation/1.jpg: cat"], folder.Listed(ImageSources.Load(folder["b"]).Validation));
    }

    [Fact]
    public void A_competitions_list_without_labels_is_none()
    {
        folder.Write("a/train.csv", "path,label\n../1.jpg,cat\n../2.jpg,dog\n");
        folder.Write("a/val.csv", "path,label\n../3.jpg,cat\n");
        folder.Write("a/test.csv", "id,path\n1,../4.jpg\n");

        Assert.Null(ImageSources.LoadTest(folder["a"], null, null, null));

        var list = folder.Write(
            "list.csv",
            "path,label,split\n1.jpg,cat,train\n2.jpg,dog,train\n3.jpg,cat,val\n4.jpg,unknown,test\n"
        );
        Assert.Null(ImageSources.LoadTest(list, null, null, null));
        Assert.Contains(
            "1 of its lines belong to another part and are left out.",
            ImageSources.Load(list).Train.Remarks
        );
    }

    [Fact]
    public void A_pack_keeps_the_three_parts()
    {
        var list = folder.Write(
            "list.csv",
            "path,label,split\n1.jpg,cat,train\n2.jpg,dog,train\n3.jpg,cat,val\n4.jpg,dog,test\n"
        );
        var (train, validation) = ImageSources.Load(list);
        PackedImages.Pack(train, validation, folder["two.pack"]);
        Assert.Equal(
            4,
            PackedImages.Pack(
                train,
                validation,
                folder["three.pack"],
                test: ImageSources.LoadTest(list, null, null, null)
            )
        );

        Assert.Null(ImageSources.LoadTest(folder["two.pack"], null, null, null));
        var test = ImageSources.LoadTest(folder["three.pack"], null, null, null)!;
        Assert.Equal(("list (test)", 1), (test.Name, test.Count));
        Assert.Equal(1, test.LabelsOf(0)[0]);
        Assert.Equal("4.jpg", Path.GetFileName(test.Open(0).Name.Split(" in ")[0]));
        var (packed, held) = ImageSources.Load(folder["three.pack"]);
        Assert.Equal((2, 1), (packed.Count, held.Count));
    }
}
