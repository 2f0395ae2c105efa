using System.Text.RegularExpressions;

namespace TResNet.Architectures;

/// <summary>Sets switches by text, and says of a variant what was switched.</summary>
internal static partial class Switching
{
    /// <summary>Sets one switch.</summary>
    internal static Architecture Set(Architecture network, string name, string value)
    {
        var row = network.Rows.FirstOrDefault(row => row.IsCalled(name)) ?? throw Unknown(network, name);
        return row.Set(network, value) ?? throw NotAValue(row, value);
    }

    /// <summary>Sets several switches, and refuses those that have no bearing on the result.</summary>
    internal static Architecture Set(Architecture network, IReadOnlyList<string> settings)
    {
        var result = network;
        // A comma stands within the values of some switches too, where no name follows it.
        settings = [.. settings.SelectMany(each => NextSetting().Split(each))];
        foreach (var setting in settings)
        {
            var (name, value) = Split(network, setting);
            result = Set(result, name, value);
        }

        foreach (var setting in settings)
        {
            var row = network.Rows.First(row => row.IsCalled(Split(network, setting).Name));
            if (row.ValueIn(result) is null)
            {
                throw new TResNetException(
                    $"{setting.Trim()} changes nothing in {network.Listed.Name}: it goes with {row.GoesWith}."
                );
            }
        }

        return result;
    }

    /// <summary>The switches of a network.</summary>
    internal static IReadOnlyList<Switch> List(Architecture network)
    {
        var original = Listing.Find(network.Listed.Name);
        return
        [
            .. network.Rows.Select(row => new Switch(
                row.Name,
                row.Description,
                row.Takes,
                row.Choices,
                row.ValueIn(network),
                original?.GetType() == network.GetType() ? row.ValueIn(original) : null
            )),
        ];
    }

    /// <summary>What a network is: as it was listed or, of a variant, under a name that says what was switched.</summary>
    internal static ModelInfo Describe(Architecture network)
    {
        var listed = network.Listed;
        var original = Listing.Find(listed.Name);
        if (original?.GetType() != network.GetType())
        {
            return listed with { Multiple = network.Multiple, Variant = network };
        }

        var same = original with { Info = listed };
        if (network.Equals(same))
        {
            return listed;
        }

        string[] changed =
        [
            .. network
                .Rows.Where(row => row.Differs(same, network))
                .Select(row => $"{row.Name}={row.ValueIn(network)}"),
        ];
        var switched = network.Rows.Aggregate(same, (result, row) => Copy(row, network, result));
        string[] others = network.Equals(switched) && changed.Length > 0 ? [] : ["changes"];
        return listed with
        {
            Name = string.Join(" + ", [listed.Name, .. changed, .. others]),
            Multiple = network.Multiple,
            Top1 = null,
            Top1Source = null,
            Variant = network,
        };
    }

    // A list of another length does not fit the network that it is copied to: then more than switches changed.
    private static Architecture Copy(SwitchRow row, Architecture from, Architecture to)
    {
        try
        {
            return row.Copy(from, to);
        }
        catch (TResNetException)
        {
            return to;
        }
    }

    private static (string Name, string Value) Split(Architecture network, string setting)
    {
        if (setting.Split('=', 2) is [var name, var value])
        {
            return (name.Trim(), value.Trim());
        }

        var row = network.Rows.FirstOrDefault(row => row.IsCalled(setting)) ?? throw Unknown(network, setting.Trim());
        throw new TResNetException(
            $"{row.Name} is given no value: it takes {row.Takes}, as in {row.Name}={row.Choices[0]}."
        );
    }

    private static TResNetException Unknown(Architecture network, string name)
    {
        string[] names = [.. network.Rows.Select(row => row.Name)];
        var near = Spelling.Near(name, names, most: 2, farthest: Math.Max(2, name.Length / 3));
        var meant = near.Count > 0 ? $": did you mean {Spelling.Either(near)}?" : ".";
        return new TResNetException(
            $"{network.Listed.Name} has no switch '{name}'{meant} Its switches are {string.Join(", ", names)}."
        );
    }

    private static TResNetException NotAValue(SwitchRow row, string value)
    {
        var near = Spelling.Near(value, row.Choices, most: 1, farthest: Math.Max(1, value.Length / 3));
        var meant = near.Count > 0 ? $", did you mean {near[0]}?" : ".";
        return new TResNetException($"{row.Name} cannot be '{value}'{meant} It takes {row.Takes}.");
    }

    [GeneratedRegex(@",(?=\s*[A-Za-z][\w-]*\s*=)")]
    private static partial Regex NextSetting();
}
