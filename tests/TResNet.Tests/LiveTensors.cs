using TorchSharp;

namespace TResNet.Tests;

/// <summary>
/// Counts of the process's living tensors. What earlier tests left to the garbage collector is freed whenever it runs,
/// so a count falls by itself at any moment: it is settled first, and afterwards only growth is a leak.
/// </summary>
internal static class LiveTensors
{
    /// <summary>The tensors that live once the garbage of earlier tests has been collected.</summary>
    public static long Settled()
    {
        for (var round = 0; round < 2; round++) // a module's finaliser gives up its tensors only in the first
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return torch.Tensor.TotalCount;
    }

    /// <summary>Fails if more tensors live than did, without collecting: what a finaliser would have to free is a leak.</summary>
    public static void AssertNoneBeyond(long settled)
    {
        var extra = torch.Tensor.TotalCount - settled;
        Assert.True(extra <= 0, $"{extra} tensors outlive what made them");
    }
}
