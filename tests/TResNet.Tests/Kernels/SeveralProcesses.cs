using System.Collections.Concurrent;
using TResNet.Kernels;

namespace TResNet.Tests.Kernels;

/// <summary>Threads in the place of processes that share their statistics: they meet where sums are added.</summary>
internal static class SeveralProcesses
{
    /// <summary>What each of them computes.</summary>
    /// <param name="count">How many.</param>
    /// <param name="compute">Of a rank.</param>
    public static T[] Run<T>(int count, Func<int, T> compute)
    {
        var results = new T[count];
        var failures = new ConcurrentBag<Exception>();
        SharedStatistics.Use(new AllReduce(count).Add);
        try
        {
            var threads = Enumerable
                .Range(0, count)
                .Select(rank => new Thread(() =>
                {
                    try
                    {
                        results[rank] = compute(rank);
                    }
                    catch (Exception failure)
                    {
                        failures.Add(failure);
                    }
                }))
                .ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
        }
        finally
        {
            SharedStatistics.Use(null);
        }

        Assert.Empty(failures);
        return results;
    }

    private sealed class AllReduce(int threads)
    {
        private readonly Barrier barrier = new(threads);
        private readonly Lock gate = new();
        private double[]? sums;

        internal void Add(Span<double> values, bool isBackward)
        {
            lock (gate)
            {
                sums ??= new double[values.Length];
                for (var i = 0; i < values.Length; i++)
                {
                    sums[i] += values[i];
                }
            }

            barrier.SignalAndWait();
            sums.CopyTo(values);
            barrier.SignalAndWait();
            sums = null;
            barrier.SignalAndWait();
        }
    }
}
