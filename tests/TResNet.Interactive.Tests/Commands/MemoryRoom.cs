using TorchSharp;
using TResNet.Compute;

namespace TResNet.Interactive.Tests.Commands;

/// <summary>Memory limits with the same room whatever ran before in the process.</summary>
internal static class MemoryRoom
{
    /// <summary>A limit in MiB for the process as it is with libtorch loaded, a training step behind it, and nothing kept that was freed.</summary>
    /// <param name="mebibytes">The room above that.</param>
    public static long Limit(int mebibytes)
    {
        using (torch.NewDisposeScope())
        {
            var model = Models.Create("tresnet_nano", numClasses: 10);
            model.call(torch.zeros(2, 3, 32, 32)).sum().backward();
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        HostMemory.Release();
        return (Environment.WorkingSet >> 20) + mebibytes;
    }
}
