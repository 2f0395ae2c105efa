// Whether a network and a data set fit, found out with one image instead of in the middle of a run.

using TorchSharp;
using TResNet.Data;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Refuses a data set that a network cannot take.</summary>
internal static class InputCheck
{
    /// <summary>Sends one image through the network in evaluation mode and looks at what comes out.</summary>
    /// <exception cref="TResNetException">The network takes other images, or has another number of outputs than the data set has classes.</exception>
    public static void Require(nn.Module<Tensor, Tensor> model, ImageDataset data)
    {
        using var scope = NewDisposeScope();
        using var mode = new ModeScope(model, training: false);
        using var gradients = no_grad();
        var outputs = Outputs(model, data);
        if (outputs.Length != 2 || outputs[1] != data.Classes.Count)
        {
            throw new TResNetException(
                $"{ModelName.Of(model)} answers with {string.Join(" x ", outputs[1..])} values, but {data.Name} has {data.Classes.Count} classes; "
                    + $"create it with numClasses: {data.Classes.Count}."
            );
        }
    }

    private static long[] Outputs(nn.Module<Tensor, Tensor> model, ImageDataset data)
    {
        try
        {
            var (images, _) = Placement.Of(model).Move(data.GetBatch([0]));
            return model.call(images).shape;
        }
        catch (Exception refused) when (refused is not TResNetException and not OutOfMemoryException)
        {
            throw new TResNetException(
                $"{ModelName.Of(model)} does not take the images of {data.Name}, {data.Channels} x {data.Height} x {data.Width} "
                    + $"({refused.Message.Split('\n')[0].TrimEnd('.')}); change them with FitTo.",
                refused
            );
        }
    }
}
