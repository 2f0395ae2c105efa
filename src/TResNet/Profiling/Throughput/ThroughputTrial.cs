using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>
/// A network that is ready to be timed, alone or in turns with others. Weights, buffers, gradients and training flags are what they were when it is disposed;
/// of several with one network, the last that was prepared is the first to be disposed.
/// </summary>
internal sealed class ThroughputTrial : ITimed, IDisposable
{
    private readonly nn.Module<Tensor, Tensor> model;
    private readonly ThroughputOptions options;
    private readonly ProfilingScope lent;
    private readonly OptimizedTrial? optimised;
    private readonly SGD? optimizer;
    private readonly long beside;
    private RoundTimer? timer;
    private long? peak;

    private ThroughputTrial(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions options,
        long beside,
        CancellationToken cancel,
        bool isLent
    )
    {
        (this.model, this.options, this.beside) = (model, options, beside);
        lent = new ProfilingScope(model, imageShape, options, isLent);
        try
        {
            optimised = options.Optimize ? new OptimizedTrial(model, lent.Images, options.ComputeType, cancel) : null;
            optimizer = options.Mode == ThroughputMode.Training ? optim.SGD(model.parameters(), 1e-3, 0.9) : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int BatchSize => options.BatchSize;

    private nn.Module<Tensor, Tensor> Timed => optimised?.Module ?? model;

    /// <summary>Lends a network to a measurement, optimises it where that was asked for, and warms it up.</summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">How to time; validated.</param>
    /// <param name="beside">What the process has resident for others that are timed with it, in bytes.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <param name="isLent">Whether it is to be as it was afterwards; otherwise its weights are those of the training.</param>
    /// <exception cref="TResNetException">The network does not take the images, or there is no memory for them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ThroughputTrial Prepare(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions options,
        long beside,
        CancellationToken cancel,
        bool isLent = true
    ) =>
        Guarded(
            options,
            imageShape,
            () =>
            {
                var trial = new ThroughputTrial(model, imageShape, options, beside, cancel, isLent);
                try
                {
                    Machine.ResetPeakResidentMemory();
                    using var entered = trial.Enter();
                    trial.timer = new RoundTimer(trial, options, TimeProvider.System, cancel);
                    trial.peak = Machine.PeakResidentMemory();
                    return trial;
                }
                catch
                {
                    trial.Dispose();
                    throw;
                }
            }
        );

    /// <summary>Times what is prepared, in turns.</summary>
    /// <param name="trials">With the same number of rounds and the same budget.</param>
    /// <param name="progress">Told of each round: whose, from 0, which, from 1, and its rate.</param>
    /// <param name="cancel">Honoured between two batches; the rounds done so far are the result.</param>
    /// <returns>One for each, in order; null of one that a cancel left without a round.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static IReadOnlyList<ThroughputResult?> InTurns(
        IReadOnlyList<ThroughputTrial> trials,
        Action<int, int, double>? progress,
        CancellationToken cancel
    )
    {
        var first = trials[0];
        using var entered = trials.Count == 1 ? first.Enter() : null;
        var turns = Guarded(
            first.options,
            [.. first.lent.Shape[1..]],
            () =>
                Turns.Run(
                    [.. trials.Select(trial => trial.timer!)],
                    first.options,
                    TimeProvider.System,
                    progress,
                    cancel
                )
        );
        if (trials.Count == 1)
        {
            // Before its first round a network may not yet have had all that it takes.
            first.peak = Machine.PeakResidentMemory();
        }

        return [.. trials.Zip(turns, (trial, own) => own.Rounds.Count == 0 ? null : trial.ResultOf(own))];
    }

    /// <inheritdoc/>
    public IDisposable Enter() => new Entered(this);

    /// <inheritdoc/>
    public void Run(int batches, CancellationToken cancel)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            cancel.ThrowIfCancellationRequested();
            using var temporaries = NewDisposeScope();
            if (optimizer is null)
            {
                using var gradients = no_grad();
                Timed.call(lent.Images);
            }
            else
            {
                ThroughputProfiler.Step(model, lent.Images, optimizer, options.ComputeType);
            }
        }

        lent.Placement.Device.Wait();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer?.Dispose();
        optimised?.Dispose();
        lent.Dispose();
    }

    private ThroughputResult ResultOf(TurnRounds turns) =>
        new()
        {
            Model = model.DisplayName(),
            InputShape = lent.Shape,
            Options = options,
            Rounds = turns.Rounds,
            Turns = [turns],
            Device = lent.Placement.Device.ToString(),
            Threads = get_num_threads(),
            DataType =
                options.ComputeType == ComputeType.Float32
                    ? lent.Placement.Type.ToString()
                    : options.ComputeType.ToString(),
            MemoryFormat = lent.Placement.MemoryFormat,
            Machine = Machine.Describe(),
            Library = TorchLibrary.Name,
            Version = BuildVersion.Current,
            Date = TimeProvider.System.GetUtcNow(),
            PeakMemory = peak - beside,
            Optimized = optimised?.Summarize() is { } summary
                ? summary with
                {
                    PeakMemory = summary.PeakMemory - beside,
                }
                : null,
        };

    private static T Guarded<T>(ThroughputOptions options, IReadOnlyList<long> imageShape, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception refused) when (OutOfMemory.Is(refused))
        {
            throw OutOfMemory.Sentence(refused, options.BatchSize, imageShape);
        }
    }

    /// <summary>Training or evaluation, and one precision for all batches of inference, so that weights are cast once.</summary>
    private sealed class Entered : IDisposable
    {
        private readonly ModeScope mode;
        private readonly IDisposable? computeType;

        public Entered(ThroughputTrial trial)
        {
            mode = new ModeScope(trial.model, trial.options.Mode == ThroughputMode.Training);
            computeType =
                trial.optimizer is null && trial.optimised is null
                    ? trial.options.ComputeType.Begin(trial.lent.Placement.Device)
                    : null;
        }

        public void Dispose()
        {
            computeType?.Dispose();
            mode.Dispose();
        }
    }
}
