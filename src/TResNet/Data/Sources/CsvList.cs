namespace TResNet.Data.Sources;

/// <summary>A line of a list of images.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Path">The image.</param>
/// <param name="Labels">What it shows.</param>
/// <param name="Unknown">What nobody knows whether it shows.</param>
/// <param name="Part">Which part of the images it belongs to; null where the list does not say.</param>
internal sealed record CsvRow(
    int Line,
    string Path,
    IReadOnlyList<string> Labels,
    IReadOnlyList<string> Unknown,
    CsvPart? Part
);

/// <summary>What a column of parts may say.</summary>
internal enum CsvPart
{
    /// <summary>To train on.</summary>
    Train,

    /// <summary>To test on meanwhile.</summary>
    Validation,

    /// <summary>For the end; where there is none to test on meanwhile, for that.</summary>
    Test,
}

/// <summary>A list of images with their labels, read.</summary>
internal sealed class CsvList
{
    private const int LookedAt = 20;

    private static readonly char[] AlwaysSeparate = [';', '|'];

    private CsvList(string path, string folder, IReadOnlyList<CsvRow> rows, IReadOnlyList<string> remarks) =>
        (FilePath, Folder, Rows, Remarks) = (path, folder, rows, remarks);

    /// <summary>The list itself.</summary>
    public string FilePath { get; }

    /// <summary>What its paths are relative to.</summary>
    public string Folder { get; }

    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>What was decided.</summary>
    public IReadOnlyList<string> Remarks { get; }

    /// <summary>Whether a list says what its images show; a competition's test list does not.</summary>
    public static bool HasLabels(string path)
    {
        try
        {
            var lines = CsvFile.Read(path);
            return lines.Count > 0
                && CsvColumns.Find(lines, new CsvPaths(path, lines).Exists) is var columns
                && (columns.Label >= 0 || columns.OneHot.Length > 0);
        }
        catch (TResNetException)
        {
            return false;
        }
    }

    /// <summary>Whether a list says what images show that are there.</summary>
    public static bool IsOfImages(string path)
    {
        try
        {
            var lines = CsvFile.Read(path);
            var paths = new CsvPaths(path, lines);
            return lines.Skip(1).Take(LookedAt).Any(line => line.Fields.Any(field => paths.Exists(field.Trim())))
                && HasLabels(path);
        }
        catch (TResNetException)
        {
            return false;
        }
    }

    /// <summary>Reads a list.</summary>
    /// <exception cref="TResNetException">It cannot be read, or a line is malformed, or nothing says what the images show.</exception>
    public static CsvList Read(string path)
    {
        var lines = CsvFile.Read(path, out var separator);
        if (lines.Count == 0)
        {
            throw Empty(path);
        }

        var paths = new CsvPaths(path, lines);
        var columns = CsvColumns.Find(lines, paths.Exists);
        RequireLabels(path, lines[0], columns);
        CsvLine[] data = [.. lines.Skip(columns.HasHeader ? 1 : 0)];
        var least = columns.OneHot.Append(Math.Max(columns.File, columns.Label)).Append(columns.Split).Max() + 1;
        var odd = data.FirstOrDefault(line =>
            line.Fields.Count < least || (!columns.HasHeader && line.Fields.Count > 2)
        );
        if (odd is not null)
        {
            throw new TResNetException(
                $"Line {odd.Number} of {path} has {(odd.Fields.Count == 1 ? "1 column" : $"{odd.Fields.Count} columns")}, but there have to be "
                    + $"{(columns.HasHeader ? $"at least {least}, as in its header" : "two: a path and labels")}; correct it."
            );
        }

        var within =
            columns.Label < 0 ? [] : SeparatorsOf(columns, [.. data.Select(line => line.Fields[columns.Label])]);
        var flags = new CsvFlags(data.SelectMany(line => columns.OneHot.Select(at => line.Fields[at].Trim())));
        CsvRow[] rows = [.. data.Select(line => Row(path, line, columns, paths, within, flags))];
        if (rows.Length == 0)
        {
            throw Empty(path);
        }

        List<string> remarks = [Describe(path, columns, separator, within)];
        if (
            columns.Label >= 0
            && rows.All(row => row.Labels.Count < 2 && row.Unknown.Count == 0)
            && rows.Count(row => row.Labels.Count == 0) is > 0 and var bare
        )
        {
            rows = [.. rows.Where(row => row.Labels.Count == 1)];
            remarks.Add($"{bare:N0} of its lines have no label and are left out.");
        }

        if (rows.Sum(row => row.Unknown.Count) is > 0 and var unknown)
        {
            remarks.Add(
                $"{unknown:N0} labels of its images are not known ({(columns.Label >= 0 ? "? before them" : "empty, ? or -1 beside 0")}): loss and metrics leave them out."
            );
        }
        else if (columns.OneHot.Length > 0 && flags is { HasEmpty: true, EmptyIsAbsent: true })
        {
            remarks.Add("No field says that a class is not there, so empty ones do.");
        }

        return new CsvList(path, paths.Folder, rows, remarks);
    }

