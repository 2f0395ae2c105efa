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
}
