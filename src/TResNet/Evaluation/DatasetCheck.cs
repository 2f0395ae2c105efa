using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Profiling.Counting;
using static TorchSharp.torch;

namespace TResNet.Evaluation;

/// <summary>Refuses a data set that is not for a network, before the first step.</summary>
internal static class DatasetCheck
{
    /// <summary>Sends one black image through the network in evaluation mode and looks at what comes out.</summary>
    /// <exception cref="TResNetException">
    /// The network does not take these images, or has another number of outputs than the data set has classes.
    /// </exception>
    public static void Require(nn.Module<Tensor, Tensor> model, ImageDataset data)
    {
        using var scope = NewDisposeScope();
        var outputs = InputCheck.Try(model, [data.Channels, data.Height, data.Width]).shape;
        if (outputs.Length != 2 || outputs[1] != data.Classes.Count)
        {
            throw new TResNetException(
                $"{model.DisplayName()} answers with {string.Join(" x ", outputs[1..])} values, but {data.Name} has {data.Classes.Count} classes; "
                    + $"create it with numClasses: {data.Classes.Count}."
            );
        }
    }
}
