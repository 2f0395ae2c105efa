using TorchSharp;
using TorchSharp.Interop;
using static TorchSharp.torch;

namespace LibTorch.Tests.Core;

public sealed class MemoryTests
{
    [Fact]
    public void Forgotten_tensors_do_not_fill_the_machine()
    {
        for (var i = 0; i < 100_000; i++)
        {
            zeros(256 * 1024);
        }

        var peak = long.Parse(
            File.ReadLines("/proc/self/status")
                .First(l => l.StartsWith("VmHWM", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]
        );
        Assert.True(peak < 1024 * 1024, $"The process grew to {peak / 1024} MB.");
    }
}
