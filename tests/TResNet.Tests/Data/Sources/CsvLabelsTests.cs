using TResNet.Data;
using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

public sealed class CsvLabelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CsvLabelsTests() => folder.Images("1.jpg", "2.jpg", "more/3.png");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("path,labels\n")]
    [InlineData("Image,Tags\r\n\r\n")]
    public void Each_line_names_an_image_and_its_labels(string header)
    {
        var csv = folder.Write("tags.csv", header + "1.jpg,sofa;cat\n2.jpg,\n more/3.png , dog | cat |cat\n");

        var (train, validation) = CsvLabels.Load(csv);

        Assert.Equal(["cat", "dog", "sofa"], train.Classes);
        Assert.Equal(["1.jpg: cat sofa", "2.jpg: "], folder.Listed(train));
        Assert.Equal(["more/3.png: cat dog"], folder.Listed(validation));
        Assert.True(train.IsMultiLabel);
        Assert.Equal(("tags (train)", "tags (held out)"), (train.Name, validation.Name));
    }

    [Fact]
    public void A_header_finds_its_columns_among_others()
    {
        var csv = folder.Write("tags.csv", "id,label,width,filename\n7,cat,23,1.jpg\n8,dog,23,2.jpg\n");

        Assert.Equal(["1.jpg: cat", "2.jpg: dog"], folder.Listed(CsvLabels.Load(csv).Train));
    }

    [Fact]
    public void One_label_in_each_line_is_an_ordinary_data_set() =>
        Assert.False(CsvLabels.Load(folder.Write("tags.csv", "1.jpg,cat\n2.jpg,dog\n")).Train.IsMultiLabel);

    [Fact]
    public void A_second_file_holds_the_images_held_out()
    {
        var csv = folder.Write("train.csv", "1.jpg,cat\n2.jpg,dog\n");
        folder.Write("val.csv", "more/3.png,dog\n");

        var (train, validation) = ImageSources.Load(folder.Path);

        Assert.Equal(["1.jpg: cat", "2.jpg: dog"], folder.Listed(train));
        Assert.Equal(["more/3.png: dog"], folder.Listed(validation));
        Assert.Equal(CsvLabels.Load(csv, folder["val.csv"]).Validation.Count, validation.Count);
    }

    [Fact]
    public void Every_fifth_line_of_a_label_is_held_out_where_there_is_no_second_file()
    {
        var lines = string.Concat(Enumerable.Repeat("1.jpg,cat;dog\n2.jpg,\n", 5)) + "2.jpg,dog\n";

        var (train, validation) = CsvLabels.Load(folder.Write("tags.csv", lines));

        Assert.Equal(9, train.Count);
        Assert.Equal(["1.jpg: cat dog", "2.jpg: "], folder.Listed(validation));
    }

    [Fact]
    public void A_path_that_leads_nowhere_is_skipped_and_named()
    {
        var source = CsvLabels.Load(folder.Write("tags.csv", "1.jpg,cat\nlost.jpg,dog\n")).Train;

        Assert.Null(source.Read(1, image => image.Decode()));
        Assert.Equal($"{folder["lost.jpg"]} does not exist; check the name.", source.Skipped.ToList()[0].Reason);
    }

    [Fact]
    public void Malformed_lists_give_one_sentence()
    {
        var csv = folder["tags.csv"];
        Assert.Equal($"{csv} does not exist, but a CSV file was expected there; check the name.", Refused(null));
        Assert.Equal(
            $"{csv} lists no images; it needs a line with a path and labels for each.",
            Refused("path,labels\n")
        );
        Assert.Equal($"{csv} lists no images; it needs a line with a path and labels for each.", Refused(""));
        Assert.Equal(
            $"Line 2 of {csv} has 1 column, but there have to be two: a path and labels; correct it.",
            Refused("1.jpg,cat\n2.jpg;dog\n")
        );
        Assert.Equal(
            $"Line 1 of {csv} has 3 columns, but there have to be two: a path and labels; correct it.",
            Refused("1.jpg,cat,dog\n")
        );
        Assert.Equal(
            $"Line 3 of {csv} has 2 columns, but there have to be at least 3, as in its header; correct it.",
            Refused("id,path,label\n1,1.jpg,cat\n2,2.jpg\n")
        );
        Assert.Equal(
            $"The header of {csv} has no column for labels (it has path, kind, place); call it labels.",
            Refused("path,kind,place\n1.jpg,cat,here\n")
        );
        Assert.Equal($"Line 2 of {csv} has no path; add it or remove the line.", Refused("1.jpg,cat\n ,dog\n"));
        Assert.Equal(
            $"{csv} has one label, cat, but there have to be at least two; check its columns.",
            Refused("1.jpg,cat\n2.jpg,cat\n")
        );
    }

    [Fact]
    public void A_label_that_is_only_held_out_gives_one_sentence()
    {
        var train = folder.Write("train.csv", "1.jpg,cat\n2.jpg,dog\n");
        var val = folder.Write("val.csv", "1.jpg,cat\n2.jpg,cat;fish\n");

        Assert.Equal(
            $"Line 2 of {val} has the label fish that {train} has not; a network can only be tested on labels it was trained on, so rename or remove it.",
            Assert.Throws<TResNetException>(() => CsvLabels.Load(train, val)).Message
        );
    }

    private string Refused(string? content)
    {
        if (content is not null)
        {
            folder.Write("tags.csv", content);
        }

        return Assert.Throws<TResNetException>(() => CsvLabels.Load(folder["tags.csv"])).Message;
    }
}
