using System.Text;
using TResNet.Data;
using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

/// <summary>Lists as competitions and data sets write them.</summary>
public sealed class CsvColumnsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CsvColumnsTests() => folder.Images("im/1.jpg", "im/2.jpg", "im/3.png", "im/4.jpg");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("image_id,label", "im/1.jpg,cat", "im/2.jpg,dog")]
    [InlineData("image_name,tags", "im/1.jpg,cat", "im/2.jpg,dog")]
    [InlineData("id,breed", "1,cat", "2,dog")]
    [InlineData("Image,Id", "1.jpg,cat", "2.jpg,dog")]
    [InlineData("label,filename", "cat,1.jpg", "dog,2.jpg")]
    [InlineData(",filepaths,labels", "0,1.jpg,cat", "1,2.jpg,dog")]
    [InlineData("lesion_id,image_id,dx,dx_type,age", "HAM_1,1,cat,histo,80.0", "HAM_2,2,dog,histo,70.0")]
    [InlineData("image_id;species", "1;cat", "2;dog")]
    [InlineData("sep=;", "image;class", "im/1.jpg;cat", "im/2.jpg;dog")]
    [InlineData("image\tclass", "im/1.jpg\tcat", "im/2.jpg\tdog")]
    [InlineData("path,diagnosis", "C:\\data\\im\\1.jpg,cat", "C:\\data\\im\\2.jpg,dog")]
    [InlineData("path,category", "/kaggle/input/pets/im/1.jpg,cat", "/kaggle/input/pets/im/2.jpg,dog")]
    [InlineData("file,cat,dog", "1.jpg,1,0", "2.jpg,0,1")]
    [InlineData("image,cat,dog", "1,1.0,0.0", "2,0.0,1.0")]
    [InlineData("fname,what it is", "1.jpg,cat", "2.jpg,dog")]
    [InlineData("im/1.jpg,cat", "im/2.jpg,dog", "")]
    [InlineData("cat,im/1.jpg", "dog,im/2.jpg", "")]
    [InlineData("\"image\",\"label\"", "\"im/1.jpg\",\"cat\"", "\"im/2.jpg\",\"dog\"")]
    [InlineData("path,labels", "1.jpg,['cat']", "2.jpg,['dog']")]
    public void The_columns_are_found(params string[] lines)
    {
        var train = Load(string.Join("\r\n", lines));

        Assert.Equal(["cat", "dog"], train.Classes);
        Assert.False(train.IsMultiLabel);
        Assert.Equal(["im/1.jpg: cat", "im/2.jpg: dog"], folder.Listed(train));
    }

    [Theory]
    [InlineData("image_name,tags", "1,clear primary", "2,cloudy", "3,clear primary water", "4,cloudy water")]
    [InlineData(
        "Image Index,Finding Labels",
        "1.jpg,clear|primary",
        "2.jpg,cloudy",
        "3.png,clear|primary|water",
        "4.jpg,cloudy|water"
    )]
    [InlineData(
        "path,labels",
        "1.jpg,\"clear, primary\"",
        "2.jpg,cloudy",
        "3.png,\"clear,primary,water\"",
        "4.jpg,\"cloudy,water\""
    )]
    [InlineData(
        "path;labels",
        "1.jpg;clear,primary",
        "2.jpg;cloudy",
        "3.png;clear,primary,water",
        "4.jpg;cloudy,water"
    )]
    [InlineData(
        "path,labels",
        "1.jpg,\"['clear', 'primary']\"",
        "2.jpg,['cloudy']",
        "3.png,\"['clear','primary','water']\"",
        "4.jpg,\"['cloudy', 'water']\""
    )]
    [InlineData("id,clear,cloudy,primary,water", "1,1,0,1,0", "2,0,1,0,0", "3,1,0,1,1", "4,-1,1,,1")]
    public void Several_labels_are_told_apart(params string[] lines)
    {
        var (train, validation) = CsvLabels.Load(folder.Write("list.csv", string.Join('\n', lines)));

        Assert.True(train.IsMultiLabel);
        Assert.Equal(["clear", "cloudy", "primary", "water"], train.Classes);
        Assert.Equal(
            ["im/1.jpg: clear primary", "im/2.jpg: cloudy", "im/3.png: clear primary water", "im/4.jpg: cloudy water"],
            folder.Listed(train).Concat(folder.Listed(validation)).Order()
        );
    }

    [Theory]
    [InlineData("image,breed", "Golden retriever", "Labrador retriever")]
    [InlineData("image,labels", "Golden retriever", "Border collie")]
    public void The_words_of_a_name_are_no_labels(string header, string one, string other) =>
        Assert.Equal(
            new[] { one, other }.Order(StringComparer.Ordinal),
            Load($"{header}\nim/1.jpg,{one}\nim/2.jpg,{other}\n").Classes
        );

    [Fact]
    public void A_column_says_which_part_an_image_belongs_to()
    {
        var csv = folder.Write(
            "birds.csv",
            "class index,filepaths,labels,data set\n0,im/1.jpg,crow,train\n1,im/2.jpg,owl,train\n0,im/3.png,crow,test\n1,im/4.jpg,owl,valid\n"
        );

        var (train, validation) = CsvLabels.Load(csv);

        Assert.Equal(["im/1.jpg: crow", "im/2.jpg: owl"], folder.Listed(train));
        Assert.Equal(["im/4.jpg: owl"], folder.Listed(validation));
        Assert.Equal(
            [
                $"{csv}: images in filepaths, labels in labels, parts in data set.",
                "1 of its lines are for the end of a training, which measures its best weights on them once where --test-data names no others.",
            ],
            train.Remarks
        );
    }

    [Fact]
    public void Lines_without_a_label_are_left_out_and_counted_where_no_line_has_several()
    {
        var train = Load("image,label\nim/1.jpg,cat\nim/2.jpg,dog\nim/3.png,\n");

        Assert.False(train.IsMultiLabel);
        Assert.Equal(["im/1.jpg: cat", "im/2.jpg: dog"], folder.Listed(train));
        Assert.Contains("1 of its lines have no label and are left out.", train.Remarks);
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("latin1", false)]
    public void Text_is_read_in_every_encoding_of_spreadsheets(string name, bool hasMark)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] content =
        [
            .. hasMark ? encoding.GetPreamble() : [],
            .. encoding.GetBytes("image,label\r\nim/1.jpg,Köter\r\nim/2.jpg,chat\r\n"),
        ];
        folder.Write("list.csv", content);

        Assert.Equal(["Köter", "chat"], CsvLabels.Load(folder["list.csv"]).Train.Classes);
    }

    [Fact]
    public void A_competitions_folder_is_read_by_its_list()
    {
        folder.Images("dogs/train/a1.jpg", "dogs/train/b2.jpg", "dogs/test/c3.jpg");
        folder.Write("dogs/labels.csv", "id,breed\na1,collie\nb2,pug\n");
        folder.Write("dogs/sample_submission.csv", "id,collie,pug\nc3,0.5,0.5\n");

        var train = ImageSources.Load(folder["dogs"]).Train;

        Assert.Equal(["dogs/train/a1.jpg: collie", "dogs/train/b2.jpg: pug"], folder.Listed(train));
    }

    [Fact]
    public void Folders_that_are_called_otherwise_than_the_labels_are_no_classes()
    {
        folder.Images("ham/part_1/1.jpg", "ham/part_2/2.jpg");
        var csv = folder.Write("ham/metadata.csv", "image_id,dx,age\n1,nv,70\n2,mel,80\n");

        var train = ImageSources.Load(folder["ham"]).Train;

        Assert.Equal(["ham/part_1/1.jpg: nv", "ham/part_2/2.jpg: mel"], folder.Listed(train));
        Assert.Equal([$"{csv}: images in image_id, labels in dx."], train.Remarks);
    }

    [Fact]
    public void Lists_may_lie_in_the_parts()
    {
        folder.Images("hf/train/1.jpg", "hf/train/2.jpg", "hf/test/3.jpg");
        folder.Write("hf/train/metadata.csv", "file_name,label\n1.jpg,cat\n2.jpg,dog\n");
        folder.Write("hf/test/metadata.csv", "file_name,label\n3.jpg,dog\n");

        var (train, validation) = ImageSources.Load(folder["hf"]);

        Assert.Equal(["hf/train/1.jpg: cat", "hf/train/2.jpg: dog"], folder.Listed(train));
        Assert.Equal(["hf/test/3.jpg: dog"], folder.Listed(validation));
    }

    [Fact]
    public void Parts_without_classes_are_no_classes_themselves()
    {
        folder.Images("photos/train/1.jpg", "photos/train/2.jpg", "photos/test/3.jpg", "photos/test/4.jpg");

        Assert.Contains(
            "holds test, train, but no folder in them names a class; name a CSV file",
            Assert.Throws<TResNetException>(() => ImageSources.Load(folder["photos"])).Message
        );
    }

    [Fact]
    public void A_list_of_what_the_folders_say_changes_nothing()
    {
        folder.Images("pets/cat/1.jpg", "pets/dog/2.jpg");
        folder.Write("pets/pets.csv", "file,species\ncat/1.jpg,cat\ndog/2.jpg,dog\n");

        Assert.StartsWith("pets (train)", ImageSources.Load(folder["pets"]).Train.Name);
    }

    [Fact]
    public void Several_lists_of_one_folder_give_one_sentence()
    {
        folder.Write("a.csv", "image,label\nim/1.jpg,x\nim/2.jpg,y\n");
        folder.Write("b.csv", "image,label\nim/1.jpg,x\nim/2.jpg,y\n");

        Assert.Equal(
            $"{folder.Path} holds several lists of its images, a.csv, b.csv; name one of them.",
            Assert.Throws<TResNetException>(() => ImageSources.Load(folder.Path)).Message
        );
    }

    [Fact]
    public void A_test_list_without_labels_is_not_the_held_out_part()
    {
        folder.Images("leaf/train_images/1.jpg", "leaf/train_images/2.jpg", "leaf/test_images/9.jpg");
        folder.Write("leaf/train.csv", "image_id,label\n1.jpg,0\n2.jpg,3\n");
        folder.Write("leaf/test.csv", "image_id\n9.jpg\n");

        var train = ImageSources.Load(folder["leaf"]).Train;

        Assert.Equal(["leaf/train_images/1.jpg: 0", "leaf/train_images/2.jpg: 3"], folder.Listed(train));
    }

    private ImageSource Load(string content) => CsvLabels.Load(folder.Write("list.csv", content)).Train;
}
