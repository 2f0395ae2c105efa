// Layers that do not compute.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Passes its input on, under another handle.</summary>
public sealed class Identity : ParameterLessModule<Tensor, Tensor>
{
    internal Identity()
        : base(nameof(Identity)) { }

    /// <summary>Passes the input on.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>A view of the input.</returns>
    public override Tensor forward(Tensor tensor) => tensor.alias();
}

/// <summary>Makes one dimension of several.</summary>
public sealed class Flatten : ParameterLessModule<Tensor, Tensor>
{
    internal Flatten(long start_dim, long end_dim)
        : base(nameof(Flatten))
    {
        this.start_dim = start_dim;
        this.end_dim = end_dim;
    }

    /// <summary>The first of the dimensions.</summary>
    public long start_dim { get; set; }

    /// <summary>The last of the dimensions.</summary>
    public long end_dim { get; set; }

    /// <summary>Flattens.</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>By default [N, elements of a sample].</returns>
    public override Tensor forward(Tensor input) => input.flatten(start_dim, end_dim);

    private protected override string Settings => $"start_dim={start_dim}, end_dim={end_dim}";
}
