using System.Diagnostics;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>What one operator call costs beside the work it does: two tensors of four elements added.</summary>
internal static class SmallCalls
{
    private const int Calls = 100_000;

    // The promise is 1.2 us where Python's torch takes 0.95 us; as a ratio it does not depend on what else the machine does.
    private const double Limit = 1.2;
    private const double RatioLimit = 1.2 / 0.95;

    /// <summary>Ours and Python's in turn, so that a machine that drifts drifts for both.</summary>
    public static Comparison Run(int rounds)
    {
        using var peer = PythonPeer.Start("small_calls.py");
        Round();
        peer?.Measure();
        var ours = new List<double>();
        var theirs = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            ours.Add(Round());
            if (peer is not null)
            {
                theirs.Add(peer.Measure());
            }
        }

        return new Comparison("a + b on 4 elements", "us a call", ours, theirs, peer?.Version, Limit, RatioLimit);
    }

    private static double Round()
    {
        using var _ = no_grad();
        using var a = ones(4);
        using var b = ones(4);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Calls; i++)
        {
            using var c = a + b;
        }

        return watch.Elapsed.TotalMicroseconds / Calls;
    }
}
