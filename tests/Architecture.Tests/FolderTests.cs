using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>Whoever knows a type's namespace knows its folder.</summary>
public sealed partial class FolderTests
{
    [Theory]
    [InlineData("Notebook.Abstractions", "Notebook")]
    [InlineData("Notebook", "Notebook")]
    [InlineData("Notebook.Jupyter", "Notebook.Jupyter")]
    public void A_namespace_of_the_host_is_called_as_its_folder(string project, string root)
    {
        var folder = Path.Combine(Repository.Root, "src", project);
        var files = Repository.SourceFiles(project).Where(file => Path.GetExtension(file) == ".cs").ToArray();
        var strays = files
            .Select(file => (File: file, Expected: Expected(root, Path.GetRelativePath(folder, file))))
            .Where(each => Namespace().Match(File.ReadAllText(each.File)).Groups["name"].Value != each.Expected)
            .Select(each => $"{each.File} should declare {each.Expected}");
        Assert.NotEmpty(files);
        Assert.Empty(strays);
    }

    private static string Expected(string root, string file) =>
        string.Join('.', [root, .. file.Split(Path.DirectorySeparatorChar).SkipLast(1)]);

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
