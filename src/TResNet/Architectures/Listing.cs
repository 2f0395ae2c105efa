namespace TResNet.Architectures;

/// <summary>All networks that have a name, family by family.</summary>
internal static class Listing
{
    internal static readonly Architecture[] All =
    [
        .. TResNetFamily.All,
        .. ResNetFamily.All,
        .. ResNetDFamily.All,
        .. WideResNetFamily.All,
        .. AntiAliasedResNetFamily.All,
        .. ResNeXtFamily.All,
        .. SEResNetFamily.All,
        .. ECAResNetFamily.All,
        .. SKResNetFamily.All,
        .. ResNeStFamily.All,
        .. ResNetV2Family.All,
        .. RegNetFamily.All,
        .. MobileNetV2Family.All,
        .. MnasNetFamily.All,
        .. EfficientNetFamily.All,
        .. MixNetFamily.All,
    ];

    /// <summary>The network of a name; null where there is none.</summary>
    internal static Architecture? Find(string name) =>
        All.FirstOrDefault(a => a.Listed.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What a network is, or a variant: <c>tresnet_m + attention=eca</c>.</summary>
    /// <exception cref="TResNetException">There is no such network, or no such switch or choice.</exception>
    internal static Architecture Describe(string name)
    {
        var parts = name.Split('+', StringSplitOptions.TrimEntries);
        var listed = Find(parts[0]) ?? throw Unknown(parts[0]);
        return parts.Length == 1 ? listed : listed.With(parts[1..]);
    }

    private static TResNetException Unknown(string name)
    {
        var near = Spelling.Near(name, All.Select(a => a.Listed.Name), most: 3);
        return new TResNetException(
            $"There is no model '{name}': did you mean {string.Join(", ", near)}? All names: tresnet models, or Models.List()."
        );
    }
}
