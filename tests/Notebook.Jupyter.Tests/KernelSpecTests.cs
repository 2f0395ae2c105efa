using Tests;

namespace Notebook.Jupyter.Tests;

public sealed class KernelSpecTests : IDisposable
{
    private readonly DirectoryInfo prefix = Directory.CreateTempSubdirectory("prefix-");

    public void Dispose() => prefix.Delete(recursive: true);

    [Fact]
    public void Installing_writes_what_Jupyter_reads()
    {
        var folder = KernelSpec.Install(Options());
        Assert.Equal(Path.Combine(prefix.FullName, "share", "jupyter", "kernels", "under-test"), folder);
        Assert.Equal(Options().FileNames, Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order());
        Snapshot.Match(File.ReadAllText(Path.Combine(folder, "kernel.json")), "json");
        Assert.Equal(["kernel.json", "logo-64x64.png", "logo-svg.svg"], Options().FileNames);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(folder, "logo-64x64.png")));
    }

    [Fact]
    public void Installing_again_replaces_the_whole_folder_and_leaves_nothing_behind()
    {
        var folder = KernelSpec.Install(Options());
        File.WriteAllText(Path.Combine(folder, "kernel.js"), "of an older version");
        KernelSpec.Install(Options() with { DisplayName = "Mine" });
        Assert.False(File.Exists(Path.Combine(folder, "kernel.js")));
        Assert.Equal("Mine", Assert.Single(KernelSpec.List(prefix.FullName)).DisplayName);
        Assert.Equal(["kernels"], prefix.EnumerateDirectories("share/jupyter/*").Select(found => found.Name));
    }

    [Fact]
    public void A_failed_installation_leaves_the_old_one()
    {
        KernelSpec.Install(Options());
        var jupyter = prefix.EnumerateDirectories("share/jupyter").Single();
        Assert.Throws<CommandException>(() => KernelSpec.Install(Options() with { Launcher = [] }));
        Assert.Equal("Under test (C#)", Assert.Single(KernelSpec.List(prefix.FullName)).DisplayName);
        Assert.Equal(["kernels"], jupyter.EnumerateFileSystemInfos().Select(found => found.Name));
    }

    [Fact]
    public void A_prefix_that_cannot_hold_it_gives_one_sentence()
    {
        var file = Path.Combine(prefix.FullName, "file");
        File.WriteAllText(file, "");
        var exception = Assert.Throws<CommandException>(() => KernelSpec.Install(Options() with { Prefix = file }));
        Assert.StartsWith("The kernel cannot be registered in ", exception.Message);
        Assert.Contains("choose another --prefix", exception.Message);
    }

    [Fact]
    public void What_was_installed_is_listed_and_can_be_removed()
    {
        Assert.Empty(KernelSpec.List(prefix.FullName));
        var folder = KernelSpec.Install(Options() with { Name = "mine" });
        var kernel = Assert.Single(KernelSpec.List(prefix.FullName));
        Assert.Equal(("mine", "Under test (C#)", folder), (kernel.Name, kernel.DisplayName, kernel.Folder));
        Assert.Equal(["/opt/notebooks/kernel"], kernel.Launcher);
        Assert.True(kernel.IsBroken, "There is no such program on this machine.");
        Assert.Equal(folder, KernelSpec.Uninstall("mine", prefix.FullName));
        Assert.False(Directory.Exists(folder));
        Assert.Empty(KernelSpec.List(prefix.FullName));
    }

    [Fact]
    public void Kernels_of_others_are_told_from_ours()
    {
        var folder = prefix.CreateSubdirectory("share/jupyter/kernels/python3").FullName;
        File.WriteAllText(
            Path.Combine(folder, "kernel.json"),
            """{"argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Python 3"}"""
        );
        var kernel = Assert.Single(KernelSpec.List(prefix.FullName));
        Assert.Equal(("python3", "Python 3", true), (kernel.Name, kernel.DisplayName, kernel.Launcher is null));
    }

    [Fact]
    public void Removing_what_is_not_there_names_what_is()
    {
        KernelSpec.Install(Options() with { Name = "mine" });
        var exception = Assert.Throws<CommandException>(() => KernelSpec.Uninstall("yours", prefix.FullName));
        Assert.StartsWith("There is no kernel 'yours' in ", exception.Message);
        Assert.EndsWith(": it has mine.", exception.Message);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("Capital")]
    public void A_name_that_Jupyter_does_not_allow_is_refused(string name) =>
        Assert.Contains(
            $"'{name}' cannot name a kernel",
            Assert.Throws<CommandException>(() => KernelSpec.Uninstall(name, prefix.FullName)).Message
        );

    private KernelSpecOptions Options() =>
        new()
        {
            Launcher = ["/opt/notebooks/kernel"],
            Name = TestProduct.Value.Name,
            DisplayName = TestProduct.Value.DisplayName,
            Files = TestProduct.Value.KernelFiles,
            Prefix = prefix.FullName,
        };
}
