using System.CommandLine;
using System.CommandLine.Completions;
using Notebook;
using TResNet.Data.Sources;
using TResNet.Interactive.Commands;

namespace TResNet.Interactive.Data;

/// <summary>The options that name the images.</summary>
internal sealed class DataOptions
{
    private const string ImagesNote = "data";
    private const string ValidationNote = "val-data";
    private const string TestNote = "test-data";
    private const string OrderNote = "class-order";
    private const string MapNote = "class-map";
    private const string Name = "name";
    private const string Natural = "natural";

    public DataOptions() =>
        Images.CompletionSources.Add(_ => TrainingData.Known.Select(name => new CompletionItem(name)));

    /// <summary>The images to train on.</summary>
    public Option<string> Images { get; } =
        CommonOptions.Make(
            "--data",
            "The images: a folder with a folder for each class (or with train and val, or what else such folders are called), CIFAR's binary files or "
                + "MNIST's IDX files; a CSV file of paths and labels; a pack that the data command made; or a known data set, the 10,000 images that come along or all 70,000 of Debian's package.",
            TrainingData.Known[0],
            "name or path"
        );

    /// <summary>The images to test on.</summary>
    public Option<string?> Validation { get; } =
        new("--val-data")
        {
            Description =
                "The images to test on, where --data does not hold them: a folder or a CSV file like it. Default: val or test beside train, or every fifth image.",
            HelpName = "path",
        };

    /// <summary>The images for the end.</summary>
    public Option<string?> Test { get; } =
        new("--test-data")
        {
            Description =
                "Images that nobody chooses by, like those of --data: the best weights are measured on them once, at the end, and the variable NAME_test gets the evaluation. Default: a folder test "
                + "beside train and val.",
            HelpName = "path",
        };

    /// <summary>How the classes are numbered.</summary>
    public Option<string> Order { get; } = MakeOrder();

    /// <summary>A file that numbers the classes.</summary>
    public Option<string?> Map { get; } =
        new("--class-map")
        {
            Description =
                "A file that names the classes in the order of the network's outputs, for folders and CSV files: text with one on each line, or JSON.",
            HelpName = "file",
        };

    /// <summary>Opens what was named.</summary>
    public TrainingData Read(ParseResult parsed) => Open(Notes(parsed));

    /// <summary>Opens what was noted.</summary>
    public static TrainingData Open(IReadOnlyDictionary<string, string> notes)
    {
        var images = TrainingData.Load(
            notes.GetValueOrDefault(ImagesNote, TrainingData.Known[0]),
            notes.GetValueOrDefault(ValidationNote),
            notes.GetValueOrDefault(TestNote),
            new SourceOptions
            {
                ClassOrder = OrderOf(notes.GetValueOrDefault(OrderNote)),
                ClassMap = notes.GetValueOrDefault(MapNote),
            }
        );
        return notes.TryGetValue(Fold.Note, out var fold) ? images.Without(Fold.Parse(fold)) : images;
    }

    /// <summary>How classes are numbered as the command line has it.</summary>
    public SourceOptions ReadOrder(ParseResult parsed) =>
        new() { ClassOrder = OrderOf(parsed.GetValue(Order)), ClassMap = parsed.GetValue(Map) };

    /// <summary>Where the images are, to be found again from any folder.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="before">What was noted earlier, which holds where the command line is silent; null for nothing.</param>
    public IReadOnlyDictionary<string, string> Notes(
        ParseResult parsed,
        IReadOnlyDictionary<string, string>? before = null
    )
    {
        if (before is { Count: > 0 } && !parsed.IsGiven(Images))
        {
            return Named(parsed, new Dictionary<string, string>(before));
        }

        var notes = new Dictionary<string, string> { [ImagesNote] = Whole(parsed.GetRequiredValue(Images)) };
        return Named(parsed, notes);
    }

    /// <summary>Whether notes say where the images are.</summary>
    public static bool NameImages(IReadOnlyDictionary<string, string> notes) => notes.ContainsKey(ImagesNote);

    // What is said beside the images, which also holds for those that were noted earlier.
    private Dictionary<string, string> Named(ParseResult parsed, Dictionary<string, string> notes)
    {
        if (parsed.GetValue(Validation) is { } validation)
        {
            notes[ValidationNote] = Whole(validation);
        }

        // Not an option of every command.
        if (parsed.GetResult(Test) is not null && parsed.GetValue(Test) is { } test)
        {
            notes[TestNote] = Whole(test);
        }

        if (OrderOf(parsed.GetValue(Order)) == ClassOrder.Natural)
        {
            notes[OrderNote] = Natural;
        }

        if (parsed.GetValue(Map) is { } map)
        {
            notes[MapNote] = Whole(map);
        }

        return notes;
    }

    private static Option<string> MakeOrder()
    {
        var order = CommonOptions.Make(
            "--class-order",
            "How classes are numbered, for folders and CSV files: name (by their characters, 10 before 9, as torchvision) or natural (9 before 10, as timm).",
            Name,
            "order"
        );
        order.CompletionSources.Add(Name, Natural);
        return order;
    }

    private static ClassOrder OrderOf(string? word) =>
        word switch
        {
            null or Name => ClassOrder.Name,
            Natural => ClassOrder.Natural,
            _ => throw new CommandException($"--class-order {word} is no order: take {Name} or {Natural}."),
        };

    private static string Whole(string data) =>
        !TrainingData.Known.Contains(data) && (File.Exists(data) || Directory.Exists(data))
            ? Path.GetFullPath(data)
            : data;
}
