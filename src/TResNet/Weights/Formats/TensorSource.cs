using static TorchSharp.torch;

namespace TResNet.Weights.Formats;

/// <summary>A tensor to be written, made only when its turn comes, so that a file is written without all of it in memory.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Entry">Its type and shape.</param>
/// <param name="Make">Gives the tensor; the writer calls it once, in a dispose scope of its own.</param>
internal sealed record TensorSource(string Name, TensorEntry Entry, Func<Tensor> Make)
{
    /// <summary>A tensor that is there already.</summary>
    internal static TensorSource Of(string name, Tensor tensor) =>
        new(name, new TensorEntry(tensor.dtype, tensor.shape), tensor.alias);
}
