using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

/// <summary>Labels of which nobody knows whether an image has them.</summary>
public sealed class UnknownLabelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public UnknownLabelsTests() => folder.Images("1.jpg", "2.jpg", "3.jpg");

    public void Dispose() => folder.Dispose();

    [Theory]
    // Explicit zeros: what is empty is not known; and beside zeros, neither is -1 (CheXpert).
    [InlineData("1,0,\n2,,1\n3,1,0", "", "b|a|")]
    [InlineData("1,0,-1\n2,1.0,1\n3,1,?", "", "b||b")]
    // -1 and 1 alone (CelebA): all known; nothing but ones: what is empty is not there.
    [InlineData("1,1,-1\n2,-1,1\n3,1,1", "", "||")]
    [InlineData("1,1,\n2,,1\n3,1,1", "No field says that a class is not there, so empty ones do.", "||")]
    [InlineData("1,1,-1\n2,,1\n3,1,1", "", "|a|")]
    public void What_a_column_for_each_class_says(string rows, string remark, string unknown)
    {
        var lines = rows.Split('\n').Select(row => $"{row[0]}.jpg{row[1..]}");
        var csv = folder.Write("flags.csv", $"image,a,b\n{string.Join('\n', lines)}\n");

        var (train, _) = CsvLabels.Load(csv, csv);

        Assert.Equal(unknown.Any(char.IsLetter) || rows.EndsWith("1,1"), train.IsMultiLabel);
        Assert.Equal(unknown, string.Join('|', UnknownOf(train)));
        Assert.Equal(unknown.Any(char.IsLetter), train.HasUnknown);
        Assert.Equal(remark.Length > 0, train.Remarks.Contains(remark));
        Assert.Equal(
            unknown.Any(char.IsLetter),
            train.Remarks.Any(each =>
                each.Contains("are not known (empty, ? or -1 beside 0): loss and metrics leave them out.")
            )
        );
    }

    [Fact]
    public void A_question_mark_before_a_label_says_so_in_a_list()
    {
        var csv = folder.Write("tags.csv", "1.jpg,cat;?dog\n2.jpg,dog|? cat\n3.jpg,?sofa;cat\n");

        var (train, _) = CsvLabels.Load(csv, csv);

        Assert.Equal(["cat", "dog"], train.Classes);
        Assert.Equal(["1.jpg: cat", "2.jpg: dog", "3.jpg: cat"], folder.Listed(train));
        Assert.Equal(["dog", "cat", ""], UnknownOf(train));
        Assert.True(train.IsMultiLabel);
        Assert.Contains(
            train.Remarks,
            remark => remark.StartsWith("3 labels of its images are not known (? before them)")
        );
    }

    [Fact]
    public void What_is_there_and_unknown_gives_one_sentence() =>
        Assert.Contains(
            "Line 2 of "
                + folder["tags.csv"]
                + " has the label dog and says that it is not known, ?dog; leave one of them out.",
            Assert
                .Throws<TResNetException>(() => CsvLabels.Load(folder.Write("tags.csv", "1.jpg,cat\n2.jpg,dog;?dog\n")))
                .Message
        );

    [Fact]
    public void A_pack_and_a_part_keep_what_is_not_known()
    {
        var csv = folder.Write("tags.csv", "1.jpg,cat;?dog\n2.jpg,dog;?cat\n3.jpg,cat;?dog\n");
        var (train, held) = CsvLabels.Load(csv);
        ImageSources.Pack(train, held, folder["tags.pack"]);

        var (packed, packedHeld) = ImageSources.Load(folder["tags.pack"]);

        Assert.Equal(["dog", "cat"], UnknownOf(train));
        Assert.Equal(["dog"], UnknownOf(held));
        Assert.Equal(UnknownOf(train), UnknownOf(packed));
        Assert.Equal(UnknownOf(held), UnknownOf(packedHeld));
        Assert.Equal([0], packed.LabelsOf(0).ToArray());
        Assert.True(packed.HasUnknown);
    }

    private static string[] UnknownOf(ImageSource source) =>
        [
            .. Enumerable
                .Range(0, source.Count)
                .Select(i => string.Join(' ', source.UnknownOf(i).ToArray().Select(label => source.Classes[label]))),
        ];
}
