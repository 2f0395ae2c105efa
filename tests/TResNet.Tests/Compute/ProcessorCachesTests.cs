using System.Runtime.Intrinsics.X86;
using TResNet.Compute;

namespace TResNet.Tests.Compute;

/// <summary>oneDNN's record of the processor, which some machines leave without caches.</summary>
public sealed class ProcessorCachesTests
{
    // Where the package is another one, its build and the place of the record in it have to be looked up again.
    [Fact]
    public void The_caches_that_oneDNN_knows_are_found_in_the_libtorch_of_the_package_and_are_none_of_one_byte()
    {
        if (!X86Base.IsSupported)
        {
            return;
        }

        TorchLibrary.Load();

        var caches = ProcessorCaches.Known();

        Assert.NotNull(caches);
        Assert.InRange(caches.Length, 1, 4);
        Assert.All(caches, bytes => Assert.InRange(bytes, 4096, int.MaxValue));
        Assert.True(LibTorch.HasOneDnn);
        Assert.DoesNotContain("without oneDNN", TorchLibrary.CacheNote ?? "");
    }
}
