// Lists of images with any number of labels each, as competitions and multi-label data sets (MS-COCO, Open Images, own tags) are usually handed on.

using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>
/// A CSV file with a path and labels in each line: <c>images/1.jpg,cat;sofa</c>. Which columns they are is decided by what a header calls them and by
/// which files are there, or each class has a column of zeros and ones; a column may say which part an image belongs to. Several labels are separated by
/// <c>;</c> or <c>|</c>, and under a plural (labels, tags) by commas or spaces too; <c>?</c> before one says that nobody knows whether it is there. Paths are relative to the file, or to a folder beside it, and may lack
/// their ending. Fields may be separated by tabs or semicolons; the text is UTF-8, UTF-16 or Latin-1.
/// </summary>
internal static class CsvLabels
{
    /// <summary>Reads lists of images.</summary>
    /// <param name="train">The file of the images to train on.</param>
    /// <param name="validation">
    /// The file of the images to test on; null where a column says which they are, or to hold out every fifth image of each first label.
    /// </param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>
    /// The images to train on and those held out; with several labels if any line has several. Classes are the labels of the training part in ordinal
    /// order, or as the options say.
    /// </returns>
    /// <exception cref="TResNetException">
    /// A file is missing or malformed, has no images, fewer than two labels, or validation labels that are not trained on; or a decoding library is
    /// missing.
    /// </exception>
    public static (ImageSource Train, ImageSource Validation) Load(
        string train,
        string? validation = null,
        SourceOptions? options = null
    )
    {
        var (trained, tested, _) = Read(train, validation, options ?? SourceOptions.Default);
        return tested is null ? SourceSubset.Split(trained) : (trained, tested);
    }

    /// <summary>The images for the end, where a column says which they are and which are to test on meanwhile.</summary>
    /// <returns>Null where it does not.</returns>
    /// <exception cref="TResNetException">As of <see cref="Load"/>.</exception>
    internal static ImageSource? LoadTest(string train, string? validation, SourceOptions? options) =>
        Read(train, validation, options ?? SourceOptions.Default).Test;

    private static (ImageSource Train, ImageSource? Validation, ImageSource? Test) Read(
        string train,
        string? validation,
        SourceOptions options
    )
    {
        ImageCodec.Jpeg.Require();
        ImageCodec.Png.Require();
        var name = Path.GetFileNameWithoutExtension(train);
        var list = CsvList.Read(train);
        List<string> remarks = [.. list.Remarks];
        var (trained, tested, last) = Parts(list, validation is null ? null : CsvList.Read(validation), remarks);
        var classes = ClassesOf(train, trained, options, remarks);
        RequireKnown(train, validation ?? train, tested ?? [], classes, options);
        RequireKnown(train, train, last, classes, options);
        var several = trained
            .Concat(tested ?? [])
            .Concat(last)
            .Any(row => row.Labels.Count != 1 || row.Unknown.Count > 0);
        return (
            Source(tested is null ? name : $"{name} (train)", train, trained, remarks),
            tested is null ? null : Source($"{name} (held out)", validation ?? train, tested, []),
            last.Count == 0 ? null : Source($"{name} (test)", train, last, [])
        );

        FileListSource Source(string title, string csv, IReadOnlyList<CsvRow> rows, List<string> remarks)
        {
            var labelled = rows.Select(row =>
                    (row.Path, Labels: LabelsOf(row.Labels, classes), Unknown: LabelsOf(row.Unknown, classes))
                )
                .Where(row => several || row.Labels.Length == 1)
                .ToArray();
            return new FileListSource(
                title,
                Path.GetDirectoryName(Path.GetFullPath(csv))!,
                classes.Names,
                [.. labelled.Select(row => row.Path)],
                [.. labelled.Select(row => row.Labels)],
                several,
                options
            )
            {
                Remarks = remarks,
                Unknown = labelled.Any(row => row.Unknown.Length > 0) ? [.. labelled.Select(row => row.Unknown)] : null,
            };
        }
    }

    /// <summary>The lists of a folder that holds them: <c>train.csv</c> and <c>val.csv</c>, or what else such lists are called.</summary>
    /// <returns>Null where there is none to train on; a list for the end stands beside one to test on meanwhile.</returns>
    internal static (string Train, string? Validation, string? Test)? FindIn(string folder)
    {
        string[] names =
        [
            .. Directory
                .EnumerateFiles(folder)
                .Where(IsList)
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Order(StringComparer.Ordinal),
        ];
        var (train, others) = SplitNames.Find(names);
        if (train is null)
        {
            return null;
        }

        // A competition's test list names images that nobody has labelled.
        var labelled = others.Where(other => CsvList.HasLabels(File(other))).ToList();
        return (
            File(train),
            labelled is [var first, ..] ? File(first) : null,
            LastOf(labelled) is { } last && SharesLabels(File(train), File(last)) ? File(last) : null
        );

        string File(string name) =>
            Directory.EnumerateFiles(folder, name + ".*").Order(StringComparer.Ordinal).First(IsList);
    }

