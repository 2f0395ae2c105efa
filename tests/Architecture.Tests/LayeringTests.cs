using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The arrows of docs/architecture.md point one way.</summary>
public sealed class LayeringTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["TResNet.Kernels"] = [],
        ["TResNet"] = ["TResNet.Kernels"],
        ["Notebook.Abstractions"] = [],
        ["Notebook"] = ["Notebook.Abstractions"],
        ["Notebook.Jupyter"] = ["Notebook"],
        ["TResNet.Charts"] = [],
        ["TResNet.PlotlyNet"] = ["TResNet.Charts"],
        ["TResNet.Onnx"] = ["TResNet"],
        ["TResNet.Interactive"] = ["Notebook.Abstractions", "TResNet", "TResNet.Onnx", "TResNet.Charts"],
        ["TResNet.DotNetInteractive"] = ["TResNet.Interactive"],
        ["TResNet.Cli"] = ["Notebook", "Notebook.Jupyter", "TResNet.Interactive", "TResNet.PlotlyNet"],
    };

    [Fact]
    public void A_project_references_only_what_lies_below_it()
    {
        var source = Path.Combine(Repository.Root, "src");
        var projects = Directory.EnumerateFiles(source, "*.csproj", SearchOption.AllDirectories).ToArray();
        Assert.Equal(Allowed.Keys.Order(), projects.Select(Path.GetFileNameWithoutExtension).Order());
        foreach (var project in projects)
        {
            var references = XDocument
                .Load(project)
                .Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
            Assert.Subset(Allowed[Path.GetFileNameWithoutExtension(project)].ToHashSet(), references.ToHashSet());
        }
    }
}
