// A list of images with any number of labels each, as multi-label data sets (MS-COCO, Open Images, own tags) are usually handed on.

using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>
/// A CSV file with a path and labels in each line: <c>images/1.jpg,cat;sofa</c>. Labels are separated by <c>;</c> or <c>|</c>; paths are relative to
/// the file. A first line with a column called path, file, filename or image is a header, whose column labels, label, tags or class holds the
/// labels; without one the first column is the path, the second the labels.
/// </summary>
public static class CsvLabels
{
    private static readonly string[] PathColumns = ["path", "file", "filename", "image"];
    private static readonly string[] LabelColumns = ["labels", "label", "tags", "class"];
    private static readonly char[] Separators = [';', '|'];

    /// <summary>Reads lists of images. Classes are the labels of the training list in ordinal order.</summary>
    /// <param name="train">The file of the images to train on.</param>
    /// <param name="heldOut">The file of the images to test on; null to hold out every fifth image of each first label.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out; with several labels if any line of either has not exactly one.</returns>
    /// <exception cref="TResNetException">
    /// A file is missing or malformed, has no images, fewer than two labels, or held-out labels that are not trained on; or a decoding library is
    /// missing.
    /// </exception>
    public static (ImageSource Train, ImageSource HeldOut) Load(
        string train,
        string? heldOut = null,
        SourceOptions? options = null
    )
    {
        ImageCodec.Jpeg.Require();
        ImageCodec.Png.Require();
        var name = Path.GetFileNameWithoutExtension(train);
        var trained = Read(train);
        string[] classes = [.. trained.SelectMany(row => row.Labels).Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length < 2)
        {
            throw new TResNetException(
                $"{train} has {(classes.Length == 0 ? "no labels" : $"one label, {classes[0]}")}, but there have to be at least two; check its second column."
            );
        }

        var tested = heldOut is null ? [] : Read(heldOut);
        var unknown = tested.FirstOrDefault(row => row.Labels.Except(classes).Any());
        if (unknown is not null)
        {
            throw new TResNetException(
                $"Line {unknown.Line} of {heldOut} has the label {unknown.Labels.Except(classes).First()} that {train} has not; "
                    + "a network can only be tested on labels it was trained on, so rename or remove it."
            );
        }

        var several = trained.Concat(tested).Any(row => row.Labels.Count != 1);
        return heldOut is null
            ? SourceSubset.Split(Source(name, train, trained))
            : (Source($"{name} (train)", train, trained), Source($"{name} (held out)", heldOut, tested));

        FileListSource Source(string title, string csv, IReadOnlyList<Row> rows)
        {
            int[][] labels =
            [
                .. rows.Select(row =>
                        row.Labels.Select(label => Array.BinarySearch(classes, label, StringComparer.Ordinal))
                    )
                    .Select(row => row.Distinct().Order().ToArray()),
            ];
            var folder = Path.GetDirectoryName(Path.GetFullPath(csv))!;
            return new FileListSource(
                title,
                folder,
                classes,
                [.. rows.Select(row => row.Path)],
                labels,
                several,
                options
            );
        }
    }

    /// <summary>Whether a folder holds <c>train.csv</c>.</summary>
    internal static bool IsIn(string folder) => SplitNames.Find(folder, ".csv", File.Exists).Train is not null;

    /// <summary>Reads <c>train.csv</c>, and <c>val.csv</c> where there is one.</summary>
    internal static (ImageSource Train, ImageSource HeldOut) LoadFolder(string folder, SourceOptions? options)
    {
        var (train, heldOut) = SplitNames.Find(folder, ".csv", File.Exists);
        return Load(train!, heldOut.FirstOrDefault(), options);
    }

    private static List<Row> Read(string path)
    {
        var lines = CsvFile.Read(path);
        var (header, pathColumn, labelColumn) = Columns(path, lines);
        var rows = new List<Row>(lines.Count);
        foreach (var line in lines.Skip(header ? 1 : 0))
        {
            if (line.Fields.Count <= Math.Max(pathColumn, labelColumn) || (!header && line.Fields.Count > 2))
            {
                throw new TResNetException(
                    $"Line {line.Number} of {path} has {(line.Fields.Count == 1 ? "1 column" : $"{line.Fields.Count} columns")}, but there have to be "
                        + $"{(header ? $"at least {Math.Max(pathColumn, labelColumn) + 1}, as in its header" : "two: a path and labels")}; correct it."
                );
            }

            var file = line.Fields[pathColumn].Trim();
            if (file.Length == 0)
            {
                throw new TResNetException($"Line {line.Number} of {path} has no path; add it or remove the line.");
            }

            rows.Add(
                new Row(
                    line.Number,
                    file,
                    line.Fields[labelColumn]
                        .Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                )
            );
        }

        return rows.Count > 0
            ? rows
            : throw new TResNetException($"{path} lists no images; it needs a line with a path and labels for each.");
    }

    private static (bool Header, int Path, int Labels) Columns(string path, IReadOnlyList<CsvLine> lines)
    {
        string[] names = lines.Count == 0 ? [] : [.. lines[0].Fields.Select(field => field.Trim().ToLowerInvariant())];
        var (paths, labels) = (Find(PathColumns), Find(LabelColumns));
        return paths < 0 ? (false, 0, 1)
            : labels >= 0 ? (true, paths, labels)
            : throw new TResNetException(
                $"The header of {path} has no column for labels (it has {string.Join(", ", names)}); call it {LabelColumns[0]}."
            );

        int Find(string[] known) => Array.FindIndex(names, name => known.Contains(name));
    }

    private sealed record Row(int Line, string Path, IReadOnlyList<string> Labels);
}
