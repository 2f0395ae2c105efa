namespace Architecture.Tests;

/// <summary>A golden file is read by whoever changes what it holds; one that is too long is renamed unread.</summary>
public sealed class GoldenFileTests
{
    private const int MostLines = 300;

    [Fact]
    public void A_golden_file_is_short_enough_to_be_read()
    {
        var goldens = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.verified.*", SearchOption.AllDirectories)
            .ToArray();
        Assert.NotEmpty(goldens);
        var tooLong = goldens
            .Select(path => (Path: Path.GetRelativePath(Repository.Root, path), Lines: File.ReadLines(path).Count()))
            .Where(golden => golden.Lines > MostLines)
            .Select(golden =>
                $"{golden.Path} has {golden.Lines} lines of at most {MostLines}: make the test's input smaller."
            );
        Assert.Empty(tooLong);
    }
}
