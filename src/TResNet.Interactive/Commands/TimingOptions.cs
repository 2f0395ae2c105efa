using System.CommandLine;
using TResNet.Compute;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Commands;

/// <summary>The options of commands that time networks, and what they mean.</summary>
/// <param name="defaults">Rounds and budget where the options are not given.</param>
/// <param name="what">What has so many rounds and seconds: a network, a batch size.</param>
internal sealed class TimingOptions(ThroughputOptions defaults, string what)
{
    public Option<int> Rounds { get; } =
        CommonOptions.Make(
            "--rounds",
            $"Timed rounds of {what}, of which the median is the result; networks take turns, a round of each at a time.",
            defaults.Rounds,
            "number"
        );

    public Option<int> Budget { get; } =
        CommonOptions.Make(
            "--budget",
            $"Seconds after which no round of {what} starts; of several networks that many for each, together.",
            (int)defaults.Budget.TotalSeconds,
            "seconds"
        );

    public Option<double> RoundTime { get; } =
        CommonOptions.Make(
            "--round-time",
            "Seconds that a round lasts at least: it has as many batches as fill them.",
            defaults.RoundTime.TotalSeconds,
            "seconds"
        );

    public Option<int?> InputSize { get; } = CommonOptions.InputSize();

    public Option<string> ComputeType { get; } = ComputeTypeOption.Create();

    public Option<string> Device { get; } = DeviceOption.Create();

    /// <summary>What was asked for; batch size and whether to optimise are the caller's to set, and to validate.</summary>
    /// <exception cref="TResNetException">The device does not compute in the precision.</exception>
    public ThroughputOptions Read(ParseResult parsed, ThroughputMode mode) =>
        defaults with
        {
            Mode = mode,
            ComputeType = ReadComputeType(parsed),
            Rounds = parsed.GetValue(Rounds),
            RoundTime = Seconds(parsed.GetValue(RoundTime)),
            Budget = TimeSpan.FromSeconds(parsed.GetValue(Budget)),
        };

    /// <inheritdoc cref="ComputeTypeOption.Read"/>
    public ComputeType ReadComputeType(ParseResult parsed) => ComputeTypeOption.Read(parsed, ComputeType, Device);

    // What no TimeSpan holds is out of range anyway, and said so there.
    private static TimeSpan Seconds(double seconds) =>
        TimeSpan.FromSeconds(double.IsNaN(seconds) ? -1 : Math.Clamp(seconds, -1, TimeSpan.SecondsPerDay));
}
