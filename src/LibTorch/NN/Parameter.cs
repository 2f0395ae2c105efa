// A tensor that is learned.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A leaf tensor that belongs to a module and that optimizers learn.</summary>
public class Parameter : Tensor
{
    /// <summary>Makes a parameter of a tensor's values. The tensor's handle moves to the parameter.</summary>
    /// <param name="data">The initial values, of any shape. Not to be used afterwards.</param>
    /// <param name="requires_grad">Whether <c>backward</c> computes its gradient.</param>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(data)
    {
        data.Dispose();
        this.requires_grad = requires_grad;
    }
}
