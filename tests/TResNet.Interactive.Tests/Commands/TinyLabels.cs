namespace TResNet.Interactive.Tests.Commands;

/// <summary>Photographs with one or two of the labels day, grey and night, by their brightness, in two CSV files.</summary>
internal static class TinyLabels
{
    /// <summary>Writes 54 images to train on and 18 to validate on.</summary>
    /// <returns>The options that name them.</returns>
    public static string Write(string folder)
    {
        foreach (var (name, brightness) in new[] { ("dark", 20), ("middle", 110), ("light", 210) })
        {
            TinyPhotos.Write(Path.Combine(folder, name), 24, brightness);
        }

        // What is light is grey too, as what is in the middle is.
        string[] rows =
        [
            .. Enumerable
                .Range(0, 24)
                .SelectMany(i => new[] { $"dark/{i}.png,night", $"middle/{i}.png,grey", $"light/{i}.png,grey;day" }),
        ];
        File.WriteAllLines(Path.Combine(folder, "train.csv"), rows.Take(54));
        File.WriteAllLines(Path.Combine(folder, "val.csv"), rows.Skip(54));
        return $"--data {folder}/train.csv --val-data {folder}/val.csv";
    }
}
