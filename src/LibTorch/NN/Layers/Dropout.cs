// Dropout (Srivastava et al., JMLR 15, 2014).
using System.Globalization;
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>In training mode zeroes elements at random and scales the others by <c>1 / (1 - p)</c>.</summary>
public sealed class Dropout : ParameterLessModule<Tensor, Tensor>
{
    internal Dropout(double p, bool inplace)
        : base(nameof(Dropout))
    {
        if (p is not (>= 0 and <= 1))
        {
            throw new ArgumentException(
                $"The probability of dropping an element is between 0 and 1, not {p}.",
                nameof(p)
            );
        }

        this.p = p;
        this.inplace = inplace;
    }

    /// <summary>The probability of a zero, 0 to 1.</summary>
    public double p { get; set; }

    /// <summary>Whether to change the input itself.</summary>
    public bool inplace { get; set; }

    /// <summary>Drops out.</summary>
    /// <param name="tensor">Any shape.</param>
    /// <returns>The input's shape.</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.dropout(tensor, p, training, inplace);

    private protected override string Settings =>
        string.Create(CultureInfo.InvariantCulture, $"p={p:R}{(inplace ? ", inplace=True" : "")}");
}
