// Which columns of a list are which, decided by what they are called and by what is in them. What people call them is from the data sets of
// Kaggle, NIH, ISIC, CUB and others.

namespace TResNet.Data.Sources;

/// <summary>The columns of a list of images.</summary>
/// <param name="HasHeader">Whether the first line names them.</param>
/// <param name="File">The column of the images.</param>
/// <param name="Label">The column of the labels; -1 where each class has a column (<paramref name="OneHot"/>), or there is none.</param>
/// <param name="OneHot">A column for each class, which says whether an image has it; none with a column of labels.</param>
/// <param name="Split">The column that says which part an image belongs to; -1 for none.</param>
/// <param name="Names">The names of all columns; none without a header.</param>
internal sealed record CsvColumns(bool HasHeader, int File, int Label, int[] OneHot, int Split, string[] Names)
{
    private const int LookedAt = 50;

    // Best first.
    private static readonly string[] FileNames =
    [
        "filepath",
        "filepaths",
        "path",
        "paths",
        "imagepath",
        "imgpath",
        "relativepath",
        "filename",
        "filenames",
        "file",
        "files",
        "imagefile",
        "imagefilename",
        "fname",
        "image",
        "images",
        "img",
        "imgs",
        "imagename",
        "imgname",
        "imageindex",
        "imageid",
        "imgid",
        "photo",
        "picture",
        "name",
        "id",
        "uuid",
        "key",
    ];

    private static readonly string[] LabelNames =
    [
        "label",
        "labels",
        "class",
        "classes",
        "category",
        "categories",
        "target",
        "targets",
        "tag",
        "tags",
        "classname",
        "labelname",
        "categoryname",
        "species",
        "breed",
        "diagnosis",
        "dx",
        "findinglabels",
        "emotion",
        "style",
        "genre",
        "variety",
        "type",
        "classlabel",
        "classid",
        "labelid",
        "categoryid",
        "classindex",
        "attributes",
        "attributeids",
        "keywords",
        "y",
    ];

    private static readonly string[] Plurals =
    [
        "labels",
        "classes",
        "categories",
        "targets",
        "tags",
        "findinglabels",
        "attributes",
        "attributeids",
        "keywords",
    ];

    private static readonly string[] SplitColumns =
    [
        "split",
        "set",
        "subset",
        "partition",
        "dataset",
        "phase",
        "fold",
        "usage",
        "istrain",
        "istraining",
    ];

    private static readonly string[] Flags =
    [
        "0",
        "1",
        "-1",
        "",
        "0.0",
        "1.0",
        "-1.0",
        "true",
        "false",
        CsvFlags.Unsure,
    ];

    /// <summary>Whether the labels' column is called by a plural, so that it may hold several of them.</summary>
    public bool IsPlural => HasHeader && Label >= 0 && Plurals.Contains(Normal(Names[Label]));

    /// <summary>Finds them.</summary>
    /// <param name="lines">All lines.</param>
    /// <param name="exists">Whether a field names an image that is there.</param>
    /// <returns>The columns; a label of -1 and no classes where nothing says what an image shows.</returns>
    public static CsvColumns Find(IReadOnlyList<CsvLine> lines, Func<string, bool> exists)
    {
        var first = lines[0].Fields;
        string[] names = [.. first.Select(Normal)];
        var rows = lines.Skip(1).Take(LookedAt).ToArray();
        var isNamed = names.Any(name => FileNames.Contains(name) || LabelNames.Contains(name));
        // A class may be called like a column, an image not.
        var hasHeader =
            !first.Any(field => IsImage(field, exists))
            && (isNamed || rows.Any(row => row.Fields.Any(field => IsImage(field, exists))));
        if (!hasHeader)
        {
            var fileAt = Math.Max(0, Best(lines.Take(LookedAt), first.Count, exists));
            var other = first.Count == 2 ? 1 - fileAt : -1;
            return new CsvColumns(false, fileAt, other, [], -1, []);
        }

        var named = Named(names, FileNames);
        var found = Best(rows, first.Count, exists);
        var file = found >= 0 ? found : named;
        file = file < 0 ? 0 : file;
        var split = Enumerable
            .Range(0, names.Length)
            .FirstOrDefault(at => at != file && IsSplit(names[at], at, lines), -1);
        var label = Named([.. names.Select((name, at) => at == file || at == split ? "" : name)], LabelNames);
        int[] rest = [.. Enumerable.Range(0, names.Length).Where(at => at != file && at != split)];
        int[] flags = [.. rest.Where(at => IsFlag(lines, at))];
        if (label < 0 && flags.Length < 2)
        {
            label = rest is [var one] ? one : -1;
            flags = [];
        }

        return new CsvColumns(
            true,
            file,
            label,
            label >= 0 ? [] : flags,
            split,
            [.. first.Select(name => name.Trim())]
        );
    }

    /// <summary>What a value of the column of parts says; null where it is none.</summary>
    public static CsvPart? PartOf(string value) =>
        SplitNames.IsTrain(value) || value is "1" or "True" or "true" ? CsvPart.Train
        : SplitNames.IsTest(value) ? CsvPart.Test
        : SplitNames.IsValidation(value) || value is "0" or "False" or "false" ? CsvPart.Validation
        : null;

    private static bool IsSplit(string name, int at, IReadOnlyList<CsvLine> lines)
    {
        var values = lines
            .Skip(1)
            .Where(line => line.Fields.Count > at)
            .Select(line => line.Fields[at].Trim())
            .Distinct()
            .Take(LookedAt)
            .ToArray();
        return SplitColumns.Contains(name)
            && values.Any(value => PartOf(value) == CsvPart.Train)
            && values.Count(value => PartOf(value) is not null) * 2 > values.Length;
    }

    private static bool IsFlag(IReadOnlyList<CsvLine> lines, int at) =>
        lines.Count > 1
        && lines
            .Skip(1)
            .All(line => line.Fields.Count > at && Flags.Contains(line.Fields[at].Trim().ToLowerInvariant()));

    /// <summary>The column of which the most fields are images that are there; -1 where none is.</summary>
    private static int Best(IEnumerable<CsvLine> rows, int columns, Func<string, bool> exists)
    {
        var (best, most) = (-1, 0);
        var looked = rows.Take(LookedAt).ToArray();
        for (var at = 0; at < columns; at++)
        {
            var found = looked.Count(row => row.Fields.Count > at && exists(row.Fields[at].Trim()));
            if (found > most)
            {
                (best, most) = (at, found);
            }
        }

        return best;
    }

    private static int Named(string[] names, string[] known) =>
        known.Select(name => Array.IndexOf(names, name)).FirstOrDefault(at => at >= 0, -1);

    private static bool IsImage(string field, Func<string, bool> exists) =>
        ImageFileNames.Has(field.Trim()) || (field.Trim().Length > 0 && exists(field.Trim()));

    // image_id, Image ID, image-id
    private static string Normal(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
