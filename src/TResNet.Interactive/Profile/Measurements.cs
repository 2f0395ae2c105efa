using System.Runtime.CompilerServices;
using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>What the profile command measured and the compare command shows: by name in the user's file, by object for networks in variables.</summary>
internal sealed class Measurements(ThroughputStore store)
{
    // A variable's network may be anything, so its speed is worth nothing to the next session.
    private readonly ConditionalWeakTable<Network, IReadOnlyList<ThroughputResult>> ofVariables = [];
    private readonly ConditionalWeakTable<Network, List<BatchNeed>> needsOfVariables = [];
    private readonly BatchNeedStore needs = new(Path.GetDirectoryName(store.Path)!);

    public static Measurements OfUser { get; } = new(ThroughputStore.OfUser);

    /// <summary>Keeps the result of a network by name in the file, and of one in a variable for as long as that lives.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="result">What was measured of it.</param>
    /// <param name="replace">Whether it takes the place of what was measured for longer, too.</param>
    /// <returns>Why it could not be kept; null when it was.</returns>
    public string? Keep(MeasuredNetwork subject, ThroughputResult result, bool replace = false)
    {
        if (!subject.IsNew)
        {
            ofVariables.AddOrUpdate(subject.Built, ThroughputStore.With(Of(subject.Built), result, replace));
            return null;
        }

        return Kept(() => store.Save(result, replace));
    }

    /// <summary>The same of what a batch would take that there is no room for.</summary>
    /// <returns>Why it could not be kept; null when it was.</returns>
    public string? Keep(MeasuredNetwork subject, BatchNeed need)
    {
        if (subject.IsNew)
        {
            return Kept(() => needs.Save(need));
        }

        needsOfVariables.GetOrCreateValue(subject.Built).Add(need);
        return null;
    }

    /// <summary>What this build found out on this machine before of batches that there was no room for.</summary>
    /// <param name="subject">The network with its images.</param>
    /// <param name="options">How they would be measured; the batch size in it does not count.</param>
    public IEnumerable<BatchNeed> Needs(MeasuredNetwork subject, ThroughputOptions options) =>
        (
            subject.IsNew ? needs.Load()
            : needsOfVariables.TryGetValue(subject.Built, out var own) ? own
            : []
        ).Where(need =>
            need.Model == subject.Label
            && (need.Version, need.Machine, need.Library)
                == (BuildVersion.Current, Machine.Describe(), TorchLibrary.Name)
            && (need.Mode, need.Optimized, need.ComputeType) == (options.Mode, options.Optimize, options.ComputeType)
            && need.InputShape.Skip(1).SequenceEqual(subject.Image)
            && need.Threads == torch.get_num_threads()
        );

    /// <summary>What this build measured on this machine before, of the same kind and at least as long; null where there is nothing.</summary>
    /// <param name="subject">The network with its images.</param>
    /// <param name="options">How it would be measured.</param>
    /// <param name="device">The device, as a result names it.</param>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public ThroughputResult? Find(MeasuredNetwork subject, ThroughputOptions options, string device) =>
        (subject.IsNew ? Here()[subject.Label] : Of(subject.Built))
            .Where(result =>
                result.Version == BuildVersion.Current
                && (result.Mode, result.Options.Optimize) == (options.Mode, options.Optimize)
                && (result.Options.ComputeType, result.Device) == (options.ComputeType, device)
                && result.InputShape.SequenceEqual([options.BatchSize, .. subject.Image])
                && result.Threads == torch.get_num_threads()
                && (
                    subject.IsNew
                    || options.Optimize
                    || result.MemoryFormat == ThroughputProfiler.MemoryFormatOf(subject.Built)
                )
                && result.Answers(options)
            )
            .MaxBy(result => result.Date);

    /// <summary>The user's file.</summary>
    public string File => store.Path;

    /// <summary>All results of all machines in the user's file, oldest first.</summary>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public IReadOnlyList<ThroughputResult> All() => store.Load();

    /// <summary>The results of a network in a variable.</summary>
    public IReadOnlyList<ThroughputResult> Of(Network network) =>
        ofVariables.TryGetValue(network, out var results) ? results : [];

    /// <summary>The results on this machine with this library, of all networks by name.</summary>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public ILookup<string, ThroughputResult> Here()
    {
        var (machine, library) = (Machine.Describe(), TorchLibrary.Name);
        return store
            .Load()
            .Where(result => result.Machine == machine && result.Library == library)
            .ToLookup(result => result.Model);
    }

    private static string? Kept(Action save)
    {
        try
        {
            save();
            return null;
        }
        catch (TResNetException refused)
        {
            return refused.Message;
        }
    }
}
