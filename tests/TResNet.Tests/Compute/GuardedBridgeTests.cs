using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Tests.Compute;

/// <summary>Faults of TorchSharp 0.107 that its users meet no more; each of these ended the process, or failed now and then.</summary>
public sealed class GuardedBridgeTests
{
    [Fact]
    public void Errors_of_every_operator_are_exceptions()
    {
        Assert.True(TorchLibrary.IsGuarded);
        using var scope = NewDisposeScope();
        var (x, leaf) = (ones(2, 3), ones(2, requires_grad: true));

        Assert.Contains(
            "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)",
            Assert.Throws<ExternalException>(() => x.matmul(x)).Message
        );
        Assert.Contains("Dimension out of range", Assert.Throws<ExternalException>(() => x.cummax(5)).Message);
        Assert.Contains("Dimension out of range", Assert.Throws<ExternalException>(() => x.cummin(-4)).Message);
        Assert.Contains(
            "does not require grad",
            Assert.Throws<ExternalException>(() => autograd.grad([x.sum()], [leaf])).Message
        );
        Assert.Contains(
            "RNG state",
            Assert.Throws<ExternalException>(() => new torch.Generator(1).set_state(zeros(4))).Message
        );
        var threads = get_num_threads();
        Assert.Contains(
            "Expected positive number of threads",
            Assert.Throws<ExternalException>(() => set_num_threads(0)).Message
        );
        Assert.Equal(threads, get_num_threads());
        // Allowed once, before the first work is divided.
        Assert.Contains(
            "number of interop threads",
            Assert
                .Throws<ExternalException>(() =>
                {
                    set_num_interop_threads(get_num_interop_threads());
                    set_num_interop_threads(get_num_interop_threads());
                })
                .Message
        );
        // And what is right afterwards is right.
        Assert.Equal(3, x.matmul(x.t())[0, 1].item<float>());
        Assert.Equal(2, autograd.grad([(leaf * 2).sum()], [leaf])[0][1].item<float>());
    }

    [Fact]
    public void Numbers_live_while_they_are_read()
    {
        using var x = zeros(64);
        using var y = ones(64);
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            for (var i = 0; i < 20_000; i++)
            {
                x.add_(y, alpha: 3).sub_(2.5f).mul_(0.5);
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }

        // The fixed point of x -> (x + 3 - 2.5) / 2.
        Assert.Equal(0.5f, x.max().item<float>(), 1e-6f);
        Assert.Equal(0.5f, x.min().item<float>(), 1e-6f);
    }
}
