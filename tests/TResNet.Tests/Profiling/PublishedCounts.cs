// The rows of fixtures/networks.csv and fixtures/networks_more.csv.
namespace TResNet.Tests.Profiling;

/// <summary>Counts of the public implementations; see fixtures/README.md.</summary>
internal static class PublishedCounts
{
    /// <summary>The cells of each network by column; where both files have a network, those with the exact multiply-adds.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ByName { get; } =
        Rows("networks_more.csv")
            .Concat(Rows("networks.csv"))
            .DistinctBy(row => row["name"])
            .ToDictionary(row => row["name"]);

    /// <summary>The names of the networks that are here and there, in the order in which they are listed here.</summary>
    internal static IEnumerable<string> Compared() => Models.List().Select(info => info.Name).Where(ByName.ContainsKey);

    private static IEnumerable<IReadOnlyDictionary<string, string>> Rows(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "fixtures", file));
        var columns = lines[0].Split(',');
        return lines
            .Skip(1)
            .Select(line => columns.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second));
    }
}
