using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>Tensors that nobody disposes, as a cell of a notebook leaves them.</summary>
internal static class Forgotten
{
    private const double Mega = 1e6;
    private const int Forwards = 1000;
    private const int Tensors = 100_000;
    private const int Parts = 40_000;
    private const double TensorsLimit = 1500;
    private const double ForwardsLimit = 1.2;

    public static IEnumerable<Comparison> Run()
    {
        using var network = Models.Create("tresnet_nano", 10);
        network.eval();
        double After(int count, Func<Tensor> make)
        {
            var most = 0L;
            for (var i = 0; i < count; i++)
            {
                make();
                most = i % 100 == 0 ? Math.Max(most, Environment.WorkingSet) : most;
            }

            return most / Mega;
        }

        HostMemory.Release();
        using var images = rand(16, 3, 32, 32);
        // The first ones fill what may be forgotten before somebody looks.
        double[] early = [After(Forwards, () => network.call(images))];
        double[] late = [After(Forwards, () => network.call(images))];
        yield return new(
            $"resident after {2 * Forwards} forwards of TResNet-Nano with gradients that nobody disposes",
            "MB",
            late,
            early,
            $"after {Forwards}",
            RatioLimit: ForwardsLimit
        );
        yield return AfterTensors("");
        // Half of them go again, and what the C library walks over is in as many parts.
        var kept = Enumerable.Range(0, 2 * Parts).Select(_ => ones(1 << 9)).Chunk(2).ToList();
        kept.ForEach(pair => pair[0].Dispose());
        yield return AfterTensors($", where {Parts} kept ones of 2 kB lie between free memory");
        kept.ForEach(pair => pair[1].Dispose());

        Comparison AfterTensors(string where)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            HostMemory.Release();
            return new(
                $"resident after {Tensors} tensors of 1 MB that nobody disposes{where}",
                "MB",
                [After(Tensors, () => ones(1 << 18))],
                [],
                null,
                Limit: TensorsLimit
            );
        }
    }
}
