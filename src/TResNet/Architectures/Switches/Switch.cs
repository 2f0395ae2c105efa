namespace TResNet.Architectures;

/// <summary>A refinement of a network that can be changed by name: one line of an ablation.</summary>
/// <param name="Name">What it is called, such as <c>attention</c>.</param>
/// <param name="Description">What it decides, in a sentence.</param>
/// <param name="Takes">What it can be, in words.</param>
/// <param name="Choices">What it can be; examples where it takes any number.</param>
/// <param name="Value">What it is in this network; null where it has no bearing on it.</param>
/// <param name="Listed">What it is in the network of the list that this one is a variant of; null where that is not known.</param>
internal sealed record Switch(
    string Name,
    string Description,
    string Takes,
    IReadOnlyList<string> Choices,
    string? Value,
    string? Listed
)
{
    /// <summary>The switches of residual networks, with what they are in ResNet-50.</summary>
    public static IReadOnlyList<Switch> OfResidualNetworks => Listing.Find("resnet50")!.Switches;

    /// <summary><c>attention=eca</c>.</summary>
    public override string ToString() => $"{Name}={Value}";
}
