namespace TResNet.Architectures;

/// <summary>One row of the table of switches: names, help, errors and the change itself all come from it.</summary>
/// <param name="name">The switch's name.</param>
/// <param name="description">What it decides, in a sentence.</param>
internal abstract class SwitchRow(string name, string description)
{
    /// <summary>The switch's name.</summary>
    internal string Name => name;

    /// <summary>What it decides, in a sentence.</summary>
    internal string Description => description;

    /// <summary>Further names.</summary>
    internal string[] Others { get; init; } = [];

    /// <summary>The setting that it goes with; it has no bearing on networks that are set otherwise.</summary>
    internal string? GoesWith { get; init; }

    /// <summary>What can be written, or examples.</summary>
    internal abstract IReadOnlyList<string> Choices { get; }

    /// <summary>What can be written, in words.</summary>
    internal abstract string Takes { get; }

    /// <summary>What it is in a network; null where it has no bearing on it.</summary>
    internal abstract string? ValueIn(Architecture network);

    /// <summary>The network with another value; null where the text says none.</summary>
    internal abstract Architecture? Set(Architecture network, string value);

    /// <summary>Whether two networks differ in it, so that it has a bearing on the second one.</summary>
    internal abstract bool Differs(Architecture from, Architecture to);

    /// <summary>A network with the value that another one has, and with nothing else of it.</summary>
    internal abstract Architecture Copy(Architecture from, Architecture to);

    /// <summary>Whether a name means this switch.</summary>
    internal bool IsCalled(string text) =>
        Others.Append(Name).Any(each => NamedValues<int>.Key(each) == NamedValues<int>.Key(text));
}

/// <summary>A switch of a kind of network.</summary>
/// <param name="name">The switch's name.</param>
/// <param name="description">What it decides, in a sentence.</param>
/// <param name="values">What can be written.</param>
/// <param name="get">The value in a network.</param>
/// <param name="set">The network with another value.</param>
internal sealed class SwitchRow<TNetwork, TValue>(
    string name,
    string description,
    SwitchValues<TValue> values,
    Func<TNetwork, TValue> get,
    Func<TNetwork, TValue, TNetwork> set
) : SwitchRow(name, description)
    where TNetwork : Architecture
{
    /// <summary>Whether it has a bearing on a network.</summary>
    internal Func<TNetwork, bool> Matters { get; init; } = _ => true;

    /// <summary>Writes what it is in a network, where that is more than one value.</summary>
    internal Func<TNetwork, string>? Shown { get; init; }

    /// <summary>What a network is compared as, where another switch changes how the value is written.</summary>
    internal Func<TNetwork, TNetwork, TNetwork> ComparedAs { get; init; } = (from, _) => from;

    /// <summary>Gives the second network the first one's value, where that is more than one value.</summary>
    internal Func<TNetwork, TNetwork, TNetwork>? Copied { get; init; }

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Choices => values.Choices;

    /// <inheritdoc/>
    internal override string Takes => values.Takes;

    /// <inheritdoc/>
    internal override string? ValueIn(Architecture network) =>
        Matters((TNetwork)network) ? Text((TNetwork)network) : null;

    /// <inheritdoc/>
    internal override Architecture? Set(Architecture network, string value) =>
        values.TryParse(value.Trim(), out var parsed) ? set((TNetwork)network, parsed) : null;

    /// <inheritdoc/>
    internal override bool Differs(Architecture from, Architecture to) =>
        Matters((TNetwork)to) && Text(ComparedAs((TNetwork)from, (TNetwork)to)) != Text((TNetwork)to);

    /// <inheritdoc/>
    internal override Architecture Copy(Architecture from, Architecture to) =>
        Copied is null ? set((TNetwork)to, get((TNetwork)from)) : Copied((TNetwork)from, (TNetwork)to);

    private string Text(TNetwork network) => Shown is null ? values.Format(get(network)) : Shown(network);
}
