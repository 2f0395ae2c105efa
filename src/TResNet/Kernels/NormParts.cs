using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>What a normalisation by the batch computes with.</summary>
/// <param name="Weight">[C].</param>
/// <param name="Bias">[C].</param>
/// <param name="RunningMean">[C]; changes in training.</param>
/// <param name="RunningVariance">[C]; changes in training.</param>
/// <param name="Momentum">How much of a batch's statistics goes into the running ones.</param>
/// <param name="Epsilon">What is added to the variance.</param>
/// <param name="WeightEpsilon">What is added to the weight's magnitude, which then scales; null where the weight scales as it is.</param>
internal sealed record NormParts(
    Tensor Weight,
    Tensor Bias,
    Tensor? RunningMean,
    Tensor? RunningVariance,
    double Momentum,
    double Epsilon,
    double? WeightEpsilon = null
)
{
    /// <summary>Whether the kernels take them with maps of so many channels.</summary>
    public bool Fit(long channels) =>
        FeatureMaps.IsVector(Weight, channels)
        && FeatureMaps.IsVector(Bias, channels)
        && FeatureMaps.IsVector(RunningMean, channels)
        && FeatureMaps.IsVector(RunningVariance, channels);
}
