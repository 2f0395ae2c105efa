using TResNet.Data.Sources;

namespace TResNet.Tests.Data.Sources;

public sealed class ClassListTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ClassListTests() =>
        folder.Images(
            "data/c10/1.jpg",
            "data/c10/2.jpg",
            "data/c9/1.jpg",
            "data/c9/2.jpg",
            "data/B/1.jpg",
            "data/B/2.jpg"
        );

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(nameof(ClassOrder.Name), "B c10 c9")]
    [InlineData(nameof(ClassOrder.Natural), "B c9 c10")]
    public void Classes_are_in_the_order_that_is_asked_for(string order, string expected)
    {
        var options = new SourceOptions { ClassOrder = Enum.Parse<ClassOrder>(order) };
        var csv = folder.Write("list.csv", "data/c10/1.jpg,c10\ndata/c9/1.jpg,c9\ndata/B/1.jpg,B\n");

        Assert.Equal(expected, string.Join(' ', ImageFolder.Load(folder["data"], options: options).Train.Classes));
        Assert.Equal(expected, string.Join(' ', CsvLabels.Load(csv, options: options).Train.Classes));
    }

    [Theory]
    [InlineData("map.txt", "c9\nB\r\n\nc10\n")]
    [InlineData("map.json", """["c9", "B", "c10"]""")]
    [InlineData("map.json", """{"c9": 0, "c10": 2, "B": 1}""")]
    [InlineData("map.json", """{"0": "c9", "1": "B", "2": "c10"}""")]
    [InlineData("map.json", """{"0": ["c9", "cloud nine"], "2": ["c10", "bus"], "1": ["B", "bee"]}""")]
    public void A_file_says_the_order(string name, string content)
    {
        var options = new SourceOptions { ClassMap = folder.Write(name, content) };

        var (train, validation) = ImageFolder.Load(folder["data"], options: options);

        Assert.Equal(["c9", "B", "c10"], train.Classes);
        Assert.Equal(["data/c9/1.jpg: c9", "data/B/1.jpg: B", "data/c10/1.jpg: c10"], folder.Listed(train));
        Assert.Equal(3, validation.Count);
    }

    [Fact]
    public void Classes_that_the_file_does_not_name_are_left_out_and_those_without_images_stay()
    {
        var map = folder.Write("map.txt", "zebra\nc9\nB\n");

        var train = ImageFolder.Load(folder["data"], options: new SourceOptions { ClassMap = map }).Train;

        Assert.Equal(["zebra", "c9", "B"], train.Classes);
        Assert.Equal(["data/c9/1.jpg: c9", "data/B/1.jpg: B"], folder.Listed(train));
        Assert.Equal([$"{map} does not name c10, whose images are left out."], train.Remarks);
    }

    [Theory]
    [InlineData("map.txt", "x\ny\n", "names none of the classes of")]
    [InlineData("map.txt", "B\nB\nc9\n", "names B twice")]
    [InlineData("map.txt", "", "names no classes")]
    [InlineData("map.json", "{\"B\": 0, \"c9\": 5}", "numbers 2 classes from 0 to 5, but there must be no gaps")]
    [InlineData("map.json", "7", "neither a list of names nor an object")]
    [InlineData("map.json", "[1, 2]", "neither a list of names nor an object")]
    [InlineData("map.pkl", "\u0080", "is a pickle")]
    public void A_file_that_does_not_fit_gives_one_sentence(string name, string content, string expected)
    {
        var options = new SourceOptions { ClassMap = folder.Write(name, content) };

        Assert.Contains(
            expected,
            Assert.Throws<TResNetException>(() => ImageFolder.Load(folder["data"], options: options)).Message
        );
    }
}
