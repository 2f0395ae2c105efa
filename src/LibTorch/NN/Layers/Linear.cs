// The affine map.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary><c>input weight^T + bias</c> of the last dimension.</summary>
public sealed class Linear : nn.Module<Tensor, Tensor>
{
    [Utils.ComponentName(Name = nameof(weight))]
    private Parameter? _weight;

    [Utils.ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    internal Linear(Parameter weight, Parameter? bias)
        : base(nameof(Linear))
    {
        this.weight = weight;
        this.bias = bias;
        long[] shape = weight.shape;
        in_features = shape[1];
        out_features = shape[0];
    }

    internal Linear(long inputSize, long outputSize, bool hasBias, Device? device, ScalarType? dtype)
        : this(
            new Parameter(torch.empty([outputSize, inputSize], dtype: dtype, device: device)),
            hasBias ? new Parameter(torch.empty([outputSize], dtype: dtype, device: device)) : null
        ) => Convolution.UniformInFanIn(weight, bias);

    /// <summary>The length of an input row.</summary>
    public long in_features { get; set; }

    /// <summary>The length of an output row.</summary>
    public long out_features { get; set; }

    /// <summary>[out_features, in_features].</summary>
    public Parameter weight
    {
        get => _weight!;
        set => SetParameter(ref _weight, value, nameof(weight));
    }

    /// <summary>[out_features], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => SetParameter(ref _bias, value, nameof(bias));
    }

    /// <summary>Maps.</summary>
    /// <param name="tensor">[..., in_features].</param>
    /// <returns>[..., out_features].</returns>
    public override Tensor forward(Tensor tensor) => nn.functional.linear(tensor, weight, bias);

    private protected override string Settings =>
        $"in_features={in_features}, out_features={out_features}, bias={(bias is null ? "False" : "True")}";
}
