using System.Diagnostics;
using MathNet.Numerics.Statistics;
using TorchSharp;
using TResNet.Compute;
using TResNet.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Layers;

/// <summary>Times the backward pass of modules one by one, each with an input and a gradient of the kind that it had.</summary>
internal sealed class BackwardAlone(ThroughputOptions options, Device device, int rounds)
{
    private readonly Dictionary<string, double> known = [];

    /// <summary>Fills in the seconds of each call, without those of the calls inside.</summary>
    /// <returns>Whether all were timed; those that were not, before it was cancelled, keep 0.</returns>
    public bool Time(
        IReadOnlyList<LayerCall> calls,
        double[] seconds,
        IProgress<LayerProgress>? progress,
        CancellationToken cancel
    )
    {
        // From the end: what is inside comes before what it is in.
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            var call = calls[i];
            if (LayerKinds.Of(call.Module) == LayerKind.Other && !LayerKinds.IsWhole(call.Module))
            {
                continue;
            }

            if (cancel.IsCancellationRequested)
            {
                return false;
            }

            progress?.Report(
                new LayerProgress($"backward of {call.Name}", 0.5 + 0.5 * (calls.Count - i) / calls.Count)
            );
            seconds[i] = Math.Max(0, Alone(call) - Inside(calls, seconds, i));
        }

        return true;
    }

    private static double Inside(IReadOnlyList<LayerCall> calls, double[] seconds, int at)
    {
        var sum = 0.0;
        for (var i = at + 1; i < calls.Count && calls[i].Depth > calls[at].Depth; i++)
        {
            sum += seconds[i];
        }

        return sum;
    }

    private double Alone(LayerCall call)
    {
        var key = KeyOf(call);
        if (!known.TryGetValue(key, out var seconds))
        {
            Once(call);
            known[key] = seconds = ArrayStatistics.MedianInplace([
                .. Enumerable.Range(0, rounds).Select(_ => Once(call)),
            ]);
        }

        return seconds;
    }

    private double Once(LayerCall call)
    {
        using var scope = NewDisposeScope();
        var leaf = call.Input.Make(device).requires_grad_(call.Input.NeedsGradient);

        // A leaf may not be changed in place, and in a network no layer's input is one.
        var output = Output(call, leaf.clone());
        if (!output.requires_grad)
        {
            return 0;
        }

        var gradient = TensorKind.Of(output).Make(device);
        Tensor[] inputs =
        [
            .. call.Input.NeedsGradient ? (Tensor[])[leaf] : [],
            .. call.Module.parameters().Where(parameter => parameter.requires_grad),
        ];
        device.Wait();
        var start = Stopwatch.GetTimestamp();
        autograd.grad([output], inputs, [gradient], allow_unused: true);
        device.Wait();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private Tensor Output(LayerCall call, Tensor input)
    {
        using var computeType = options.ComputeType.Begin(device);
        return call.Module.call(input);
    }

    /// <summary>What makes two calls take the same time. In-place ABN with weights of zero keeps its input, and is another layer.</summary>
    private static string KeyOf(LayerCall call)
    {
        var parameters = call.Module.parameters().Select(parameter => string.Join('x', parameter.shape));
        var activation = call.Module is Abn abn ? $"{abn.Activation} {HasZeros(abn)}" : "";
        var (input, output) = (call.Input, call.Output!);
        return $"{call.Module.GetType()} {string.Join(' ', parameters)} {activation} "
            + $"{string.Join('x', input.Shape)} {input.Type} {input.ChannelsLast} {input.NeedsGradient} {string.Join('x', output.Shape)}";
    }

    private static bool HasZeros(Abn abn)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        return abn.parameters().First().count_nonzero().ToInt64() < abn.parameters().First().numel();
    }
}
