using Notebook.Jupyter;

namespace TResNet.Cli.Tests;

/// <summary>The names that notebooks, kernels and folders of users have, which must not change with a release.</summary>
public sealed class ProductTests
{
    [Fact]
    public void The_kernel_and_the_folders_have_the_names_that_users_have_on_disk()
    {
        var product = Product.TResNet;
        Assert.Equal(
            ("tresnet", "TResNet (C#)", "tresnet-notebooks", "TResNet Notebooks"),
            (product.Name, product.DisplayName, product.Implementation, product.Title)
        );
        Assert.Equal("tresnet", Path.GetFileName(product.StateFolder));
        Assert.Equal("tresnet", Path.GetFileName(product.CacheFolder));
        Assert.Equal("https://arxiv.org/abs/2003.13630", Assert.Single(product.HelpLinks).Url);
    }

    [Fact]
    public async Task The_kernel_is_registered_with_its_logos()
    {
        var prefix = Directory.CreateTempSubdirectory("prefix-");
        try
        {
            await ShellRun.Of(["jupyter", "install", "--prefix", prefix.FullName]);
            var kernel = Assert.Single(KernelSpec.List(prefix.FullName));
            Assert.Equal(("tresnet", "TResNet (C#)"), (kernel.Name, kernel.DisplayName));
            Assert.Equal(
                ["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg", "plotly.min.js"],
                Directory.EnumerateFiles(kernel.Folder).Select(Path.GetFileName).Order()
            );
            Assert.Equal([0x89, .. "PNG"u8], File.ReadAllBytes(Path.Combine(kernel.Folder, "logo-64x64.png"))[..4]);
        }
        finally
        {
            prefix.Delete(recursive: true);
        }
    }
}
