using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>What TorchSharp's own modules are as operations.</summary>
internal static class TorchModules
{
    /// <summary>Adds what a module computes in evaluation; null where there is no operation for it.</summary>
    internal static Value? Lower(GraphBuilder graph, nn.Module<Tensor, Tensor> module, Value x) =>
        module switch
        {
            // What inherits from it may do otherwise; the other modules are sealed.
            Sequential all when all.GetType() == typeof(Sequential) => graph.Lower(Items(all), x),
            Conv2d conv when x.IsMap => Convolution(graph, conv, x),
            TorchSharp.Modules.Linear linear when x.Rank == 2 => graph.Add(
                new Linear(x, GraphBuilder.Weight(linear.weight!), Copy(linear.bias))
            ),
            BatchNorm2d norm when x.IsMap && norm.track_running_stats => graph.Normalisation(
                x,
                norm.weight,
                norm.bias,
                norm.running_mean!,
                norm.running_var!,
                norm.eps
            ),
            MaxPool2d pool when x.IsMap => graph.Add(
                new MaxPool(
                    x,
                    Both(pool.kernel_size),
                    Both(pool.stride ?? pool.kernel_size),
                    Both(pool.padding, 0),
                    Both(pool.dilation, 1),
                    pool.ceil_mode
                )
            ),
            AvgPool2d { divisor_override: null } pool when x.IsMap => graph.Add(
                new AveragePool(
                    x,
                    Both(pool.kernel_size),
                    Both(pool.stride ?? pool.kernel_size),
                    Both(pool.padding, 0),
                    pool.ceil_mode,
                    pool.count_include_pad
                )
            ),
            AdaptiveAvgPool2d pool when x.IsMap && pool.output_size.All(size => size == 1) => graph.Add(
                new GlobalMean(x)
            ),
            AdaptiveMaxPool2d pool when x.IsMap && pool.output_size.All(size => size == 1) => graph.Add(
                new GlobalMax(x)
            ),
            TorchSharp.Modules.Flatten { start_dim: 1, end_dim: -1 } when x.Rank > 2 => graph.Add(new Flatten(x)),
            TorchSharp.Modules.Flatten { start_dim: 1, end_dim: -1 } when x.Rank == 2 => x,
            Dropout or Dropout2d or AlphaDropout or Identity => x,
            _ when x.IsMap || x.Rank == 2 => ActivationOf(module) is { } activation
                ? graph.Activation(x, activation)
                : null,
            _ => null,
        };

    private static Nonlinearity? ActivationOf(nn.Module module) =>
        module switch
        {
            ReLU => Nonlinearity.ReLU,
            LeakyReLU leaky => Nonlinearity.LeakyReLU(leaky.negative_slope),
            ReLU6 => Nonlinearity.ReLU6,
            // Not Hardtanh: that of TorchSharp 0.107 gives back what it is given, unless in place, and does so when it is called.
            Sigmoid => Nonlinearity.Sigmoid,
            SiLU => Nonlinearity.SiLU,
            Hardswish => Nonlinearity.Hardswish,
            Hardsigmoid => Nonlinearity.Hardsigmoid,
            Tanh => Nonlinearity.Tanh,
            ELU elu => Nonlinearity.ELU(elu.alpha),
            GELU { approximate: GELU.Approximate.none } => Nonlinearity.GELU,
            Mish => Nonlinearity.Mish,
            _ => null,
        };

    private static Value? Convolution(GraphBuilder graph, Conv2d conv, Value x)
    {
        var (kernel, dilation) = (Both(conv.kernel_size), Both(conv.dilation));
        var padding = conv.padding_type switch
        {
            null => Both(conv.padding, 0),
            Padding.Valid => Pair.Of(0),
            // An even kernel would have one column more on one side.
            _ when kernel.Height % 2 == 1 && kernel.Width % 2 == 1 => Window.HalfOf(kernel, dilation),
            _ => (Pair?)null,
        };
        return padding is { } around && conv.padding_mode == PaddingModes.Zeros
            ? graph.Add(
                new Convolution(
                    x,
                    GraphBuilder.Weight(conv.weight!),
                    Copy(conv.bias),
                    Both(conv.stride),
                    around,
                    dilation,
                    conv.groups
                )
            )
            : null;
    }

    private static IEnumerable<nn.Module<Tensor, Tensor>> Items(Sequential all) =>
        all.children().Cast<nn.Module<Tensor, Tensor>>();

    private static Tensor? Copy(Tensor? tensor) => tensor is null ? null : GraphBuilder.Weight(tensor);

    private static Pair Both(long[]? numbers, long otherwise = 1) =>
        numbers switch
        {
            [var height, var width] => new(height, width),
            [var both] => Pair.Of(both),
            _ => Pair.Of(otherwise),
        };
}
