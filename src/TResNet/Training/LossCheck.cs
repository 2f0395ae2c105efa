using TResNet.Building;
using TResNet.Data.Loading;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Refuses a loss that is not for the labels of a data set, before the first step.</summary>
internal static class LossCheck
{
    /// <exception cref="TResNetException">Images may have several labels and the loss knows one, or the network is of several labels and the images are not.</exception>
    public static void Require(TrainingOptions options, ImageDataset data, nn.Module model)
    {
        var loss = options.Loss;
        if (options.HeadInitBias is { } bias && loss == LossKind.Asymmetric && !data.IsMultiLabel)
        {
            throw new TResNetException(
                FormattableString.Invariant(
                    $"A first bias of {bias} for all classes means nothing to the asymmetric loss of one label an image, which looks at differences between classes alone: leave it out."
                )
            );
        }

        if (options.ClassWeights is { } weights && weights.Count != data.Classes.Count)
        {
            throw new TResNetException(
                $"There are {weights.Count} class weights, and {data.Name} has {data.Classes.Count} classes: give each class one, in their order."
            );
        }

        if (data.IsMultiLabel && loss == LossKind.CrossEntropy)
        {
            throw new TResNetException(
                $"The images of {data.Name} may have several labels, and cross entropy is for one: take the asymmetric loss (--loss asymmetric) or binary cross entropy (--loss bce)."
            );
        }

        if (
            !data.IsMultiLabel
            && loss != LossKind.BinaryCrossEntropy
            && model is Network { Architecture.MultiLabel: true } network
        )
        {
            throw new TResNetException(
                $"{network.Info.Name} gives each label a probability of its own, and each image of {data.Name} has one label: take binary cross entropy (--loss bce), or build it without multi-label=true."
            );
        }
    }
}
