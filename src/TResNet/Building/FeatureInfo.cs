namespace TResNet.Building;

/// <summary>A feature map that a network gives beside its logits.</summary>
/// <param name="Channels">Its channels.</param>
/// <param name="Reduction">By how much its sides are smaller than the image's: 2, 4, 8, 16 or 32.</param>
/// <param name="Module">The path of the module that computes it, such as <c>body.layer3</c>.</param>
public sealed record FeatureInfo(int Channels, int Reduction, string Module);
