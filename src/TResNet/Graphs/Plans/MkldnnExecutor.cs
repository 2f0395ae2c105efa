using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>
/// Computes a graph with the convolutions that libtorch has of its own oneDNN, on a CPU: weights in the order that these want, the activation and the sum with
/// them. All other operations, and all where libtorch has none such, are the interpreter's.
/// </summary>
internal sealed class MkldnnExecutor : IDisposable
{
    private static readonly Operator ReorderOp = new("mkldnn::_reorder_convolution_weight");
    private static readonly Operator ConvolveOp = new("mkldnn::_convolution_pointwise");
    private static readonly Operator ConvolveIntoOp = new("mkldnn::_convolution_pointwise_", "binary");

    private readonly Graph graph;
    private readonly Dictionary<Value, Tensor> packed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, int> uses;

    /// <param name="graph">Of one output; after the passes. Lives as long as this.</param>
    /// <param name="device">Where inputs are.</param>
    internal MkldnnExecutor(Graph graph, Device device)
    {
        this.graph = graph;
        uses = graph
            .Values.SelectMany(value => value.Operation.Inputs)
            .Concat(graph.Outputs)
            .CountBy(value => value)
            .ToDictionary();
        if (device.type == DeviceType.CPU && RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            Pack();
        }
    }

    /// <summary>How many convolutions are oneDNN's.</summary>
    internal int Packed => packed.Count;

    /// <summary>Computes on an input of the graph's size.</summary>
    /// <param name="input">[N, C, H, W].</param>
    /// <param name="steps">Takes the time of each step, if given.</param>
    internal Tensor Run(Tensor input, List<OptimizedStep>? steps = null)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<Value, Tensor> { [graph.Input] = MemoryFormat.ToChannelsLast(input) };
        var left = new Dictionary<Value, int>(uses);
        foreach (var value in graph.Values)
        {
            var start = Stopwatch.GetTimestamp();
            tensors[value] = Compute(value, tensors);
            steps?.Add(
                new OptimizedStep(
                    value.Operation.Text,
                    packed.ContainsKey(value) ? "libtorch's oneDNN" : "aten",
                    Stopwatch.GetElapsedTime(start)
                )
            );
            foreach (var read in value.Operation.Inputs)
            {
                if (--left[read] == 0)
                {
                    tensors[read].Dispose();
                }
            }
        }

        var output = graph.Outputs.Single();
        var result = tensors[output];
        return (output == graph.Input ? result.clone() : result.contiguous()).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in packed.Values)
        {
            weight.Dispose();
        }

        packed.Clear();
    }

    private void Pack()
    {
        using var _ = no_grad();
        try
        {
            foreach (var value in graph.Values)
            {
                if (value.Operation is Convolution { X: { } x } conv)
                {
                    packed[value] = ReorderOp
                        .Call(
                            conv.Weight,
                            conv.Padding.ToArray(),
                            conv.Stride.ToArray(),
                            conv.Dilation.ToArray(),
                            conv.Groups,
                            Argument.Optional((Argument)x.Shape.ToArray())
                        )
                        .DetachFromDisposeScope();
                }
            }
        }
        catch (ExternalException)
        {
            // Another build of libtorch, or a processor that its oneDNN is not for.
            Dispose();
        }
    }

    private Tensor Compute(Value value, Dictionary<Value, Tensor> tensors)
    {
        if (value.Operation is Convolution conv && packed.TryGetValue(value, out var weight))
        {
            return Convolve(conv, weight, tensors);
        }

        using var scope = NewDisposeScope();
        var result = Interpreter.Compute(value.Operation, input => tensors[input]);

        // A view, or what a layer gives back of what it got, would change with what it is of when a sum is made in place.
        var mayShare = value.Operation is Slice or Flatten or Opaque;
        return (mayShare ? result.clone() : result).MoveToOuterDisposeScope();
    }

    private static Tensor Convolve(Convolution conv, Tensor weight, Dictionary<Value, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var (x, bias) = (tensors[conv.X], Argument.Optional(conv.Bias));
        var (padding, stride, dilation) = (conv.Padding.ToArray(), conv.Stride.ToArray(), conv.Dilation.ToArray());
        var attribute = conv.Addend is null ? Attribute(conv.Activation) : null;
        if (conv.Addend is null || !IsOverwritten(conv))
        {
            Tensor y = ConvolveOp.Call(
                x,
                weight,
                bias,
                padding,
                stride,
                dilation,
                conv.Groups,
                attribute ?? "none",
                Array.Empty<long>(),
                conv.Activation.Kind == NonlinearityKind.GELU ? Argument.Optional("none") : Argument.None
            );
            y = conv.Addend is null ? y : y.add_(tensors[conv.Addend], alpha: Scalars.One);
            return (attribute is null ? Interpreter.Activated(y, conv.Activation) : y).MoveToOuterDisposeScope();
        }

        // It has the ReLU alone.
        var relu = conv.Activation.IsReLU;
        Tensor sum = ConvolveIntoOp.Call(
            tensors[conv.Addend],
            x,
            weight,
            bias,
            padding,
            stride,
            dilation,
            conv.Groups,
            "add",
            Argument.None,
            relu ? Argument.Optional("relu") : Argument.None,
            Array.Empty<long>(),
            Argument.None
        );
        return (relu ? sum : Interpreter.Activated(sum, conv.Activation)).MoveToOuterDisposeScope();
    }

    // The pass has seen that nothing reads it later; its memory has to be its own besides.
    private static bool IsOverwritten(Convolution conv) =>
        conv.Addend!.Operation is Convolution or Pointwise && conv.Addend != conv.X;

    private static string? Attribute(Nonlinearity activation) =>
        activation.Kind switch
        {
            NonlinearityKind.Identity => "none",
            NonlinearityKind.LeakyReLU when activation.IsReLU => "relu",
            NonlinearityKind.Sigmoid => "sigmoid",
            NonlinearityKind.Tanh => "tanh",
            NonlinearityKind.SiLU => "swish",
            NonlinearityKind.Hardswish => "hardswish",
            NonlinearityKind.Hardsigmoid => "hardsigmoid",
            NonlinearityKind.GELU => "gelu",
            _ => null,
        };
}
