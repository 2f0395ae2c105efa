using System.Runtime.CompilerServices;
using TResNet.Profiling;

namespace TResNet.Interactive.Commands;

/// <summary>What the profile command measured and the compare command shows: by name in the user's file, by object for networks in variables.</summary>
internal sealed class Measurements(ThroughputStore store)
{
    // A variable's network may be anything, so its speed is worth nothing to the next session.
    private readonly ConditionalWeakTable<Network, List<ThroughputResult>> ofVariables = [];

    public static Measurements OfUser { get; } = new(ThroughputStore.OfUser);

    /// <summary>Keeps the result of a network by name in the file, and of one in a variable for as long as that lives.</summary>
    /// <returns>Why it could not be kept; null when it was.</returns>
    public string? Keep(Subject subject, ThroughputResult result)
    {
        if (!subject.IsNew)
        {
            ofVariables.GetOrCreateValue(subject.Built).Add(result);
            return null;
        }

        try
        {
            store.Save(result);
            return null;
        }
        catch (TResNetException refused)
        {
            return refused.Message;
        }
    }

    /// <summary>What this build measured on this machine before, of the same kind and at least as long; null where there is nothing.</summary>
    /// <param name="subject">The network with its images.</param>
    /// <param name="options">How it would be measured.</param>
    /// <param name="device">The device, as a result names it.</param>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public ThroughputResult? Find(Subject subject, ThroughputOptions options, string device) =>
        (subject.IsNew ? Here()[subject.Label] : Of(subject.Built))
            .Where(result =>
                result.Version == BuildVersion.Current
                && (result.Mode, result.Options.Optimize) == (options.Mode, options.Optimize)
                && (result.Options.Precision, result.Device) == (options.Precision, device)
                && result.InputShape.SequenceEqual([options.BatchSize, .. subject.Image])
                && (result.Threads, result.MemoryFormat) == (Backend.Threads, "contiguous")
                && result.Options.Rounds >= options.Rounds
                && (result.Options.Budget >= options.Budget || !result.Shortened)
            )
            .MaxBy(result => result.Date);

    /// <summary>All results of all machines, oldest first.</summary>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public IReadOnlyList<ThroughputResult> All() => store.Load();

    /// <summary>The results of a network in a variable.</summary>
    public IReadOnlyList<ThroughputResult> Of(Network network) =>
        ofVariables.TryGetValue(network, out var results) ? results : [];

    /// <summary>The results on this machine with this library, of all networks by name.</summary>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public ILookup<string, ThroughputResult> Here()
    {
        var (machine, library) = (Machine.Describe(), Backend.Name);
        return store
            .Load()
            .Where(result => result.Machine == machine && result.Library == library)
            .ToLookup(result => result.Model);
    }
}
