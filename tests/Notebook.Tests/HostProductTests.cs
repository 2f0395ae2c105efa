using Notebook.Documents;
using Notebook.Runner;

namespace Notebook.Tests;

/// <summary>What a program that hosts notebooks is called is said once, and everywhere the same.</summary>
public sealed class HostProductTests
{
    private static readonly HostProduct Product = new() { Name = "fit", DisplayName = "Fit (C#)" };

    [Fact]
    public void What_is_not_said_follows_from_the_names()
    {
        Assert.Equal(("Fit (C#)", "fit"), (Product.Title, Product.Implementation));
        Assert.Equal(("fit", "fit"), (Path.GetFileName(Product.StateFolder), Path.GetFileName(Product.CacheFolder)));
        Assert.NotEqual(Product.StateFolder, Product.CacheFolder);
        Assert.Matches(@"^\d+\.\d+\.\d+$", Product.Version);
        Assert.Equal("/var/lib/fit", (Product with { StateFolder = "/var/lib/fit" }).StateFolder);
        Assert.Equal("changed", Path.GetFileName((Product with { Name = "changed" }).StateFolder));
    }

    [Fact]
    public async Task A_run_writes_the_programs_kernel_into_the_notebook()
    {
        var folder = Directory.CreateTempSubdirectory("product-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "a.dib"), Path.Combine(folder.FullName, "a.ipynb"));
            File.WriteAllText(source, "#!csharp\n\n1\n");
            using var host = new NotebookHost([], Product);
            await new NotebookRunner(host).RunFileAsync(source, [target]);
            Assert.Equal(
                """{"display_name":"Fit (C#)","language":"csharp","name":"fit"}""",
                DocumentFormats.Read(target).Metadata["kernelspec"]!.ToJsonString()
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void The_programs_kernel_goes_without_saying_in_a_dib_and_any_other_is_kept()
    {
        const string Text = "#!csharp\n\n1\n";
        var notebook = IpynbFormat.Write(DibFormat.Parse(Text), Product.Kernel);
        Assert.Equal(Text, DibFormat.Write(IpynbFormat.Parse(notebook), Product.Kernel));
        Assert.Contains("\"fit\"", DibFormat.Write(IpynbFormat.Parse(notebook), new DocumentKernel("other", "Other")));
    }

    [Fact]
    public void Without_a_program_a_notebook_names_no_kernel() =>
        Assert.False(
            IpynbFormat.Parse(IpynbFormat.Write(DibFormat.Parse("#!csharp\n\n1\n"))).Metadata.ContainsKey("kernelspec")
        );
}
