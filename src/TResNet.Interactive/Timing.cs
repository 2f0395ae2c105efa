using System.Diagnostics;
using MathNet.Numerics.Statistics;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Interactive;

/// <summary>Times lines of a cell beside each other.</summary>
/// <example><code>
/// var x = rand(8, 64, 56, 56);
/// var times = Timing.InTurns(21, ("ReLU", () => x.relu()), ("SiLU", () => nn.functional.silu(x)));
/// Plots.Bars("Two activations", "ms", times, Timing.Machine)
/// </code></example>
public static class Timing
{
    /// <summary>This machine for the small line of a chart: processor, cores, and the threads that compute.</summary>
    public static string Machine =>
        $"{MachineNames.Short(Compute.Machine.Describe())}, {get_num_threads()} {(get_num_threads() == 1 ? "thread" : "threads")}";

    /// <summary>
    /// The median time of each, in milliseconds. They take turns, and every other round goes the other way, so that a machine that becomes slower or
    /// faster meanwhile does so for all. Each runs once before, untimed.
    /// </summary>
    /// <param name="rounds">How often each is timed, at least 1.</param>
    /// <param name="works">What they are called and what is timed; the tensors that are made are disposed afterwards.</param>
    /// <returns>Names and milliseconds in the order given, as <see cref="Plots"/> takes them.</returns>
    /// <exception cref="TResNetException">There is nothing to time, or not one round.</exception>
    public static (string Name, double Value)[] InTurns(
        int rounds,
        params IReadOnlyList<(string Name, Func<Tensor> Work)> works
    )
    {
        if (rounds < 1 || works.Count == 0)
        {
            throw new TResNetException(
                $"There are {works.Count} works to time in {rounds} rounds; each has to be at least 1."
            );
        }

        var times = works.Select(_ => new double[rounds]).ToArray();
        foreach (var (_, work) in works)
        {
            Once(work);
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < works.Count; turn++)
            {
                var which = round % 2 == 0 ? turn : works.Count - 1 - turn;
                times[which][round] = Once(works[which].Work);
            }
        }

        return [.. works.Select((each, i) => (each.Name, ArrayStatistics.MedianInplace(times[i])))];
    }

    private static double Once(Func<Tensor> work)
    {
        using var scope = NewDisposeScope();
        var start = Stopwatch.GetTimestamp();
        // A GPU's calls come back before their work is done.
        work().device.Wait();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
