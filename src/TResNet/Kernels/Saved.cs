using static TorchSharp.torch;

namespace TResNet.Kernels;

/// <summary>What a node keeps of a tensor for its backward: the tensor, or how to make it again from tensors that are kept anyway.</summary>
internal sealed class Saved : IDisposable
{
    private readonly AutogradNode node;
    private Recipe? recipe;
    private nint variable;

    /// <summary>Keeps a tensor.</summary>
    /// <param name="node">Whose backward it is for.</param>
    /// <param name="tensor">An input of the node, a result of it that was attached, or another.</param>
    public Saved(AutogradNode node, Tensor tensor)
    {
        this.node = node;
        recipe = Recipe.Acquire(tensor);
        if (recipe is null)
        {
            // Knows results of its own node, which would hold each other, and what was changed in place since.
            variable = AutogradExports.Save(tensor.Handle, node.Pointer, 0);
            AutogradExports.Check();
        }
    }

    /// <summary>The tensor, which belongs to the current dispose scope.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">It was changed in place since.</exception>
    public Tensor Get()
    {
        if (recipe is not null)
        {
            return recipe.Make();
        }

        ObjectDisposedException.ThrowIf(variable == 0, this);
        var handle = AutogradExports.Unpack(variable, node.Pointer);
        AutogradExports.Check();
        return Tensor.UnsafeCreateTensor(handle);
    }

    /// <summary>Lets it go.</summary>
    public void Dispose()
    {
        recipe?.Dispose();
        recipe = null;
        if (variable != 0)
        {
            AutogradExports.DropSaved(variable);
            variable = 0;
        }
    }
}
