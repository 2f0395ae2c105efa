using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>A module that answers for another, such as an optimised form of it.</summary>
internal interface IStandIn
{
    /// <summary>The module that it was made from, which has the parameters.</summary>
    nn.Module<Tensor, Tensor> Source { get; }
}
