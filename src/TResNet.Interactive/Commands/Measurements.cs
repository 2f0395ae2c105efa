using System.Runtime.CompilerServices;
using TResNet.Profiling;

namespace TResNet.Interactive.Commands;

/// <summary>What the profile command measured and the compare command shows: by name in the user's file, by object for networks in variables.</summary>
internal sealed class Measurements(ThroughputStore store)
{
    // A variable's network may be anything, so its speed is worth nothing to the next session.
    private readonly ConditionalWeakTable<Network, List<ThroughputResult>> ofVariables = [];

    public static Measurements OfUser { get; } = new(ThroughputStore.OfUser);

    /// <summary>Keeps the result of a network that <see cref="Models"/> made.</summary>
    /// <returns>Why it could not be kept; null when it was.</returns>
    public string? Keep(ThroughputResult result)
    {
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

    /// <summary>Keeps the result of a network in a variable for as long as the network lives.</summary>
    public void Keep(Network network, ThroughputResult result) => ofVariables.GetOrCreateValue(network).Add(result);

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
