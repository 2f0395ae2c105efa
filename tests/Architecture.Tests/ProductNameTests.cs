namespace Architecture.Tests;

/// <summary>The host of notebooks has no name of its own: whoever puts a program together gives it one.</summary>
public sealed class ProductNameTests
{
    private const string Product = "tresnet";

    private static readonly string[] HostProjects = ["Notebook", "Notebook.Abstractions", "Notebook.Jupyter"];

    [Fact]
    public void The_source_of_the_host_names_no_product()
    {
        var places = HostProjects.SelectMany(Repository.SourceFiles).SelectMany(NamedIn).ToArray();
        Assert.True(places.Length == 0, $"These belong in src/TResNet.Cli/Product.cs:\n{string.Join('\n', places)}");
    }

    [Fact]
    public void A_name_would_be_found() =>
        Assert.NotEmpty(NamedIn(Path.Combine(Repository.Root, "src", "TResNet.Cli", "Product.cs")));

    private static IEnumerable<string> NamedIn(string file)
    {
        var relative = Path.GetRelativePath(Repository.Root, file);
        var lines = File.ReadAllLines(file)
            .Index()
            .Where(line => line.Item.Contains(Product, StringComparison.OrdinalIgnoreCase))
            .Select(line => $"{relative}:{line.Index + 1}: {line.Item.Trim()}");
        return Path.GetFileName(file).Contains(Product, StringComparison.OrdinalIgnoreCase)
            ? lines.Prepend(relative)
            : lines;
    }
}
