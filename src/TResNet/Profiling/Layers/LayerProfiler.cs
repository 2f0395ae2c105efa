// Where the time of a network goes, layer by layer: forward by hooks within real passes, backward of each module alone.

using System.Diagnostics;
using MathNet.Numerics.Statistics;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Profiling.Layers;

/// <summary>Times a network's layers.</summary>
internal static class LayerProfiler
{
    /// <summary>
    /// Times each layer, and the whole beside it. Weights, buffers, gradients, training flags and hooks are the same afterwards.
    /// </summary>
    /// <remarks>
    /// Forward is timed within passes of the whole network. Autograd has no such places, so backward is timed on each module alone, with an input
    /// of the same kind; equal modules with equal inputs are timed once. What a block does itself, is its backward less that of the layers inside.
    /// </remarks>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">Mode, batch size, precision, warm-up and rounds; null for the defaults. No round starts after the budget.</param>
    /// <param name="progress">Told between passes.</param>
    /// <param name="cancel">Honoured between two passes; after the first round, what is done is the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or the network does not take the images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static LayerProfile Measure(
        Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions? options = null,
        IProgress<LayerProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        options = (options ?? new ThroughputOptions()).Validate();
        if (options.Optimize)
        {
            throw new TResNetException(
                "An optimised network has steps in place of layers: Profiler.Throughput times it as a whole, so leave Optimize out here."
            );
        }

        try
        {
            return Timed(model, imageShape, options, progress, cancel);
        }
        catch (Exception refused) when (OutOfMemory.Is(refused))
        {
            throw OutOfMemory.Sentence(refused, options.BatchSize, imageShape);
        }
    }

    private static LayerProfile Timed(
        Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions options,
        IProgress<LayerProgress>? progress,
        CancellationToken cancel
    )
    {
        using var scope = NewDisposeScope();
        using var lent = new ProfilingScope(model, imageShape, options);
        var training = options.Mode == ThroughputMode.Training;
        var device = lent.Placement.Device;
        progress?.Report(new LayerProgress("measuring what the machine can do", 0));
        var roof = Roofline.Of(options.ComputeType, device);
        using var pass = new TimedPass(model, lent.Images, options);
        var watch = new ForwardWatch(model, device);
        var clock = Stopwatch.StartNew();
        var (steps, rounds) = (new List<StepTiming>(), new List<IReadOnlyList<LayerCall>>());
        var shortened = false;
        try
        {
            progress?.Report(new LayerProgress("warming up", 0));
            pass.Whole(cancel);
            watch.Run(pass.Forward);
            while (steps.Count < options.Rounds && (steps.Count == 0 || clock.Elapsed < options.Budget))
            {
                // Turn and turn about, so that both see the same machine.
                steps.Add(pass.Whole(cancel));
                rounds.Add(watch.Run(pass.Forward));
                var done = steps.Count / (double)options.Rounds;
                progress?.Report(
                    new LayerProgress($"layers, round {steps.Count} of {options.Rounds}", training ? done / 2 : done)
                );
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && rounds.Count > 0)
        {
            shortened = true;
        }

        var calls = rounds.MinBy(round => round[0].End - round[0].Start)!;
        var backward = new double[calls.Count];
        if (training && !shortened)
        {
            var alone = new BackwardAlone(options, device, Math.Min(steps.Count, 3));
            shortened = !alone.Time(calls, backward, progress, cancel);
        }

        var step = Median(steps);
        var operations = 2.0 * (training ? 3 : 1) * calls.Sum(LayerWork.MultiplyAdds);
        if (operations / step.Seconds / 1e9 > roof.Ceiling.Gigaflops && !cancel.IsCancellationRequested)
        {
            roof = Roofline.Again(options.ComputeType, device);
        }

        return new LayerProfile
        {
            Model = model.DisplayName(),
            InputShape = lent.Shape,
            Options = options,
            Layers = [.. calls.Select((call, i) => Row(call, i, rounds, backward[i], training))],
            Step = step,
            Roof = roof,
            Shortened = shortened,
        };
    }

    private static LayerTiming Row(
        LayerCall call,
        int at,
        IReadOnlyList<IReadOnlyList<LayerCall>> rounds,
        double backward,
        bool training
    )
    {
        var kind = LayerKinds.Of(call.Module);
        var began = rounds.First(round => ReferenceEquals(round[at], call))[0].Start;
        return new LayerTiming
        {
            Name = call.Name,
            Type = call.Module.GetType().Name,
            Kind = kind,
            Parent = call.Parent,
            InputShape = call.Input.Shape,
            OutputShape = call.Output!.Shape,
            Forward = ArrayStatistics.MedianInplace([
                .. rounds.Select(round => OwnTicks(round, at) / (double)Stopwatch.Frequency),
            ]),
            Backward = backward,
            MultiplyAdds = LayerWork.MultiplyAdds(call),
            ForwardWork = LayerWork.Forward(call, kind, training),
            BackwardWork = training ? LayerWork.Backward(call, kind) : default,
            Start = (call.Start - began) / (double)Stopwatch.Frequency,
            End = (call.End - began) / (double)Stopwatch.Frequency,
        };
    }

    private static long OwnTicks(IReadOnlyList<LayerCall> round, int at)
    {
        var own = round[at].End - round[at].Start;
        for (var i = at + 1; i < round.Count && round[i].Depth > round[at].Depth; i++)
        {
            own -= round[i].Parent == at ? round[i].End - round[i].Start : 0;
        }

        return own;
    }

    private static StepTiming Median(List<StepTiming> steps) =>
        new(
            ArrayStatistics.MedianInplace([.. steps.Select(step => step.Forward)]),
            ArrayStatistics.MedianInplace([.. steps.Select(step => step.Loss)]),
            ArrayStatistics.MedianInplace([.. steps.Select(step => step.Backward)]),
            ArrayStatistics.MedianInplace([.. steps.Select(step => step.Optimizer)])
        );

    /// <summary>Passes through the whole network, with the time of their parts.</summary>
    private sealed class TimedPass(Module<Tensor, Tensor> model, Tensor images, ThroughputOptions options) : IDisposable
    {
        private readonly SGD? optimizer =
            options.Mode == ThroughputMode.Training ? optim.SGD(model.parameters(), 1e-3, 0.9) : null;

        /// <summary>A forward pass alone, its result disposed.</summary>
        public void Forward()
        {
            using var temporaries = NewDisposeScope();
            Logits();
        }

        public StepTiming Whole(CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            using var temporaries = NewDisposeScope();
            Wait();
            var start = Stopwatch.GetTimestamp();
            var logits = Logits();
            var forward = Lap(ref start);
            if (optimizer is null)
            {
                return new StepTiming(forward, 0, 0, 0);
            }

            var labels = arange(images.shape[0], device: images.device).remainder(logits.shape[1]);
            optimizer.zero_grad();
            var loss = functional.cross_entropy(logits, labels);
            var ofLoss = Lap(ref start);
            loss.backward();
            var backward = Lap(ref start);
            optimizer.step();
            return new StepTiming(forward, ofLoss, backward, Lap(ref start));
        }

        public void Dispose() => optimizer?.Dispose();

        private Tensor Logits()
        {
            using var gradients = optimizer is null ? no_grad() : null;
            using var computeType = options.ComputeType.Begin(images.device);
            return model.call(images);
        }

        private double Lap(ref long since)
        {
            Wait();
            var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
            since = Stopwatch.GetTimestamp();
            return seconds;
        }

        private void Wait() => images.device.Wait();
    }
}
