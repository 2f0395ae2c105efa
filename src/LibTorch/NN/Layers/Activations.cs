// Activation layers.
using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary><c>x</c> where positive, <c>negative_slope x</c> elsewhere.</summary>
public sealed class LeakyReLU : ParameterLessModule<Tensor, Tensor>
{
    internal LeakyReLU(double negative_slope, bool inplace)
        : base(nameof(LeakyReLU))
    {
        this.negative_slope = negative_slope;
        this.inplace = inplace;
    }

    /// <summary>The slope for negative values.</summary>
    public double negative_slope { get; set; }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.leaky_relu(tensor, negative_slope, inplace);

    private protected override string Settings =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"negative_slope={negative_slope:R}{(inplace ? ", inplace=True" : "")}"
        );
}

/// <summary><c>max(x, 0)</c>.</summary>
public sealed class ReLU : ParameterLessModule<Tensor, Tensor>
{
    internal ReLU(bool inplace)
        : base(nameof(ReLU))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.relu(tensor, inplace);

    private protected override string Settings => inplace ? "inplace=True" : "";
}

/// <summary><c>x sigmoid(x)</c>, also called swish.</summary>
public sealed class SiLU : ParameterLessModule<Tensor, Tensor>
{
    internal SiLU(bool inplace)
        : base(nameof(SiLU))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.silu(tensor, inplace);

    private protected override string Settings => inplace ? "inplace=True" : "";
}

/// <summary><c>1 / (1 + exp(-x))</c>.</summary>
public sealed class Sigmoid : ParameterLessModule<Tensor, Tensor>
{
    internal Sigmoid(bool inplace)
        : base(nameof(Sigmoid))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);

    private protected override string Settings => inplace ? "inplace=True" : "";
}

/// <summary><c>x min(max(x + 3, 0), 6) / 6</c>.</summary>
public sealed class Hardswish : ParameterLessModule<Tensor, Tensor>
{
    internal Hardswish(bool inplace)
        : base(nameof(Hardswish))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.hardswish(tensor, inplace);

    private protected override string Settings => inplace ? "inplace=True" : "";
}

/// <summary><c>x tanh(log(1 + exp(x)))</c>.</summary>
public sealed class Mish : ParameterLessModule<Tensor, Tensor>
{
    internal Mish(bool inplace)
        : base(nameof(Mish))
    {
        this.inplace = inplace;
    }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.mish(tensor, inplace);

    private protected override string Settings => inplace ? "inplace=True" : "";
}

/// <summary><c>x P(X &lt;= x)</c> for a standard normal X.</summary>
public sealed class GELU : ParameterLessModule<Tensor, Tensor>
{
    internal GELU(bool inplace, Approximate approximate)
        : base(nameof(GELU))
    {
        this.inplace = inplace;
        this.approximate = approximate;
    }

    /// <summary>How the distribution function is computed.</summary>
    public enum Approximate
    {
        /// <summary>Exactly, by the error function.</summary>
        none,

        /// <summary>By a tanh.</summary>
        tanh,
    }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>How the distribution function is computed.</summary>
    public Approximate approximate { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.gelu(tensor, approximate, inplace);

    private protected override string Settings => $"approximate='{approximate}'";
}

/// <summary><c>exp(x_i) / sum_j exp(x_j)</c> along a dimension.</summary>
public sealed class Softmax : ParameterLessModule<Tensor, Tensor>
{
    internal Softmax(long dim)
        : base(nameof(Softmax)) => this.dim = dim;

    /// <summary>The dimension that sums to one.</summary>
    public long dim { get; set; }

    /// <summary>Activates.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.softmax(tensor, dim);

    private protected override string Settings => $"dim={dim}";
}
