using System.Reflection;
using Notebook;
using TResNet.Compute;
using TResNet.Interactive;

namespace TResNet.Cli;

/// <summary>What notebooks, kernels and folders of this program are called.</summary>
internal static class Product
{
    /// <summary>The file that draws charts.</summary>
    public const string Plotly = "plotly.min.js";

    /// <summary>Where it lies.</summary>
    public static string PlotlyFile { get; } = Path.Combine(PackageFiles.Home, "assets", Plotly);

    /// <summary>Given to the host, which knows no name of its own.</summary>
    public static HostProduct TResNet { get; } =
        new()
        {
            Name = "tresnet",
            DisplayName = "TResNet (C#)",
            Title = "TResNet Notebooks",
            Implementation = "tresnet-notebooks",
            Version = typeof(Product).Assembly.GetName().Version!.ToString(3),
            HelpLinks = [new("TResNet (paper)", "https://arxiv.org/abs/2003.13630")],
            KernelFiles = [Logo("logo-32x32.png"), Logo("logo-64x64.png"), Logo("logo-svg.svg"), .. Scripts()],
        };

    /// <summary>A notebook with all that this program brings.</summary>
    public static NotebookHost NewNotebook() => new([new TResNetExtension(), new PlotlyNetExtension()], TResNet);

    // Not there in a build without npm; charts are then pictures.
    private static IEnumerable<KernelFile> Scripts() =>
        File.Exists(PlotlyFile) ? [new(Plotly, () => File.OpenRead(PlotlyFile))] : [];

    private static KernelFile Logo(string file) =>
        new(file, () => Assembly.GetExecutingAssembly().GetManifestResourceStream($"TResNet.Cli.Logo.{file}")!);
}
