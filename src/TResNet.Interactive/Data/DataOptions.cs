using System.CommandLine;
using System.CommandLine.Completions;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Train;

namespace TResNet.Interactive.Data;

/// <summary>The options that name the images.</summary>
internal sealed class DataOptions
{
    private const string ImagesNote = "data";
    private const string HeldOutNote = "val-data";

    public DataOptions() =>
        Images.CompletionSources.Add(_ => TrainingData.Known.Select(name => new CompletionItem(name)));

    /// <summary>The images to train on.</summary>
    public Option<string> Images { get; } =
        CommonOptions.Make(
            "--data",
            "The images: a folder with a folder for each class (or with train and val), CIFAR's binary files or MNIST's IDX files; a CSV file of "
                + "paths and labels; a pack that the data command made; or a known data set, the 10,000 images that come along or all 70,000 of Debian's package.",
            TrainingData.Known[0],
            "name or path"
        );

    /// <summary>The images to test on.</summary>
    public Option<string?> HeldOut { get; } =
        new("--val-data")
        {
            Description =
                "The images to test on, where --data does not hold them: a folder or a CSV file like it. Default: val beside train, or every fifth image.",
            HelpName = "path",
        };

    /// <summary>Opens what was named.</summary>
    public TrainingData Read(ParseResult parsed) => Open(Notes(parsed));

    /// <summary>Opens what was noted.</summary>
    public static TrainingData Open(IReadOnlyDictionary<string, string> notes) =>
        TrainingData.Load(
            notes.GetValueOrDefault(ImagesNote, TrainingData.Known[0]),
            notes.GetValueOrDefault(HeldOutNote)
        );

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
            return before;
        }

        var notes = new Dictionary<string, string> { [ImagesNote] = Whole(parsed.GetRequiredValue(Images)) };
        if (parsed.GetValue(HeldOut) is { } heldOut)
        {
            notes[HeldOutNote] = Whole(heldOut);
        }

        return notes;
    }

    private static string Whole(string data) =>
        !TrainingData.Known.Contains(data) && (File.Exists(data) || Directory.Exists(data))
            ? Path.GetFullPath(data)
            : data;
}
