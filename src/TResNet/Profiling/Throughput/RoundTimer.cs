using TResNet.Profiling.Options;

namespace TResNet.Profiling.Throughput;

/// <summary>Times rounds of something that is warm, each long enough to mean something.</summary>
internal sealed class RoundTimer
{
    // As many batches go before the first round as two rounds have.
    private const int RoundsToWarmUp = 2;

    private readonly ITimed timed;
    private readonly ThroughputOptions options;
    private readonly TimeProvider clock;
    private TimeSpan usual;

    /// <summary>Warms it up, and finds out how long a batch takes.</summary>
    /// <param name="timed">What is timed; entered already.</param>
    /// <param name="options">How; validated.</param>
    /// <param name="clock">What tells the time.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public RoundTimer(ITimed timed, ThroughputOptions options, TimeProvider clock, CancellationToken cancel)
    {
        (this.timed, this.options, this.clock) = (timed, options, clock);
        var started = clock.GetTimestamp();
        var enough = RoundsToWarmUp * options.RoundTime;
        enough = enough < options.Budget ? enough : options.Budget;
        for (var done = 0; done < options.WarmUp || clock.GetElapsedTime(started) < enough; done++)
        {
            var began = clock.GetTimestamp();
            timed.Run(1, cancel);
            usual = clock.GetElapsedTime(began);
        }
    }

    /// <summary>Images a second of a round.</summary>
    /// <param name="cancel">Honoured between two batches; such a round does not count.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double Round(CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        var (done, took) = (0, TimeSpan.Zero);
        do
        {
            // Half of what is left: a machine that just became slow does not hold up a round for long.
            var batches = Math.Max(options.BatchesPerRound - done, InTime((options.RoundTime - took) / 2));
            timed.Run(batches, cancel);
            done += batches;
            took = clock.GetElapsedTime(started);
            usual = took / done;
        } while (took < options.RoundTime);

        return done * timed.BatchSize / took.TotalSeconds;
    }

    /// <summary>A round after others had the machine: one batch brings its weights back into the caches, unless a round is one batch anyway.</summary>
    /// <inheritdoc cref="Round"/>
    public double RoundAfterOthers(CancellationToken cancel)
    {
        using var entered = timed.Enter();
        if (options.BatchesPerRound > 1 || usual < options.RoundTime)
        {
            timed.Run(1, cancel);
        }

        return Round(cancel);
    }

    private int InTime(TimeSpan time) => usual <= TimeSpan.Zero ? 1 : Math.Max(1, (int)(time / usual));
}