    private static CsvRow Row(
        string path,
        CsvLine line,
        CsvColumns columns,
        CsvPaths paths,
        char[] within,
        CsvFlags flags
    )
    {
        var file = line.Fields[columns.File].Trim();
        if (file.Length == 0)
        {
            throw new TResNetException($"Line {line.Number} of {path} has no path; add it or remove the line.");
        }

        var part = columns.Split < 0 ? null : CsvColumns.PartOf(line.Fields[columns.Split].Trim());
        var (labels, unknown) = LabelsOf(line, columns, within, flags);
        if (labels.Intersect(unknown).FirstOrDefault() is { } both)
        {
            throw new TResNetException(
                $"Line {line.Number} of {path} has the label {both} and says that it is not known, {CsvFlags.Unsure}{both}; leave one of them out."
            );
        }

        return new CsvRow(line.Number, paths.Of(file), labels, unknown, part);
    }

    private static (string[] Labels, string[] Unknown) LabelsOf(
        CsvLine line,
        CsvColumns columns,
        char[] within,
        CsvFlags flags
    )
    {
        if (columns.Label < 0)
        {
            var said = columns.OneHot.ToLookup(at => flags.Of(line.Fields[at].Trim()), at => columns.Names[at]);
            return ([.. said[true]], [.. said[null]]);
        }

        // Python writes lists of texts into a field.
        var field = line.Fields[columns.Label].Trim();
        var isList = field.StartsWith('[') && field.EndsWith(']');
        string[] words =
        [
            .. (isList ? field[1..^1].Split(',') : field.Split(within))
                .Select(label => isList ? label.Trim().Trim('\'', '"') : label.Trim())
                .Where(label => label.Length > 0),
        ];
        return (
            [.. words.Where(word => !IsUnsure(word))],
            [.. words.Where(IsUnsure).Select(word => word[CsvFlags.Unsure.Length..].Trim())]
        );

        static bool IsUnsure(string word) =>
            word.Length > CsvFlags.Unsure.Length && word.StartsWith(CsvFlags.Unsure, StringComparison.Ordinal);
    }

    /// <summary>What several labels in a field are separated by.</summary>
    private static char[] SeparatorsOf(CsvColumns columns, string[] fields)
    {
        if (!columns.IsPlural || fields.Any(field => field.IndexOfAny(AlwaysSeparate) >= 0))
        {
            return AlwaysSeparate;
        }

        if (fields.Any(field => field.Contains(',')))
        {
            return [.. AlwaysSeparate, ','];
        }

        return AreWords(fields) ? [.. AlwaysSeparate, ' '] : AlwaysSeparate;
    }

    // "clear primary", "cloudy", "haze primary": labels come back in other company. The words of a name, "Golden retriever", seldom do.
    private static bool AreWords(string[] fields)
    {
        string[][] values =
        [
            .. fields.Distinct().Select(field => field.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        var company = values.SelectMany(words => words.Distinct()).CountBy(word => word).ToArray();
        return values.Any(words => words.Length > 1) && 2 * company.Count(pair => pair.Value > 1) >= company.Length;
    }

    private static void RequireLabels(string path, CsvLine first, CsvColumns columns)
    {
        if (columns.Label >= 0 || columns.OneHot.Length > 0)
        {
            return;
        }

        throw new TResNetException(
            columns.HasHeader
                ? $"The header of {path} has no column for labels (it has {string.Join(", ", columns.Names)}); call it labels."
                : $"Line {first.Number} of {path} has {(first.Fields.Count == 1 ? "1 column" : $"{first.Fields.Count} columns")}, but there have to be two: a path and labels; correct it."
        );
    }

    private static string Describe(string path, CsvColumns columns, char separator, char[] within)
    {
        var labels =
            !columns.HasHeader ? "labels in the " + (columns.Label == 0 ? "first" : "second") + " column"
            : columns.Label >= 0 ? $"labels in {columns.Names[columns.Label]}"
            : $"a column for each of {columns.OneHot.Length} classes";
        var between =
            within.Contains(' ') ? ", several of them separated by spaces"
            : within.Contains(',') ? ", several of them separated by commas"
            : "";
        var parted = separator switch
        {
            '\t' => ", separated by tabs",
            ';' => ", separated by semicolons",
            ' ' => ", separated by spaces",
            _ => "",
        };
        return $"{path}: {(columns.HasHeader ? $"images in {columns.Names[columns.File]}, " : "no header, ")}{labels}{between}"
            + $"{(columns.Split >= 0 ? $", parts in {columns.Names[columns.Split]}" : "")}{parted}.";
    }

    private static TResNetException Empty(string path) =>
        new($"{path} lists no images; it needs a line with a path and labels for each.");
}