    /// <summary>The lists in a folder that say what images in it show; those that are to be handed in at a competition's end are none.</summary>
    internal static string[] AllIn(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder)
                .Where(IsList)
                .Where(file => !Path.GetFileName(file).Contains("submission", StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .Where(CsvList.IsOfImages),
        ];

    /// <summary>The lists within the parts of a data set, as Hugging Face's <c>metadata.csv</c>.</summary>
    /// <returns>Null where the parts hold folders, or no list of their images; a list for the end stands beside one to test on meanwhile.</returns>
    internal static (string Train, string? Validation, string? Test)? FindInParts(string folder)
    {
        var (train, validation) = SplitNames.Find(FolderTree.Folders(folder));
        var listed = validation.Where(name => AllIn(Path.Combine(folder, name)).Length > 0).ToList();
        return
            train is not null
            && !FolderTree.HasFolders(Path.Combine(folder, train))
            && AllIn(Path.Combine(folder, train)) is [var only]
            ? (only, ListIn(listed.FirstOrDefault()), ListIn(LastOf(listed)))
            : null;

        string? ListIn(string? part) => part is null ? null : AllIn(Path.Combine(folder, part))[0];
    }

    // Of parts that may be tested on, the first comes first.
    private static string? LastOf(List<string> parts) =>
        parts is [var first, .. var others] && !SplitNames.IsTest(first) ? others.Find(SplitNames.IsTest) : null;

    /// <summary>Whether each of these is a label of a list.</summary>
    internal static bool Knows(string list, IEnumerable<string> classes)
    {
        var labels = CsvList.Read(list).Rows.SelectMany(row => row.Labels).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return classes.All(labels.Contains);
    }

    // What a competition's test list has beside its images are no labels; one that cannot be read is none for the end of a training.
    private static bool SharesLabels(string list, string other)
    {
        try
        {
            return SharesLabels(CsvList.Read(list).Rows, CsvList.Read(other).Rows);
        }
        catch (TResNetException)
        {
            return false;
        }
    }

    private static bool SharesLabels(IEnumerable<CsvRow> rows, IEnumerable<CsvRow> others) =>
        rows.SelectMany(row => row.Labels).Intersect(others.SelectMany(row => row.Labels)).Any();

    /// <summary>Whether a file is called like a list.</summary>
    internal static bool IsList(string path) =>
        Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv" && !Path.GetFileName(path).StartsWith('.');

    /// <summary>Reads the lists of a folder.</summary>
    internal static (ImageSource Train, ImageSource Validation) LoadFolder(string folder, SourceOptions? options)
    {
        var (train, validation, _) = FindIn(folder)!.Value;
        return Load(train, validation, options);
    }

    private static (IReadOnlyList<CsvRow> Trained, IReadOnlyList<CsvRow>? Tested, IReadOnlyList<CsvRow> Last) Parts(
        CsvList list,
        CsvList? other,
        List<string> remarks
    )
    {
        var parts = list.Rows.ToLookup(row => row.Part);
        CsvRow[] trained = [.. parts[CsvPart.Train]];
        if (trained.Length == 0)
        {
            return (list.Rows, other?.Rows, []);
        }

        CsvRow[] last = [.. parts[CsvPart.Test]];
        CsvRow[] tested = [.. parts[CsvPart.Validation]];
        var rest = list.Rows.Count - trained.Length - last.Length - (other is null ? tested.Length : 0);
        if (other is null && tested.Length == 0)
        {
            (tested, last) = (last, []);
        }

        if (last.Length > 0 && !SharesLabels(trained, last))
        {
            (last, rest) = ([], rest + last.Length);
        }

        if (rest > 0)
        {
            remarks.Add($"{rest:N0} of its lines belong to another part and are left out.");
        }

        if (last.Length > 0)
        {
            remarks.Add(
                $"{last.Length:N0} of its lines are for the end of a training, which measures its best weights on them once where --test-data names no others."
            );
        }

        return (trained, other?.Rows ?? (tested.Length == 0 ? null : tested), last);
    }

    private static ClassList ClassesOf(
        string train,
        IReadOnlyList<CsvRow> rows,
        SourceOptions options,
        List<string> remarks
    )
    {
        string[] found = [.. rows.SelectMany(row => row.Labels).Distinct()];
        return found.Length switch
        {
            0 => throw new TResNetException(
                $"{train} has no labels, but there have to be at least two; check its columns."
            ),
            1 => throw new TResNetException(
                $"{train} has one label, {found[0]}, but there have to be at least two; check its columns."
            ),
            _ => ClassList.Of(found, options, train, remarks),
        };
    }

    private static void RequireKnown(
        string train,
        string validation,
        IReadOnlyList<CsvRow> tested,
        ClassList classes,
        SourceOptions options
    )
    {
        var odd = tested.FirstOrDefault(row => row.Labels.Any(label => classes.LabelOf(label) is null));
        if (odd is not null && options.ClassMap is null)
        {
            throw new TResNetException(
                $"Line {odd.Line} of {validation} has the label {odd.Labels.First(label => classes.LabelOf(label) is null)} that "
                    + $"{(validation == train ? "the part to train on" : train)} has not; a network can only be tested on labels it was trained on, so rename or remove it."
            );
        }
    }

    private static int[] LabelsOf(IReadOnlyList<string> labels, ClassList classes) =>
        [.. labels.Select(classes.LabelOf).OfType<int>().Distinct().Order()];
}
