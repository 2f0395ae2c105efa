using TorchSharp;
using TResNet.Compute;

namespace TResNet.Tests.Compute;

public sealed class TorchLibraryTests
{
    [Fact]
    public void It_says_what_was_loaded_and_from_where()
    {
        Assert.Equal("TorchSharp 0.107.0, libtorch 2.10.0", TorchLibrary.Name);
        Assert.True(File.Exists(TorchLibrary.Location));
        Assert.True(File.Exists(TorchLibrary.BridgeLocation));
        Assert.Null(TorchLibrary.Failure);
    }

    [Fact]
    public void A_version_that_is_needed_becomes_a_weak_one_and_nothing_else_changes()
    {
        var before = File.ReadAllBytes(TorchLibrary.BridgeLocation!);
        var after = before.ToArray();

        Assert.True(ElfVersions.Weaken(after, "GLIBCXX_3.4.32"));

        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToArray();
        Assert.Equal(2, after[Assert.Single(changed)] ^ before[changed[0]]);
        Assert.False(ElfVersions.Weaken(before.ToArray(), "GLIBCXX_9.9.9"));
    }

    [Fact]
    public void A_build_folder_has_no_libtorch() =>
        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, "libtorch*", SearchOption.AllDirectories));

    [Fact]
    public void It_was_built_with_the_TorchSharp_that_is_there() =>
        Assert.Equal(TorchLibrary.BuiltWith.ToString(3), typeof(torch).Assembly.GetName().Version!.ToString(3));
}
