using TResNet.Compute;
using TResNet.Profiling.Throughput;
using TResNet.Training;

namespace TResNet.Benchmarks;

/// <summary>What the machine computes at most.</summary>
internal static class Ceiling
{
    public static IEnumerable<Comparison> Run(int rounds)
    {
        foreach (var computeType in (ComputeType[])[ComputeType.Float32, ComputeType.BFloat16])
        {
            var ceilings = Enumerable.Range(0, rounds).Select(_ => MachineCeiling.Measure(computeType)).ToList();
            var name = computeType.ToString().ToLowerInvariant();
            yield return Row($"matrix product, {name}", ceilings.Select(c => c.MatrixProduct));
            yield return Row($"5x5 convolution, {name}", ceilings.Select(c => c.Convolution));
        }
    }

    private static Comparison Row(string what, IEnumerable<double> rates) =>
        new($"ceiling: {what}", "GFLOP/s", [.. rates], [], null);
}
