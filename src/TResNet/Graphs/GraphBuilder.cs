using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>What lowers itself into a graph: how it maps one value to one value in evaluation.</summary>
internal interface ILowers
{
    /// <summary>Adds the operations that it is made of.</summary>
    /// <param name="graph">Takes them.</param>
    /// <param name="x">What it is called with.</param>
    /// <returns>What it gives.</returns>
    Value Lower(GraphBuilder graph, Value x);
}

/// <summary>What lowers itself into several values.</summary>
internal interface ILowersToMany
{
    /// <summary>Adds the operations that it is made of.</summary>
    /// <param name="graph">Takes them.</param>
    /// <param name="x">What it is called with.</param>
    /// <returns>What it gives.</returns>
    IReadOnlyList<Value> Lower(GraphBuilder graph, Value x);
}

/// <summary>Builds a <see cref="Graph"/>, one operation after another.</summary>
internal sealed class GraphBuilder
{
    // Whoever writes a graph calls its weights as the network does. Forgotten with the copies.
    private static readonly ConditionalWeakTable<Tensor, Tensor> Sources = [];

    private readonly List<Value> values = [];
    private readonly Dictionary<nn.Module, Value> results = new(ReferenceEqualityComparer.Instance);

    /// <summary>Starts with the input.</summary>
    /// <param name="inputShape">[N, C, H, W].</param>
    internal GraphBuilder(params IReadOnlyList<long> inputShape) => Input = new Value(new Input([.. inputShape]));

    /// <summary>The images.</summary>
    internal Value Input { get; }

    /// <summary>The graph that computes some values.</summary>
    internal Graph Build(params IEnumerable<Value> outputs) => new(Input, values, outputs);

    /// <summary>Adds what a module computes in evaluation.</summary>
    /// <param name="module">A layer of this project, of TorchSharp, or a user's, which is called.</param>
    /// <param name="x">What it is called with.</param>
    internal Value Lower(nn.Module<Tensor, Tensor> module, Value x) =>
        results[module] = module is ILowers layer
            ? layer.Lower(this, x)
            : TorchModules.Lower(this, module, x) ?? Add(Opaque.Calling(module, x));

    /// <summary>The same, of modules one after another.</summary>
    internal Value Lower(IEnumerable<nn.Module<Tensor, Tensor>> modules, Value x) =>
        modules.Aggregate(x, (y, module) => Lower(module, y));

    /// <summary>What a module gave when it was lowered last.</summary>
    internal Value ResultOf(nn.Module<Tensor, Tensor> module) => results[module];

    /// <summary>Adds an operation.</summary>
    internal Value Add(Operation operation)
    {
        var value = new Value(operation);
        values.Add(value);
        return value;
    }

    /// <summary>A convolution; padding of -1 keeps the size at stride 1.</summary>
    /// <remarks>Tensors that these methods take become the graph's: pass <see cref="Weight"/>'s.</remarks>
    internal Value Convolution(
        Value x,
        Tensor weight,
        Tensor? bias = null,
        long stride = 1,
        long padding = -1,
        long dilation = 1,
        long groups = 1
    )
    {
        var kernel = new Pair(weight.shape[2], weight.shape[3]);
        var around = padding < 0 ? Window.HalfOf(kernel, Pair.Of(dilation)) : Pair.Of(padding);
        return Add(new Convolution(x, weight, bias, Pair.Of(stride), around, Pair.Of(dilation), groups));
    }

    /// <summary>The mean of each square window, without padding.</summary>
    internal Value AveragePool(Value x, long kernel, long stride, bool ceilMode = false, bool countsPadding = true) =>
        Add(new AveragePool(x, Pair.Of(kernel), Pair.Of(stride), Pair.Of(0), ceilMode, countsPadding));

    /// <summary>x * scale + shift for each channel.</summary>
    internal Value Affine(Value x, Tensor? scale, Tensor? shift) =>
        Add(new Pointwise(x) { Scale = scale, Shift = shift });

    /// <summary>Batch normalisation by running statistics.</summary>
    /// <remarks>Takes a network's own tensors, [C] each. Computes in float64, as what it gives is multiplied into weights.</remarks>
    internal Value Normalisation(Value x, Tensor? weight, Tensor? bias, Tensor mean, Tensor variance, double epsilon)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var scale = (variance.to(ScalarType.Float64) + epsilon).rsqrt();
        scale = weight is null ? scale : scale * weight;
        var shift = -mean.to(ScalarType.Float64) * scale;
        shift = bias is null ? shift : shift + bias;
        return Add(
            new Pointwise(x)
            {
                Scale = Weight(scale),
                Shift = Weight(shift),
                Statistics = new Statistics(
                    weight is null ? null : Weight(weight),
                    bias is null ? null : Weight(bias),
                    Weight(mean),
                    Weight(variance),
                    epsilon
                ),
            }
        );
    }

    /// <summary>activation(x).</summary>
    internal Value Activation(Value x, Nonlinearity activation) =>
        activation.IsIdentity ? x : Add(new Pointwise(x) { Activation = activation });

    /// <summary>x + y.</summary>
    internal Value Sum(Value x, Value y) => Add(new Pointwise(x) { Addend = y });

    /// <summary>x times a factor for each image and channel.</summary>
    internal Value Gate(Value x, Value gate) => Add(new Pointwise(x) { Gate = gate });

    /// <summary>A copy of a network's tensor in float32, for the graph.</summary>
    internal static Tensor Weight(Tensor tensor)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var copy = tensor.detach().to(ScalarType.Float32, copy: true).contiguous().DetachFromDisposeScope();
        Sources.Add(copy, tensor);
        return copy;
    }

    /// <summary>What <see cref="Weight"/> copied; null where the tensor is no such copy.</summary>
    internal static Tensor? SourceOf(Tensor weight) => Sources.TryGetValue(weight, out var source) ? source : null;
}
