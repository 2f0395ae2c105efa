using System.Reflection;
using Notebook;
using TResNet.Interactive;

namespace TResNet.Cli;

/// <summary>What notebooks, kernels and folders of this program are called.</summary>
internal static class Product
{
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
            Logos = [Logo("logo-32x32.png"), Logo("logo-64x64.png"), Logo("logo-svg.svg")],
        };

    /// <summary>A notebook with all that this program brings.</summary>
    public static NotebookHost NewNotebook() => new([new TResNetExtension(), new PlotlyNetExtension()], TResNet);

    private static ProductLogo Logo(string file) =>
        new(file, () => Assembly.GetExecutingAssembly().GetManifestResourceStream($"TResNet.Cli.Logo.{file}")!);
}
