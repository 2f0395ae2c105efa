using System.Globalization;

namespace TResNet.Data.Sources;

/// <summary>A CSV file with a weight for each class: lines of a class and a number, with or without a first line that names the columns.</summary>
internal static class ClassWeightFile
{
    /// <summary>Reads the weights, in the order of the classes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="classes">The classes, each of which has to be there once.</param>
    /// <exception cref="TResNetException">It cannot be read, a class is missing, unknown or there twice, or a weight is no number above 0.</exception>
    public static double[] Read(string path, IReadOnlyList<string> classes)
    {
        var places = classes.Index().ToDictionary(each => each.Item, each => each.Index);
        var weights = new double?[classes.Count];
        foreach (var (i, line) in CsvFile.Read(path).Index())
        {
            var (name, weight) = Parse(line, path, mayBeHeader: i == 0, places);
            if (name is null)
            {
                continue;
            }

            if (!places.TryGetValue(name, out var place))
            {
                throw new TResNetException(
                    $"Line {line.Number} of {path} weighs '{name}', which is no class of the images: take {Listed(classes)}."
                );
            }

            if (weights[place] is not null)
            {
                throw new TResNetException(
                    $"Line {line.Number} of {path} weighs '{name}' again: leave one of the lines out."
                );
            }

            weights[place] = weight;
        }

        var missing = classes.Where((_, i) => weights[i] is null).ToArray();
        return missing.Length == 0
            ? [.. weights.Select(weight => weight!.Value)]
            : throw new TResNetException(
                $"{path} has no weight for {Listed(missing)}: give each class a line with its name and its weight, such as {missing[0]},1."
            );
    }

    private static (string? Name, double Weight) Parse(
        CsvLine line,
        string path,
        bool mayBeHeader,
        Dictionary<string, int> places
    )
    {
        if (line.Fields is not [var name, var text])
        {
            throw new TResNetException(
                $"Line {line.Number} of {path} has {line.Fields.Count} fields, and a class and its weight are two, such as cat,1.5."
            );
        }

        (name, text) = (name.Trim(), text.Trim());
        if (
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
            && double.IsFinite(weight)
            && weight > 0
        )
        {
            return (name, weight);
        }

        return mayBeHeader && !places.ContainsKey(name) && !double.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? (null, 0)
            : throw new TResNetException(
                $"Line {line.Number} of {path} weighs '{name}' with '{text}', which is no number above 0, such as 1.5."
            );
    }

    private static string Listed(IReadOnlyList<string> names)
    {
        const int most = 10;
        return string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most:N0} more" : "");
    }
}
